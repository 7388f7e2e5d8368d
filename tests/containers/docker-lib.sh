# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# docker-lib.sh - what tests in real containers share, to be sourced with $here
# set: TAP, an engine, an image of nothing but static programs, cleaning up.
set -u
umask 022 # another user runs what is copied into the image

PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH # the same client as docker-engine.sh
# shellcheck disable=SC2034 # for those who source this
MiB=1048576
prefix=mymem-test-$$
image=$prefix-image

# --- TAP ---------------------------------------------------------------------

count=0
failed=0

details() { # what is shown of a failure; a test may have its own
	:
}

result() { # NAME STATUS DIAGNOSTIC
	count=$((count + 1))
	if [ "$2" -eq 0 ]; then
		echo "ok $count - $1"
	else
		failed=$((failed + 1))
		echo "not ok $count - $1"
		echo "# $3"
		details | sed 's/^/# /'
	fi
}

is() { # NAME GOT WANTED
	[ "$2" = "$3" ]
	result "$1" $? "got '$2', wanted '$3'"
}

within() { # NAME NUMBER LOWEST HIGHEST
	[ -n "$2" ] && [ "$2" -ge "$3" ] && [ "$2" -le "$4" ]
	result "$1" $? "got '$2', wanted $3 to $4"
}

skip() { # NAME REASON
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

skip_all() { # REASON
	echo "1..0 # SKIP $*"
	exit 0
}

bail_out() {
	echo "Bail out! $*"
	exit 1
}

finish() {
	echo "1..$count"
	[ $failed -eq 0 ] && [ $count -gt 0 ]
	exit
}

# --- setting up and cleaning up ----------------------------------------------

clean_up_more() { # a test may have its own
	:
}

clean_up() {
	trap '' HUP INT TERM
	if [ -n "${DOCKER_HOST:-}" ]; then
		docker ps -aq --filter "name=^$prefix-" |
			xargs -r docker rm -f >/dev/null 2>&1
		docker rmi -f "$image" >/dev/null 2>&1
	fi
	clean_up_more
	"$here/docker-engine.sh" stop "$dir" >&2
	rm -rf "$dir/image" "$dir/out"
	rmdir "$dir" 2>/dev/null
}

start_engine() { # BUSYBOX
	[ "$(id -u)" -eq 0 ] || skip_all "needs root"
	[ -x "$1" ] || skip_all "needs a static busybox, such as Debian's busybox-static"
	# On a disk, which /tmp need not be: page cache is tested.
	dir=$(mktemp -d /var/tmp/mymem-test.XXXXXX) || bail_out "no directory"
	mkdir "$dir/out" || bail_out "no directory"
	trap clean_up EXIT
	trap 'exit 1' HUP INT TERM
	host=$("$here/docker-engine.sh" start "$dir")
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
# shellcheck disable=SC2034
find_memory() {
	memory=$(awk '$3 == "cgroup" && $4 ~ /(^|,)memory(,|$)/ { print $2; exit }' \
		/proc/mounts)
	version=1
	if [ -z "$memory" ]; then
		version=2
		memory=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	fi
}
