#!/bin/sh
# SPDX-License-Identifier: MIT
#
# guard.sh MYMEM_RUN RAMP SCHEMA - mymem-run --guard ends a command that takes memory
# before the kernel kills, and none that does no harm.  In control groups of its own.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../support/tap.sh disable=SC2154 # it sets $dir
. "$here/../support/tap.sh"

[ $# -eq 3 ] || bail_out "usage: $0 MYMEM_RUN RAMP SCHEMA"
tool=$1 ramp=$2 schema=$3

# --- mistakes ----------------------------------------------------------------

for wrong in "--reserve=1M:.* need --guard" "--on-low=USR1:.* need --guard" \
	"--victim=all:.* need --guard" "--signal=HUP:.* need --guard" \
	"--guard --reserve=x:not an amount .*: x" \
	"--guard --reserve=101%:not an amount .*: 101%" \
	"--guard --on-low=NONE:no such signal: NONE" \
	"--guard --on-medium=0:no such signal: 0" \
	"--guard --signal=SIG:no such signal: SIG" \
	"--guard --signal=999:no such signal: 999" \
	"--guard --kill-after=x:not a time .*: x" \
	"--guard --kill-after=1h:not a time .*: 1h" \
	"--guard --kill-after=:not a time .*: " \
	"--guard --victim=x:not all or largest: x"; do
	# shellcheck disable=SC2086 # words
	"$tool" ${wrong%%:*} true >"$dir/out" 2>&1
	is "${wrong%%:*}" "$?" 125
	like "${wrong%%:*}: says so" "$(head -n 1 "$dir/out")" "^mymem-run: ${wrong#*:}$"
done
for right in --reserve=64M --reserve=1% --on-low=USR1 --on-medium=SIGUSR2 \
	--signal=int --signal=15 --kill-after=0 --kill-after=2 --kill-after=1.5s \
	--kill-after=500ms --victim=largest; do
	is "$right" "$("$tool" --guard $right echo it 2>&1)" it
done

# shellcheck source=groups.sh
. "$here/groups.sh"
begin guard
need python3
kills() { # of the group
	if [ $version = 1 ]; then
		sed -n 's/^oom_kill //p' "$top/own/memory.oom_control"
	else
		sed -n 's/^oom_kill //p' "$top/own/memory.events"
	fi
}
# NAME OPTIONS COMMAND: in a group of 96 MiB; the shell around it lives.
try() {
	options=$2
	group "$top/own" 96
	within "$top/own" "$3"
	is "$1: the kernel kills nobody" "$(kills)" 0
	none "$1: nothing is left" "$(cat "$top/own/cgroup.procs")"
	rmdir "$top/own"
}
# NAME PATTERN: it was ended, and so it is told.
ended() {
	is "$1: status" "$status" 137
	is "$1: by whom" "$(member killed_by)" guard
	like "$1: in words" "$(cat "$dir/err")" "^mymem-run: sh: ended by --guard$2"
	is "$1: in one line" "$(grep -c mymem-run "$dir/err")" 1
}
# NAME STATUS OUTPUT: it ended by itself.
spared() {
	is "$1: ended by itself" "$status:$(cat "$dir/out" "$dir/err")" "$2:$3"
}
left='[0-9.]+(B|[KM]i) of 96Mi were left, by cgroup '$top/own
group "$top" "" parent

# --- all of it ---------------------------------------------------------------

try "a leak" --guard "exec $ramp 100 200"
ended "a leak" " before the kernel had to: $left\$"
try "a leak of a child" --guard "$ramp 40 200; echo lives"
ended "a leak of a child" " before the kernel had to: $left\$"
try "a leak that is deaf" "--guard --kill-after=100ms" "trap '' TERM; exec $ramp 40 200"
ended "a leak that is deaf" ", by SIGKILL in the end, before the kernel had to: $left\$"
is "a leak that is deaf: in the report" "$(member forced)" true
try "SIGKILL at once" "--guard --kill-after=0" "exec $ramp 100 200"
ended "SIGKILL at once" " before the kernel had to: $left\$"
try "another signal" "--guard --signal=USR1" \
	"trap 'echo bye; exit 5' USR1; $ramp 20 200 & wait"
ended "another signal" " before the kernel had to: $left\$"
is "another signal: it was heard" "$(cat "$dir/out")" bye

try "a reserve in percent" "--guard --reserve=50%" "exec $ramp 20 70"
ended "a reserve in percent" " before the kernel had to: $left, less than the reserve of 48Mi\$"
try "a reserve in bytes" "--guard --reserve=40M" "exec $ramp 20 70"
ended "a reserve in bytes" " before the kernel had to: $left, less than the reserve of 40Mi\$"
try "without a reserve" --guard "exec $ramp 20 60"
spared "without a reserve" 0 "done"

# What has left its parents, its session and its terminal.
try "what hides" --guard "(setsid $ramp 1 30 deaf &) ; exec $ramp 100 200"
ended "what hides" " before the kernel had to: $left\$"

# What was there before is not the command's.
options=--guard
group "$top/own" 96
# shellcheck disable=SC2016 # for the inner shell
sh -c 'echo 0 >"$1/cgroup.procs"; sleep 100 & echo $! >"$4"; exec "$2" --guard $3' \
	sh "$top/own" "$tool" "$ramp 100 200" "$dir/helper" >"$dir/out" 2>"$dir/err"
is "beside a child of somebody else: status" "$?" 137
check "beside a child of somebody else: that lives" kill -0 "$(cat "$dir/helper")"
kill -9 "$(cat "$dir/helper")"
tries=0
until rmdir "$top/own" 2>/dev/null || [ "$tries" -eq 50 ]; do
	tries=$((tries + 1))
	sleep 0.1
done

# Its own processes are not the command's: they answer it to its end.
try "system calls that wait" "--guard --mode=trap" \
	"trap 'sleep 0.2; cat /proc/meminfo >/dev/null && echo answered' TERM; $ramp 20 200 & wait"
ended "system calls that wait" " before the kernel had to: $left\$"
is "system calls that wait: they are answered" "$(cat "$dir/out")" answered

# --- the largest -------------------------------------------------------------

try "the largest" "--guard --victim=largest" \
	"$ramp 200 10 & $ramp 100 200; echo status=\$?; wait; exit 4"
is "the largest: the others end by themselves" "$status:$(grep -v Terminated "$dir/out")" \
	"4:status=143
done"
like "the largest: it is told of" "$(cat "$dir/err")" \
	"^mymem-run: sh: --guard ends its largest process, [0-9]+ \((run-)?ramp\) of [0-9]+Mi: $left\$"
try "one after the other" "--guard --victim=largest --signal=KILL" \
	"$ramp 100 200; $ramp 100 200; $ramp 100 200; exit 6"
is "one after the other" "$status:$(grep -c 'ends its largest' "$dir/err")" 6:3
try "the largest is the command" "--guard --victim=largest" "exec $ramp 100 200"
ended "the largest is the command" " before the kernel had to: $left\$"

# --- warnings ----------------------------------------------------------------

cat >"$dir/caches.py" <<'EOF'
# Drops at each signal what it has taken, and ends after the second.
import signal, time
kept, heard = [], []
def drop(number, _frame):
    heard.append(signal.Signals(number).name)
    if heard[-1] == "SIGUSR2":
        kept.clear()
signal.signal(signal.SIGUSR1, drop)
signal.signal(signal.SIGUSR2, drop)
while "SIGUSR2" not in heard:
    kept.append(bytearray(1 << 18))
    time.sleep(0.01)
print(*sorted(heard))
EOF
try "warnings" "--guard --on-low=USR1 --on-medium=USR2" "exec python3 $dir/caches.py"
spared "warnings" 0 "SIGUSR1 SIGUSR2"
try "one for both" "--guard --on-low=USR2" "exec python3 $dir/caches.py"
spared "one for both" 0 "SIGUSR2"

# --- no alarm ----------------------------------------------------------------

# Written at once: the kernel kills who has a group full of what a slow disk does not
# have yet, whatever is guarded.
# shellcheck disable=SC2016 # for the inner shell
try "page cache that comes and goes" --guard '
	file=$(mktemp "${TMPDIR:-/var/tmp}/mymem-guard.XXXXXX") &&
	dd if=/dev/zero of="$file" bs=1M count=150 oflag=dsync 2>/dev/null &&
	for i in 1 2 3 4; do cat "$file" >/dev/null || exit; done
	rm "$file" && echo fine'
spared "page cache that comes and goes" 0 fine
try "as much as there is at once" --guard "exec $ramp 2000 60"
spared "as much as there is at once" 0 "done"
is "no limit but the machine's" "$("$tool" --guard sh -c 'echo fine; exit 3' 2>&1; echo $?)" \
	"fine
3"

# --- too late ----------------------------------------------------------------

options="--guard --reserve=100%"
group "$top/own" 96
within "$top/own" "echo begun"
is "with less than the reserve it does not begin" "$status:$(cat "$dir/out")" 125:
like "with less than the reserve: says so" "$(cat "$dir/err")" \
	'^mymem-run: cannot begin: [0-9.]+[KM]i of 96Mi are left, which is less than --guard keeps$'
rmdir "$top/own"
check "the reports are as the schema has them" python3 "$here/schema.py" \
	"$schema" "$dir"/report.*.json
done_testing
