# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154 # theirs who source this
#
# Control groups of our own for shell scripts, to be sourced after tap.sh: all of
# them below $groups, which is named after the script and removed with it.

# shellcheck source=group-new.sh
. "$(dirname "$(realpath "$0")")/../support/group-new.sh"

# The machine's memory mount, and what a limit is called there.
group_mount=$(awk '$3 == "cgroup" && "," $4 "," ~ /,memory,/ { print $2; exit }' \
	/proc/mounts)
group_limit=memory.limit_in_bytes group_version=1
if [ -z "$group_mount" ]; then
	group_mount=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	group_limit=memory.max group_version=2
fi
groups=''

# Where none can be made, nothing of this can be tested.
group_begin() {
	[ "$(id -u)" -eq 0 ] || skip_all "needs root to make control groups"
	[ -n "$group_mount" ] || skip_all "no memory control group is mounted"
	[ "$group_version" -eq 1 ] ||
		echo +memory 2>/dev/null >"$group_mount/cgroup.subtree_control"
	# Those of scripts that were killed: the last process with the lock has gone.
	for group_old in "$group_mount"/mymem-*.??????/; do
		flock -n "$group_old" rmdir "$group_old"*/ "$group_old" 2>/dev/null
	done
	group_new "$group_mount/mymem-$(basename "$0" .sh)" 2>"$dir/group.log" ||
		skip_all "cannot make a group: $(cat "$dir/group.log")"
	groups=$group_new
	[ "$group_version" -eq 1 ] ||
		echo +memory >"$groups/cgroup.subtree_control"
}

# NAME BYTES: one below, with that limit
group_make() {
	mkdir "$groups/$1" && group_set "$1" "$2"
}

# NAME BYTES: another limit
group_set() {
	echo "$2" >"$groups/$1/$group_limit"
}

# NAME PID: moves a process there
group_take() {
	echo "$2" >"$groups/$1/cgroup.procs"
}

# NAME: has a process there killed for lack of memory, and only that: it is the
# first that is chosen, and it ends by itself where nobody kills it.
group_kill() {
	# Swapped out it would not lack any.
	echo 0 2>/dev/null >"$groups/$1/memory.swappiness"
	echo 0 2>/dev/null >"$groups/$1/memory.swap.max"
	# shellcheck disable=SC2016 # for the inner shell
	sh -c 'echo 1000 >/proc/self/oom_score_adj && echo 0 >"$1/cgroup.procs" &&
		ulimit -v 400000 && exec tail /dev/zero' sh "$groups/$1" \
		>/dev/null 2>&1
	[ $? -eq 137 ]
}

# To be called by clean_up(): a group goes when its last process is gone.
group_end() {
	[ -n "$groups" ] || return 0
	for group_left in "$groups"/*/ "$groups"; do
		group_tries=100
		until rmdir "$group_left" 2>/dev/null || [ ! -d "$group_left" ]; do
			group_tries=$((group_tries - 1))
			[ "$group_tries" -gt 0 ] || {
				echo "# cannot remove $group_left"
				break
			}
			sleep 0.05
		done
	done
}
