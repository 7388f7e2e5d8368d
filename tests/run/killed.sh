#!/bin/sh
# SPDX-License-Identifier: MIT
#
# killed.sh MYMEM_RUN [SCHEMA] - what mymem-run says of a command that was killed:
# by the kernel, for its own limit, for one above, through a sibling's fault, all
# of the group at once, and by somebody else.  In control groups of its own.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../support/tap.sh disable=SC2154 # it sets $dir
. "${TAP_SH:-$here/../support/tap.sh}"

case $# in
1 | 2) tool=$1 schema=${2-} ;;
*) bail_out "usage: $0 MYMEM_RUN [SCHEMA]" ;;
esac
# shellcheck source=groups.sh
. "$here/groups.sh"
begin killed

# NAME KILLED_BY CAUSE PATTERN
killed() {
	is "$1: status" "$status" 137
	is "$1: by whom and why" "$(member killed_by) $(member cause)" "$2 $3"
	like "$1: in words" "$(cat "$dir/err")" "^mymem-run: sh: $4"
	is "$1: in one line" "$(grep -c mymem-run "$dir/err")" 1
}
# Takes so many MiB, in the place of the shell.
take() {
	echo "exec dd if=/dev/zero of=/dev/null bs=${1}M count=1 2>/dev/null"
}
# The kernel's log is what proves it; in a container it cannot be read.
log=no
[ "$(stat -Lc %i /proc/self/ns/pid)" != 4026531836 ] || [ ! -r /dev/kmsg ] || log=yes
by_kernel='killed (by the kernel|by SIGKILL: the kernel killed [0-9]+ process(es)? of its group) for lack of memory'

# Without the log, as in a container.
cat >"$dir/without" <<'EOF'
mount --bind /dev/null /dev/kmsg || exit
exec "$@"
EOF

provable() { # log|counters: by nothing else from now on, if that can be had
	without=''
	case $1 in
	# Of more than ten kills in five seconds the kernel leaves out the reason.
	log) [ $log = yes ] && sleep 5 ;;
	*)
		unshare --mount true 2>/dev/null &&
			without="unshare --mount sh $dir/without"
		;;
	esac
}

group "$top" "" parent
for proof in log counters; do
	provable $proof || continue
	group "$top/own" 32
	within "$top/own" "$(take 100)"
	killed "the own limit, by the $proof" kernel own-limit \
		"$by_kernel.*; its group reached its limit, $top/own/$limit of 32Mi"
	is "the own limit: kills" "$(member group)" 1
	like "the own limit: kills of that group" "$(cat "$dir/report")" \
		"\"path\":\"$top/own\",.*\"limit\":33554432,.*\"kills\":1,"
	is "the own limit: proof" "$(member proof)" $proof
	rmdir "$top/own"

	group "$top/above" 48 parent
	group "$top/above/own" ""
	within "$top/above/own" "$(take 100)"
	killed "a limit above, by the $proof" kernel limit-above \
		"$by_kernel.*; a group above it reached its limit, $top/above/$limit of 48Mi"
	is "a limit above: where" "$(member place)" "$top/above"
	rmdir "$top/above/own" "$top/above"

	# As Docker has it without swap: then the kernel does not count that the
	# limit was reached.
	[ -e $mount/memory.memsw.limit_in_bytes ] || continue
	group "$top/own" 32
	echo $((32 * MiB)) >"$top/own/memory.memsw.limit_in_bytes"
	within "$top/own" "$(take 100)"
	killed "a limit of memory and swap together, by the $proof" kernel own-limit \
		"$by_kernel.*; its group reached its limit, $top/own/memory"
	rmdir "$top/own"
done
without=''

# Nothing of what happened before the command counts.
group "$top/own" 32
# shellcheck disable=SC2016 # for the inner shell
sh -c 'echo 0 >"$0/cgroup.procs" && eval "$1"' "$top/own" "$(take 100)"
is "a kill before" "$?" 137
# shellcheck disable=SC2016 # for the inner shell
within "$top/own" 'kill -9 $$'
killed "kill -9 after a kill" somebody null \
	'killed by a SIGKILL of somebody else: the kernel killed no process of'
within "$top/own" "($(take 100)); exit \$?"
killed "a child, and the shell's 137" kernel own-limit \
	'ended with status 137, .*the kernel killed 1 process of its group for lack of memory meanwhile; its group reached'
within "$top/own" "($(take 100)); exit 3"
is "a child, and another status" \
	"$status:$(grep mymem-run "$dir/err"):$(member killed_by)" "3::null"
within "$top/own" "exit 137"
is "137 of its own" "$status:$(cat "$dir/err"):$(member killed_by)" "137::null"
within "$top/own" "exit 0"
is "nothing is said of a good end" \
	"$status:$(cat "$dir/err"):$(member status):$(member signal)" "0::0:null"
rmdir "$top/own"

# The command is chosen, by its oom_score_adj, and the sibling is spared.
group "$top/above" 48 parent
group "$top/above/own" ""
group "$top/above/sibling" ""
cat >"$dir/fill" <<'EOF'
echo 0 >"$1/cgroup.procs" || exit
# What is in the pipe has been read, and the memory for it taken.
exec dd bs=38M count=1 iflag=fullblock 2>/dev/null >"$2/kept"
EOF
mkfifo "$dir/full"
{
	# shellcheck disable=SC2094 # a fifo and a file
	head -c 39845887 /dev/zero
	cat "$dir/full"
} | sh "$dir/fill" "$top/above/sibling" "$dir" &
filler=$!
usage=memory.usage_in_bytes
[ $version = 1 ] || usage=memory.current
tries=0
until [ "$(cat "$top/above/sibling/$usage")" -ge $((37 * MiB)) ]; do
	tries=$((tries + 1))
	[ $tries -lt 300 ] || bail_out "the sibling does not fill its group"
	sleep 0.1
done
within "$top/above/own" "echo 1000 >/proc/self/oom_score_adj; $(take 20)"
killed "a sibling's fault" kernel limit-above \
	"$by_kernel.*; a group above it reached its limit, $top/above/$limit of 48Mi.*of which its own group had at most [0-9.]+[KM]i"
echo >"$dir/full"
wait $filler
rmdir "$top/above/own" "$top/above/sibling" "$top/above"

# As systemd-oomd and its like: all processes of the group but this one.
group "$top/own" 64
cat >"$dir/killer" <<'EOF'
until grep -q ready "$2" 2>/dev/null; do sleep 0.1; done
while read -r pid; do
	[ "$(cat "/proc/$pid/comm")" = mymem-run ] || kill -9 "$pid"
done <"$1/cgroup.procs"
EOF
: >"$dir/out"
sh "$dir/killer" "$top/own" "$dir/out" &
killer=$!
within "$top/own" 'sleep 100 & sleep 100 & echo ready; wait'
wait $killer
killed "a killer of all of the group" somebody null \
	'killed by a SIGKILL of somebody else'
rmdir "$top/own"

# What others on this machine would suffer from: only where it is said to be a test's
# own.  The kernel ends whose oom_score_adj is highest.
if [ -n "${OWN_MACHINE-}" ]; then
	all=$(awk '$1 == "MemTotal:" { print int($2 / 1024) }' /proc/meminfo)
	for proof in log counters; do
		provable $proof || continue
		group "$top/own" ""
		within "$top/own" "echo 1000 >/proc/self/oom_score_adj; $(take "$all")"
		killed "the machine, by the $proof" kernel machine \
			"$by_kernel.*; no limit was the reason: the machine had none left"
		rmdir "$top/own"
	done
	without=''
fi
if [ -n "${OWN_MACHINE-}" ] && [ -e /sys/devices/system/node/node1 ] && [ $log = yes ]; then
	echo +cpuset >"$top/cgroup.subtree_control"
	group "$top/own" ""
	echo 1 >"$top/own/cpuset.mems"
	all=$(awk '$3 == "MemTotal:" { print int($4 / 1024) }' /sys/devices/system/node/node1/meminfo)
	within "$top/own" "echo 1000 >/proc/self/oom_score_adj; $(take "$all")"
	killed "the nodes" kernel nodes \
		"$by_kernel.*; the memory nodes that it may use had none left"
	rmdir "$top/own"
fi

# On cgroup2 a limit may be set below what is used.
if [ $version = 2 ]; then
	group "$top/own" 64
	within "$top/own" "text=\$(head -c 20000000 /dev/zero | tr '\\0' x)
		echo $((4 * MiB)) >$top/own/memory.max; sleep 100"
	killed "a limit that was lowered" kernel own-limit \
		"$by_kernel.*; its group reached its limit, $top/own/memory.max of 4.0Mi"
	rmdir "$top/own"
fi

# What ends a whole group ends mymem-run, too, if that is in it: it stays outside.
elsewhere='killed by SIGKILL; whether by the kernel .* is not known, as it ended in another group'
for proof in log counters; do
	if [ $version = 1 ] || ! provable $proof; then
		continue
	fi
	if [ $proof = log ]; then
		by=kernel cause=hidden
		words='killed by the kernel for lack of memory; the group /mymem-killed-[0-9]+/own reached its limit$'
	else
		by=unknown cause=null words=$elsewhere
	fi
	group "$top/outside" ""
	group "$top/own" 64
	echo 1 >"$top/own/memory.oom.group"
	within "$top/outside" "echo 0 >$top/own/cgroup.procs; sleep 100 & $(take 100)"
	killed "memory.oom.group, by the $proof" $by $cause "$words"
	none "memory.oom.group, by the $proof: nothing is left" "$(cat "$top/own/cgroup.procs")"
	# The kernel's reason is a process of the command.
	within "$top/outside" "echo 0 >$top/own/cgroup.procs; ($(take 100)); sleep 100"
	killed "memory.oom.group, for a child, by the $proof" $by $cause "$words"
	within "$top/outside" "echo 0 >$top/own/cgroup.procs
		exec $tool --mode=none sh -c '$(take 100)'"
	killed "memory.oom.group, for mymem-run in it, by the $proof" $by $cause "$words"
	rmdir "$top/own"

	# As a pod: the limit and the switch are above.
	group "$top/pod" 64 parent
	echo 1 >"$top/pod/memory.oom.group"
	group "$top/pod/one" ""
	group "$top/pod/other" ""
	within "$top/outside" "echo 0 >$top/pod/one/cgroup.procs
		(echo 0 >$top/pod/other/cgroup.procs; $(take 100)); sleep 100"
	killed "memory.oom.group of a pod, by the $proof" $by $cause \
		"$(echo "$words" | sed 's,/own,/pod,')"
	rmdir "$top/pod/one" "$top/pod/other" "$top/pod"

	# As systemd, and the engines of containers, end a service.
	group "$top/own" 64
	within "$top/outside" "echo 0 >$top/own/cgroup.procs; echo 1 >$top/own/cgroup.kill; sleep 100"
	killed "cgroup.kill, by the $proof" somebody null 'killed by a SIGKILL of somebody else'
	rmdir "$top/own" "$top/outside"
done
without=''

# Not knowing: nothing of the kernel's can be read.
if unshare --mount true 2>/dev/null; then
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount sh -c '
		mount -t tmpfs none /sys/fs/cgroup && mount --bind /dev/null /dev/kmsg &&
		mount --bind /dev/null /proc/vmstat && exec "$0" --mode=none --report "$1" sh -c "$2"
	' "$tool" "$dir/report" 'kill -9 $$' 2>"$dir/err"
	status=$?
	killed "not knowing" unknown null 'killed by SIGKILL; whether by the kernel .* is not known'
fi

# The report itself.
"$tool" --mode=none --report "$dir/none/report" true 2>"$dir/err"
is "a report that cannot be written" "$?:$(cat "$dir/err")" \
	"125:mymem-run: $dir/none/report: No such file or directory"
"$tool" --mode=none --report "$dir/none/report" sh -c 'exit 3' 2>"$dir/err"
is "and a status of the command's own" "$?" 3
is "a report to a pipe" "$("$tool" --mode=none --report /proc/self/fd/1 true | head -c 10)" '{"schema":'
if [ -n "$schema" ]; then
	check "the reports are as the schema has them" python3 "$here/schema.py" \
		"$schema" "$dir"/report.*.json
fi
done_testing
