#!/bin/sh
# SPDX-License-Identifier: MIT
#
# anywhere.sh MYMEM_FREE_STATIC BUSYBOX
#
# One file, anywhere: the image of tools/image is loaded and run, and its file is
# copied into images of other C libraries and of none.  There it gives the limit of
# the container, or says why it cannot, word for word.  TAP on standard output.  Both
# programs must be static.  Needs root; starts an engine of its own.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=docker-lib.sh
. "$here/docker-lib.sh"

[ $# -eq 2 ] || bail_out "usage: anywhere.sh MYMEM_FREE_STATIC BUSYBOX"
command -v umoci >/dev/null || skip_all "no umoci"
# The names of the images may be in use elsewhere.
DOCKER_HOST=unix://$dir/none
start_engine "$2"

# --- the image -----------------------------------------------------------------

check "there is an image" "$here/../../tools/image" "$dir/mymem-free.tar" "$1" ||
	done_testing
loaded=$(docker load -i "$dir/mymem-free.tar")
like "the engine loads it" "$loaded" '^Loaded image: mymem-free:[0-9.]+$'
image=${loaded#*: }
is "it has labels" "$(docker inspect -f \
	'{{index .Config.Labels "org.opencontainers.image.title"}}' "$image")" mymem-free

import() { # NAME: an image of what is in a directory of that name
	tar -C "$dir/$1" -cf - . | docker import - "$1" >/dev/null || bail_out "no image"
}
mkdir -p "$dir/glibc" "$dir/musl/bin" "$dir/musl/lib"
# shellcheck disable=SC2046 # words
cp -L --parents /bin/sh $(ldd /bin/sh | grep -o '/[^ :]*\.so[^ :]*') /etc/os-release \
	"$dir/glibc" || bail_out "no shell of glibc"
import glibc
cp "$2" "$dir/musl/bin/busybox"
ln "$dir/musl/bin/busybox" "$dir/musl/bin/sh"
musl=$(ls /lib/ld-musl-*.so.1 2>/dev/null)
[ -z "$musl" ] || cp -L "$musl" "$dir/musl/lib"
import musl
# shellcheck disable=SC2016 # for the inner shell
like "a shell of glibc runs in an image" \
	"$(run glibc /bin/sh -c '. /etc/os-release; echo "$ID"')" .
if [ "$musl" ]; then
	like "musl is in an image" "$(run musl "$musl" 2>&1)" '^musl libc'
else
	skip "musl is in an image" "no musl"
fi

for base in scratch glibc musl; do
	for buildkit in 0 1; do
		DOCKER_BUILDKIT=$buildkit docker build -q --network none -t "on-$base" - \
			>"$dir/log" 2>&1 <<-END
				FROM $base
				COPY --from=$image /mymem-free /free /usr/bin/
				ENTRYPOINT ["/usr/bin/mymem-free"]
			END
		result "FROM $base, COPY --from, buildkit $buildkit" $? "$(cat "$dir/log")"
	done
done

# --- the limit, however the container is limited otherwise -----------------------

limit=$((100 * MiB))
printed() { # STATUS OUTPUT ERRORS
	printf 'status %s\n%s\n%s\n' "$1" "${2:-no output}" "${3:-no errors}"
}
# NAME STATUS OUTPUT ERRORS COMMAND...
says() {
	name=$1 expected=$(printed "$2" "$3" "$4")
	shift 4
	# 125: the engine has started nothing.  runc may need a second thread, which a
	# limit of one process denies to it.
	for _ in 1 2 3 4 5; do
		"$@" >"$dir/out/out" 2>"$dir/out/err"
		ended=$?
		[ "$ended" -eq 125 ] || break
	done
	is "$name" "$(printed "$ended" "$(cat "$dir/out/out")" "$(cat "$dir/out/err")")" \
		"$expected"
}

for from in "$image" on-scratch on-glibc on-musl; do
	while read -r options; do
		# shellcheck disable=SC2086 # words
		says "$from${options:+ $options}" 0 $limit '' run -m 100m $options "$from" --limit
	done <<-END

		--user=65534:65534
		--user=2147483647
		--read-only
		--cap-drop=ALL --security-opt=no-new-privileges
		--ipc=none --pids-limit=1
		--user=12345 --read-only --cap-drop=ALL --cgroupns=private
	END
done
is "it is free, too" "$(run -m 100m --entrypoint /free "$image" -m |
	awk '{ print $1, NR == 1 ? $6 : $2 }')" "total available
Mem: 100
Swap: $(run "$image" -m | awk '/^Swap:/ { print $2 }')"
says "free ends with 1 for every error" 1 '' "free: bad option: --explain
Try 'free --help'." run -m 100m --entrypoint /free "$image" --explain

like "the /dev/shm of an engine is found to be small" \
	"$(run -m 2g "$image" --advice)" '^MYM007 .*/dev/shm.* 64Mi'

# --- whatever its descriptors are ------------------------------------------------

# One line for each: status, output, errors, command.  /full has one page, and a file.
for from in on-glibc on-musl; do
	docker run -d --network=none --name="$prefix-$from" -m 100m --read-only \
		--tmpfs /full:size=4k --entrypoint /bin/sh "$from" -c \
		'echo >/full/file; mymem-free -s 3600' >/dev/null || bail_out "no container"
done
while IFS='|' read -r status out err command; do
	for from in on-glibc on-musl; do
		says "$from: $command" "$status" "$out" "${err:+mymem-free: $err}" \
			docker exec "$prefix-$from" /bin/sh -c "$command"
	done
done <<END
0|$limit||mymem-free --limit <&-
0|$limit||mymem-free --limit <&- 2>&-
1||cannot write: Bad file descriptor|mymem-free --limit >&-
1||cannot write: Bad file descriptor|mymem-free --json <&- >&-
1|||mymem-free --limit <&- >&- 2>&-
1||cannot write: No space left on device|mymem-free >/dev/full
1||cannot write: No space left on device|mymem-free --metrics >/dev/full
1||cannot write: No space left on device|mymem-free --help >/dev/full
1||/full/metrics: No space left on device|mymem-free --metrics=/full/metrics
0|/full/file|/full/metrics: No space left on device|mymem-free --metrics=/full/metrics; echo /full/*
1||/metrics: Read-only file system|mymem-free --metrics=/metrics
0|status 141||{ { mymem-free -s 0.01 -c 500; echo "status \$?" >&3; } | :; } 3>&1
0|status 1||trap '' PIPE; { { mymem-free -s 0.01 -c 500; echo "status \$?" >&3; } | :; } 3>&1
END

# --- without the files of the kernel ---------------------------------------------

# The group is not to be seen there, so that only the machine's size is known; that
# is not passed off as the container's.
machine=$(run --entrypoint /bin/sh on-musl -c "mymem-free --line" | cut -d ' ' -f 2)
seen='s/, [0-9.]*[MG]i available/, much available/'
# NAME LINE MORE MOUNT...: what --line prints, and --explain besides, in a root with
# these.  Only a container that may mount can have it.
mounting="--cap-add=SYS_ADMIN --security-opt=apparmor=unconfined
	--security-opt=seccomp=unconfined --tmpfs=/t:exec --entrypoint=/bin/sh"
alone() {
	name=$1 line=$2 more=$3 mounts=''
	shift 3
	for mount; do
		mounts="$mounts busybox mount --rbind /$mount /t/$mount &&"
	done
	# shellcheck disable=SC2086 # words
	out=$(run -m 100m $mounting on-musl -c "
		busybox mkdir -p /t/proc /t/sys /t/bin && $mounts
		busybox cp /usr/bin/mymem-free /t/bin &&
		for how in --line --require-limit --explain; do
			busybox chroot /t /bin/mymem-free \$how
			echo \"status \$?\"
		done" 2>&1 | sed "$seen")
	is "$name" "$(printf '%s\n' "$out" | head -n 3)" "memory $line
status 0
status 3"
	[ -z "$more" ] || like "$name: --explain says why" "$out" "$more"
}
none_found='^No memory control group was found'
no_group="no memory control group seen, much available, no pressure"
alone "no /proc, no /sys" "$machine by host (sysinfo(2)), $no_group" "$none_found"
alone "no /sys" "$machine by host (/proc/meminfo), $no_group" "$none_found" proc
alone "no /proc" \
	"$machine by host (sysinfo(2)), group uncertain, much available, no pressure" \
	"^The process's group is not known for certain: No such file or directory" sys
# shellcheck disable=SC2086 # words
says "both, in a root of its own" 0 $limit '' run -m 100m $mounting on-musl -c '
	busybox mkdir -p /t/proc /t/sys /t/bin &&
	busybox mount --rbind /proc /t/proc && busybox mount --rbind /sys /t/sys &&
	busybox cp /usr/bin/mymem-free /t/bin && busybox chroot /t /bin/mymem-free --limit'
done_testing
