#!/bin/sh
# SPDX-License-Identifier: MIT
#
# docker.sh MYMEM_RUN_STATIC BUSYBOX
#
# mymem-run --mode=trap in real containers, as their first process: with Docker's
# own seccomp profile and capabilities, as another user, and where nothing may be
# gained.  Both programs must be static: the image holds nothing else.  Needs root;
# starts an engine of its own where none answers.
# shellcheck disable=SC2016 # variables of other shells
here=$(cd "$(dirname "$0")/../containers" && pwd)
# shellcheck source=tests/containers/docker-lib.sh
. "$here/docker-lib.sh"

[ $# -eq 2 ] || bail_out "usage: docker.sh MYMEM_RUN_STATIC BUSYBOX"
start_engine "$2"
make_image "$1" mymem-run "$2" bin/busybox
kib=$((512 * 1024))

# OPTION... -- COMMAND...: in a container of 512 MiB
shown() {
	options=''
	while [ "$1" != -- ]; do
		options="$options $1"
		shift
	done
	shift
	# shellcheck disable=SC2086 # words
	run -m 512m $options "$image" /mymem-run --mode=trap "$@" 2>&1
}

for option in --user=0 --user=1000 --cap-drop=ALL --read-only --init \
	--security-opt=no-new-privileges --security-opt=seccomp=unconfined; do
	is "docker run $option: busybox free" \
		"$(shown $option -- busybox free | awk '$1 == "Mem:" { print $2 }')" \
		$kib
	is "docker run $option: /proc/meminfo" "$(shown $option -- busybox head -n 1 \
		/proc/meminfo)" "MemTotal:         $kib kB"
done

out=$(run -m 512m "$image" /mymem-run --mode=mount busybox free 2>&1)
like "where nothing can be mounted: said" "$out" "files cannot be mounted: "
like "where nothing can be mounted: shown" "$out" "^Mem: +$kib "
is "a command that becomes another user" "$(shown -- busybox sh -c '
	busybox mkdir -p /etc && echo u:x:1000:1000::/:/bin/sh >/etc/passwd
	busybox ln -s busybox /bin/sh
	busybox su u -c "busybox id -u; busybox head -n 1 /proc/meminfo"')" \
	"1000
MemTotal:         $kib kB"

# The first process of a container.
is "it is the first process" "$(shown -- busybox sh -c 'echo $PPID')" 1
is "it ends as the command does" "$(shown -- busybox sh -c 'exit 7' >/dev/null
	echo $?)" 7
is "no zombies stay" "$(shown -- busybox sh -c '
	for i in 1 2 3 4 5; do (busybox sleep 0.1 &) ; done
	busybox sleep 1
	busybox ps -o stat | busybox grep -c Z')" 0
out=$dir/out/log
run -d -m 512m "$image" /mymem-run --mode=trap busybox sh -c \
	'trap "busybox free | busybox grep Mem; exit 3" TERM
	while :; do busybox sleep 0.1; done' >/dev/null
sleep 1
docker stop -t 20 "$prefix-run" >/dev/null 2>&1 &
docker logs -f "$prefix-run" >"$out" 2>&1
wait
like "docker stop reaches the command" "$(cat "$out")" "^Mem: +$kib "
done_testing
