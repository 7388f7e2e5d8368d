# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# machine.sh - a machine for --sysroot, to be sourced.

# DIRECTORY GROUP LIMIT MOUNT_POINT POINT_IN_MOUNTINFO
machine() {
	mkdir -p "$1/proc/self" "$1/proc/sys/vm" "$1$4/$2" || return
	cat >"$1/proc/meminfo" <<-END
		MemTotal:       68719476736 kB
		MemFree:        68719476736 kB
		MemAvailable:   68719476736 kB
		SwapTotal:             0 kB
		SwapFree:              0 kB
	END
	echo 0 >"$1/proc/sys/vm/overcommit_memory"
	printf '0::/%s\n' "$2" >"$1/proc/self/cgroup"
	printf '26 20 0:23 / %s rw - cgroup2 cgroup2 rw\n' "$5" \
		>"$1/proc/self/mountinfo"
	echo memory >"$1$4/cgroup.controllers"
	echo "$3" >"$1$4/$2/memory.max"
	echo max >"$1$4/$2/memory.high"
	echo 0 >"$1$4/$2/memory.current"
	echo 'populated 1' >"$1$4/$2/cgroup.events"
	printf 'anon 0\nfile 0\nshmem 0\nactive_file 0\ninactive_file 0\nslab_reclaimable 0\n' \
		>"$1$4/$2/memory.stat"
}
