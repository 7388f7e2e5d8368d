#!/bin/sh
# SPDX-License-Identifier: MIT
#
# oom.sh MYMEM_FREE
#
# mymem-free --oom: what the kernel's counters say, and whose fault it was, on
# machines that are made here.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/tap.sh
. "$here/../support/tap.sh"

[ $# -eq 1 ] || bail_out "usage: $0 MYMEM_FREE"
tool=$1

# NAME: a machine with the group /pods/app, which has a limit of 512 MiB.
machine() {
	root=$dir/$1
	group=$root/sys/fs/cgroup
	mkdir -p "$root/proc/self" "$group/pods/app" || bail_out "no directory"
	printf 'MemTotal: 16777216 kB\nMemFree: 8388608 kB\nMemAvailable: 8388608 kB\n' \
		>"$root/proc/meminfo"
	echo 'oom_kill 9' >"$root/proc/vmstat"
	echo 0::/pods/app >"$root/proc/self/cgroup"
	echo '26 20 0:23 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw' \
		>"$root/proc/self/mountinfo"
	for at in pods pods/app; do
		echo max >"$group/$at/memory.max"
		echo 1048576 >"$group/$at/memory.current"
		events "$at" 0 0 0 0
	done
	echo 536870912 >"$group/pods/app/memory.max"
	echo 534773760 >"$group/pods/app/memory.peak"
}

# GROUP KILLED GAVE_UP REACHED THROTTLED: gave up and so on by itself
events() {
	printf 'low 0\nhigh %s\nmax %s\noom %s\noom_kill %s\noom_group_kill 0\n' \
		"$5" "$4" "$3" "$2" >"$group/$1/memory.events"
	printf 'low 0\nhigh %s\nmax %s\noom %s\noom_kill %s\noom_group_kill 0\n' \
		"$5" "$4" "$3" "$2" >"$group/$1/memory.events.local"
}

# NAME PATTERN...: what it says has lines of each pattern, one after another;
# as one line, because lines end anywhere.
says() {
	name=$1
	shift
	said=$("$tool" --oom --sysroot "$root" 2>&1)
	is "$name: ends well" "$?" 0
	none "$name: in 80 columns, but for paths" \
		"$(printf '%s\n' "$said" | grep -v /sys | grep -E '.{83}')"
	for pattern; do
		like "$name: $pattern" "$(printf '%s\n' "$said" | tr '\n' ' ')" \
			"$pattern"
	done
}
# NAME PATTERN: it does not say that
denies() {
	none "$1: not '$2'" "$(printf '%s\n' "$said" | tr '\n' ' ' |
		grep -E -e "$2")"
}

machine own
events pods/app 2 2 7 0
events pods 2 0 0 0
says "the own limit" 'killed 2 processes of this group' \
	'reached its own limit, /sys/fs/cgroup/pods/app/memory.max \(512Mi\)\.' \
	'On the whole machine the kernel killed 9' 'Counters begin at 0'
like "the own limit: the row" "$said" \
	'^ +2 +2 +7 +0 +510Mi  /sys/fs/cgroup/pods/app$'
denies "the own limit" 'Of other groups|was killed for lack|above'
events pods/app 1 1 1 0
says "one process" 'killed 1 process of this group'

machine above
echo 1073741824 >"$group/pods/memory.max"
events pods/app 1 0 0 0
events pods 3 3 20 0
says "a limit above" 'killed 1 process of this group' \
	'limit of a group above it was reached, /sys/fs/cgroup/pods/memory.max \(1.0Gi\),' \
	'Of other groups below /sys/fs/cgroup/pods it killed 2'
denies "a limit above" 'own limit'

machine sibling
echo 1073741824 >"$group/pods/memory.max"
events pods 3 0 0 0
says "a sibling's kills" 'No process of this group was killed' '137' \
	'Of other groups below /sys/fs/cgroup/pods it killed 3'

machine host
events pods/app 1 0 0 0
events pods 1 0 0 0
says "the machine" 'killed 1 process of this group' \
	'No limit that can be seen was the reason: the machine had no memory left'

machine hidden
rm -r "$group/pods"
echo 0::/ >"$root/proc/self/cgroup"
for file in max:536870912 current:1048576; do
	echo "${file#*:}" >"$group/memory.${file%:*}"
done
events . 1 0 0 0
says "a group that cannot be seen" 'killed 1 process of this group' \
	'that of a group above, which cannot be seen from here, or the machine'

machine together
events pods/app 5 1 1 0
sed -i 's/oom_group_kill 0/oom_group_kill 1/' "$group/pods/app/memory.events"
echo 1 >"$group/pods/app/memory.oom.group"
says "all at once" 'killed 5 processes' \
	'1 time it ended all processes of the group at once \(memory.oom.group\)' \
	'memory.oom.group is set'

machine reached
events pods/app 0 0 12 3
says "a limit that was only reached" 'No process of this group was killed' \
	'limit was reached 12 times, and the kernel found enough to take back' \
	'memory.high was exceeded 3 times'

machine old
events pods/app 2 2 7 0
rm "$group/pods/app/memory.events.local" "$group/pods/memory.events.local" \
	"$group/pods/app/memory.peak"
says "a kernel before 5.2" 'reached its own limit'

machine denied
rm "$group/pods/app/memory.events" "$group/pods/app/memory.events.local"
says "counters that cannot be read" 'were killed is not known'
like "counters that cannot be read: the row" "$said" \
	'^ +- +- +- +- +510Mi  /sys/fs/cgroup/pods/app$'
denies "counters that cannot be read" 'was killed for lack|own limit'

machine none
rm -r "$root/sys"
says "without groups" 'No memory control group can be seen' 'whole machine'

# v1: failcnt is all that tells of the limit.
machine v1
rm -r "$group/pods"
mkdir -p "$group/memory/app"
echo 3:memory:/app >"$root/proc/self/cgroup"
echo '26 20 0:23 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory' \
	>"$root/proc/self/mountinfo"
for file in limit_in_bytes:536870912 usage_in_bytes:1048576 failcnt:8 \
	max_usage_in_bytes:536870912; do
	echo "${file#*:}" >"$group/memory/app/memory.${file%:*}"
done
printf 'oom_kill_disable 0\nunder_oom 0\noom_kill 1\n' \
	>"$group/memory/app/memory.oom_control"
says "v1" 'killed 1 process of this group' \
	'reached its own limit, /sys/fs/cgroup/memory/app/memory.limit_in_bytes \(512Mi\)'
like "v1: the row" "$said" '^ +1 +- +8 +- +512Mi  /sys/fs/cgroup/memory/app$'
echo 0 >"$group/memory/app/memory.failcnt"
says "v1, which did not count" 'reached its own limit'
echo 1048576 >"$group/memory/app/memory.max_usage_in_bytes"
says "v1, far from the limit" 'Its own limit was not the reason'
echo 536870912 >"$group/memory/app/memory.memsw.limit_in_bytes"
echo 536840000 >"$group/memory/app/memory.memsw.max_usage_in_bytes"
says "v1, with swap" \
	'reached its own limit, /sys/fs/cgroup/memory/app/memory.memsw.limit_in_bytes'
sed -i '/oom_kill 1/d' "$group/memory/app/memory.oom_control"
says "v1 before 4.13" 'were killed is not known'
done_testing
