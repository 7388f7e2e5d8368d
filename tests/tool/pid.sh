#!/bin/sh
# SPDX-License-Identifier: MIT
#
# pid.sh MYMEM_FREE
#
# mymem-free about another process, in each of its forms.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/tap.sh"

[ $# -eq 1 ] || bail_out "usage: $0 MYMEM_FREE"
tool=$1
[ -x "$tool" ] || bail_out "no $tool"
need python3 prlimit

pids=
clean_up() {
	# shellcheck disable=SC2086 # each of them
	[ -z "$pids" ] || kill -9 $pids 2>/dev/null
}

# NAME: goes on when the child has become that program
becomes() {
	until [ "$(cat "/proc/$pid/comm")" = "$1" ]; do
		sleep 0.02
	done
}

# ARGUMENT...: runs the tool, which prints to $dir/out
about() {
	"$tool" --pid "$pid" "$@" >"$dir/out" 2>&1
	status=$?
	cat "$dir/out"
}

# 300000 KiB, less than any machine has.
prlimit --as=307200000 sleep 600 &
pid=$!
pids="$pids $pid"
becomes sleep

is "a number" "$(about --limit)" 307200000
is "in a unit" "$(about --limit -k)" 300000
is "with a share" "$(about --limit --percent 50)" 153600000
is "the table" "$(about -k | awk '$1 == "Mem:" { print $2 }')" 300000
is "again and again" "$(about --limit -c 3 -s 0.01 | sort | uniq -c | tr -s ' ')" \
	" 3 307200000"
like "what is available" "$(about --available)" '^[23][0-9]{8}$'
is "workers" "$(about --workers 100M --max 8)" 2
like "one line" "$(about --line)" "^memory 292Mi by rlimit-as .*/proc/$pid.*, 2[0-9]+Mi available"
like "the explanation" "$(about --explain)" "^LA rlimit-as /proc/$pid "
like "the kills" "$(about --oom)" .
like "meminfo" "$(about --meminfo)" '^MemTotal: +300000 kB$'
like "metrics" "$(about --metrics)" ' 307200000$'
like "a plugin" "$(about --check crit=10%)" .
is "a condition" "$(about --wait 'limit>=1M' --limit)" 307200000
is "what is required" "$(about --require-limit --limit)" 307200000
is "JSON" "$("$tool" --pid "$pid" --json | python3 -c '
import json, sys
answer = json.load(sys.stdin)
print(answer["limit"], answer["limit_by"]["kind"], answer["limit_by"]["path"])')" \
	"307200000 rlimit-as /proc/$pid"
is "and nobody else" "$("$tool" --explain | grep -c "/proc/$pid ")" 0
about --require-limit --limit >/dev/null
is "it ends with" "$status" 0

# WHAT WANTED ARGUMENT...: the error
wrong() {
	what=$1 wanted=$2
	shift 2
	"$tool" "$@" >"$dir/out" 2>"$dir/err"
	is "$what: ends with" "$?" "$wanted"
	none "$what: prints nothing" "$(cat "$dir/out")"
	like "$what: and says why" "$(head -n 1 "$dir/err")" "^[^ ]*mymem-free: .*$why"
}

why='not a whole number'
for number in 0 -1 x '' 1.5 2147483648 99999999999999999999; do
	wrong "--pid '$number'" 2 --pid "$number"
done
why='neither --sysroot nor --exec-on'
wrong "with a sysroot" 2 --pid "$pid" --sysroot /
wrong "with a command" 2 --pid "$pid" --exec-on low true
why='needs --max'
wrong "whose processors" 2 --pid "$pid" --workers 1M
why='2147483647: No such process'
wrong "nobody" 1 --pid 2147483647

python3 -c 'import threading, time
threading.Thread(target=time.sleep, args=[600], daemon=True).start()
print("begun", flush=True)
time.sleep(600)' >"$dir/begun" &
pid=$!
pids="$pids $pid"
until [ -s "$dir/begun" ]; do
	sleep 0.02
done
for thread in "/proc/$pid/task/"*; do
	thread=${thread##*/}
	[ "$thread" = "$pid" ] || break
done
why="$thread: a thread, and not a process"
wrong "a thread" 1 --pid "$thread"

# It ends while it is looked at.
"$tool" --pid "$pid" --limit -s 0.02 >"$dir/out" 2>"$dir/err" &
looker=$!
pids="$pids $looker"
until [ -s "$dir/out" ]; do
	sleep 0.02
done
kill -9 "$pid"
wait "$looker"
is "it ends meanwhile" $? 1
like "and that is said" "$(cat "$dir/err")" "mymem-free: $pid: No such process"
why="$pid: No such process"
wrong "it has ended" 1 --pid "$pid"
"$tool" --pid "$pid" --check crit=10% >"$dir/out"
is "a plugin does not know then" $? 3
pids=${pids%% "$pid"*}
done_testing
