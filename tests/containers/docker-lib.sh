# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# docker-lib.sh - what tests in real containers share, to be sourced with $here
# set: TAP, an engine, an image of nothing but static programs, cleaning up.
umask 022 # another user runs what is copied into the image

# On a disk, which /tmp need not be: page cache is tested.
TMPDIR=/var/tmp
# shellcheck source=../support/tap.sh disable=SC2154 # theirs who source this: $here
. "$here/../support/tap.sh"

PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH # the same client as docker-engine.sh
# shellcheck disable=SC2034 # for those who source this
MiB=1048576
prefix=mymem-test-$$
image=$prefix-image

# --- setting up and cleaning up ----------------------------------------------

clean_up_more() { # a test may have its own
	:
}

clean_up() {
	if [ -n "${DOCKER_HOST:-}" ]; then
		docker ps -aq --filter "name=^$prefix-" |
			xargs -r docker rm -f >/dev/null 2>&1
		docker rmi -f "$image" >/dev/null 2>&1
	fi
	clean_up_more
	if [ -n "${engine:-}" ]; then
		"$here/docker-engine.sh" stop "$engine" >&2
		rmdir "$engine" 2>/dev/null
	fi
}

start_engine() { # BUSYBOX
	[ "$(id -u)" -eq 0 ] || skip_all "needs root"
	[ -x "$1" ] || skip_all "needs a static busybox, such as Debian's busybox-static"
	mkdir "$dir/out" || bail_out "no directory"
	engine=$(mktemp -d /var/tmp/mymem-test.XXXXXX) || bail_out "no directory"
	host=$("$here/docker-engine.sh" start "$engine")
	case $? in
	0) export DOCKER_HOST="$host" ;;
	77) skip_all "no Docker engine, and none can be started" ;;
	*) bail_out "no Docker engine" ;;
	esac
	[ "$(docker info -f '{{.MemoryLimit}}')" = true ] ||
		skip_all "the kernel has no memory controller for Docker"
}

run() { # OPTION... IMAGE COMMAND...
	docker run --rm --network=none --name="$prefix-run" "$@"
}

make_image() { # PROGRAM NAME IN THE IMAGE...
	mkdir -p "$dir/image/bin"
	while [ $# -gt 0 ]; do
		cp "$1" "$dir/image/$2" || bail_out "cannot copy $1"
		shift 2
	done
	tar -C "$dir/image" -cf - . | docker import - "$image" >/dev/null
	run "$image" busybox true || bail_out "no container runs"
}

# The mount of the hierarchy that has the memory controller, and its version.
# shellcheck disable=SC2034 # for those who source this
find_memory() {
	memory=$(awk '$3 == "cgroup" && $4 ~ /(^|,)memory(,|$)/ { print $2; exit }' \
		/proc/mounts)
	version=1
	if [ -z "$memory" ]; then
		version=2
		memory=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	fi
}
