#!/bin/sh
# SPDX-License-Identifier: MIT
#
# view.sh MYMEM_FREE FIXTURES
#
# mymem-free --watch on a real terminal, which is tmux's, and elsewhere.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source=tests/tool/machine.sh
. "$here/machine.sh"
# shellcheck source=tests/support/group.sh
. "$here/../support/group.sh"

[ $# -eq 2 ] || bail_out "usage: $0 MYMEM_FREE FIXTURES"
tool=$1
fixtures=$2
normal=$fixtures/v2-limit-on-parent
squeezed=$fixtures/psi-group-squeezed
command -v script >/dev/null || skip_all "no script(1)"
need pgrep prlimit

tmux() {
	command tmux -u -S "$dir/tmux" -f /dev/null "$@"
}
clean_up() {
	[ ! -S "$dir/tmux" ] || tmux kill-server
	group_end
}
details() {
	screen 2>/dev/null
}

# --- no terminal -------------------------------------------------------------

stamp='[0-9:]{8}Z'
"$tool" --watch -c 3 -s 0.01 --sysroot "$normal" >"$dir/out" 2>"$dir/err"
is "a log: it ends well" "$?" 0
is "a log: one line per look" "$(grep -cE "^$stamp limit 2.0Gi, used 1.1Gi, available 968Mi, pressure none, PSI some 0.00 %, full 0.00 % \(cgroup\), killed 0\$" "$dir/out")" 3
is "a log: and no other" "$(wc -l <"$dir/out")" 3
is "a log: why there are no events" "$(cat "$dir/err")" \
	"mymem-free: no events: only this process can be watched"
# The events would be those of another process than the numbers.
(
	sleep 1 &
	echo $! >"$dir/pid"
	wait
) &
until [ -s "$dir/pid" ]; do sleep 0.1; done
"$tool" --watch -s 0.05 --pid "$(cat "$dir/pid")" >"$dir/out" 2>"$dir/err"
is "another process: it ends with it" "$?" 1
like "another process: its numbers" "$(cat "$dir/out")" "^$stamp limit "
is "another process: what is said" "$(sed 's/: [0-9]*: /: PID: /' "$dir/err")" \
	"mymem-free: no events: only this process can be watched
mymem-free: PID: No such process"
"$tool" --watch -c 1 --sysroot "$squeezed" >"$dir/out" 2>/dev/null
like "a log: pressure" "$(cat "$dir/out")" \
	"pressure critical, PSI some [0-9.]+ %, full [0-9.]+ % \(cgroup\)"
"$tool" --watch -c 1 --sysroot "$fixtures/meminfo-without-total" \
	>"$dir/out" 2>/dev/null
like "a log: what is not known" "$(cat "$dir/out")" \
	"^$stamp limit unknown, used unknown, available [0-9.]+.i, "
"$tool" --watch -c 2 -s 0.01 >"$dir/out" 2>"$dir/err"
is "a log of this system" "$?:$(grep -c ' limit .*, available ' "$dir/out")" 0:2
none "a log of this system: events are watched" "$(cat "$dir/err")"
prlimit --nofile=24 "$tool" --watch -c 2 -s 0.01 >"$dir/out" 2>"$dir/err"
is "where nothing can be watched it goes on" \
	"$?:$(grep -c ' limit ' "$dir/out")" 0:2
like "where nothing can be watched it says why" "$(cat "$dir/err")" \
	'no events: (Too many open files|No file descriptors available)$'
before=$(date -u +%H:%M)
"$tool" --watch -c 1 --sysroot "$normal" >"$dir/out" 2>/dev/null
like "the time is that of UTC" "$(cat "$dir/out")" \
	"^($before|$(date -u +%H:%M)):[0-5][0-9]Z "
"$tool" --watch --sysroot "$dir/none" >"$dir/out" 2>"$dir/err"
is "no such machine" "$?:$(cat "$dir/out" "$dir/err")" \
	"1:mymem-free: $dir/none: No such file or directory"
for arguments in "--watch --json" "--watch -h" "--watch -m" "--watch --exec-on low true"; do
	# shellcheck disable=SC2086 # words
	"$tool" $arguments >"$dir/out" 2>"$dir/err" </dev/null
	is "refused: $arguments" "$?" 2
done
"$tool" --watch --require-limit --sysroot "$fixtures/host-cma" >"$dir/out" 2>&1
is "only where there is a limit" "$?:$(wc -c <"$dir/out")" 3:0

# --- what is written to a terminal -------------------------------------------

# VARIABLES ARGUMENT...: $dir/out has each byte
typed() {
	variables=$1
	shift
	script -qec "env $variables '$tool' --watch $*" /dev/null </dev/null \
		>"$dir/out" 2>&1
}
escape=$(printf '\033')

for variables in TERM=dumb "-u TERM" TERM=; do
	typed "$variables" -c 2 -s 0.01 --sysroot "$normal"
	is "$variables: lines" "$(grep -c " available 968Mi, " "$dir/out")" 2
	none "$variables: nothing but lines" "$(grep -c "$escape" "$dir/out" |
		grep -v '^0$')"
done
typed "TERM=xterm" -c 1 --sysroot "$squeezed"
like "in color: what is used" "$(cat "$dir/out")" "$escape\[31;41m#"
like "in color: what is available" "$(cat "$dir/out")" "$escape\[36;49m\."
like "the cursor comes back" "$(cat "$dir/out")" "$escape\[\?25h"
typed "TERM=xterm" -c 1 --sysroot "$normal"
like "in color: nothing is wrong" "$(cat "$dir/out")" "$escape\[32;42m#"
typed "TERM=xterm NO_COLOR=1" -c 1 --sysroot "$squeezed"
like "NO_COLOR: the graph" "$(cat "$dir/out")" '#'
none "NO_COLOR" "$(grep -c "$escape\[3[0-9]" "$dir/out" | grep -v '^0$')"
typed "TERM=xterm NO_COLOR=" -c 1 --sysroot "$squeezed"
like "NO_COLOR that is empty says nothing" "$(cat "$dir/out")" "$escape\[31;41m#"
# Each size, and the lines of the screen that are written on.
for size in 1:1 1:2 2:1 1:80 80:1 2:2 3:3 5:5 8:33 9:32 24:80 200:1100; do
	rows=${size%:*}
	script -qec "stty rows $rows cols ${size#*:}; TERM=xterm '$tool' --watch -c 3 \
		-s 0.01 --sysroot '$normal'" /dev/null </dev/null >"$dir/out" 2>&1
	is "$size: ends well" "$?" 0
	is "$size: the last row" "$(grep -oE "$escape\[[0-9]+;1H" "$dir/out" |
		tr -dc '0-9;\n' | cut -d';' -f1 | sort -n | tail -n 1)" "$rows"
done
script -qec "stty rows 0 cols 0; TERM=xterm '$tool' --watch -c 1 \
	--sysroot '$normal'" /dev/null </dev/null >"$dir/out" 2>&1
like "0:0: as if it were 24:80" "$(cat "$dir/out")" "$escape\[24;1H.*q quits"

# --- a real terminal ---------------------------------------------------------

command -v tmux >/dev/null || {
	skip "a real terminal" "no tmux"
	done_testing
}
screen() {
	tmux capture-pane -p -t view
}
# PATTERN: it is on the screen, at last
comes() {
	tries=200
	until screen | grep -Eq -e "$1"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.1
	done
}
# NAME PATTERN
shows() {
	comes "$2"
	result "$1" $? "nothing like $2"
}
keys() {
	tmux send-keys -t view "$@"
}
# What is typed before the prompt is there would stand in front of it.
clear_screen() {
	keys clear Enter
	tries=200
	until [ "$(screen | tr -d '\n')" = "ready>" ] || [ "$tries" -eq 0 ]; do
		tries=$((tries - 1))
		sleep 0.1
	done
}
# What a program can leave behind: the other screen, no cursor, no wrapping.
state() {
	tmux display-message -p -t view '#{alternate_on}#{cursor_flag}#{wrap_flag}'
}
# NAME: all is as it was before
restored() {
	shows "$1: the prompt" '^ready>$'
	is "$1: the screen, the cursor and the lines" "$(state)" 011
	keys "stty -g >'$dir/after'; echo looked" Enter
	comes '^looked$'
	is "$1: the settings" "$(cat "$dir/after")" "$(cat "$dir/before")"
	shows "$1: what was there before" '^looked$'
	clear_screen
}
# ARGUMENT...
start() {
	keys "'$tool' --watch $*; echo status \$?" Enter
	comes '^q quits'
}

PS1='ready>' LC_ALL=C ENV='' TERM=screen tmux new-session -d -s view -x 80 -y 24 \
	"env -u NO_COLOR LC_ALL=C PS1='ready>' sh" || bail_out "tmux does not start"
comes '^ready>$' || bail_out "no prompt"
keys "stty -g >'$dir/before'" Enter
until [ -s "$dir/before" ]; do sleep 0.1; done
clear_screen

start -s 1000 --sysroot "$normal"
is "the amounts" "$(screen | sed -n 1p)" \
	"limit 2.0Gi, used 1.1Gi, available 968Mi, pressure none"
is "what sets the limit" "$(screen | sed -n 3p)" \
	"limit 2.0Gi set by cgroup /sys/fs/cgroup/batch.slice/memory.max; next 15Gi by h"
is "no events, and why" "$(screen | sed -n 24p)" \
	"q quits; no events: only this process can be watched; # used, . available, - li"
# 1080 of 2048 MiB are 7.4 of 14 rows.
is "the graph" "$(screen | sed -n '4,17p' | cut -c 79 | tr -d '\n')" "-......#######"
like "the graph: its scale" "$(screen | sed -n 4p)" '^  2.0Gi +-+$'
like "the graph: the other end" "$(screen | sed -n 17p)" '^      0 +#+$'
is "the graph: the time" "$(screen | sed -n 18p)" \
	"        71000 s ago"
is "it has the screen, no cursor, and cuts lines off" "$(state)" 100
tmux resize-window -t view -x 120 -y 40
shows "a larger terminal: the graph" '^ +111000 s ago$'
is "a larger terminal" "$(screen | sed -n 40p | cut -c 1-7)" "q quits"
tmux resize-window -t view -x 30 -y 9
shows "a smaller one: the graph" '^ +21000 s ago'
is "a smaller one" "$(screen | sed -n 9p | cut -c 1-7)" "q quits"
for size in 1:1 2:1 1:3 7:2; do
	tmux resize-window -t view -x "${size%:*}" -y "${size#*:}"
	sleep 0.1
done
tmux resize-window -t view -x 80 -y 24
shows "after the smallest ones: the graph" '^ +71000 s ago$'
is "after the smallest ones" "$(screen | sed -n 24p | cut -c 1-7)" "q quits"
keys x Up Enter Space
keys q
shows "q: it ends well" '^status 0$'
restored "q"
start --sysroot "$normal"
keys Q
shows "Q" '^status 0$'
restored "Q"
start -c 2 -s 0.5 --sysroot "$normal"
shows "-c: it ends by itself" '^status 0$'
restored "-c"
start --sysroot "$normal"
keys C-c
restored "Ctrl-C"
start --sysroot "$normal"
keys C-\\
comes 'Quit|^status'
restored "Ctrl-\\"
start --sysroot "$normal" '</dev/null'
sleep 0.1
keys q
is "without a keyboard: it is no key" "$(screen | grep -c '^q quits')" 1
keys C-c
restored "without a keyboard"
start --sysroot "$normal" '<&-'
keys C-c
restored "with standard input closed"

# The process that runs in the terminal.
running() {
	pgrep -P "$(tmux display-message -p -t view '#{pane_pid}')"
}
for signal in TERM HUP INT QUIT; do
	start --sysroot "$normal"
	pid=$(running)
	[ -n "$pid" ] && kill -s "$signal" "$pid"
	comes '^status|^ready>$'
	restored "SIG$signal"
done
start --sysroot "$normal"
keys C-z
restored "Ctrl-Z"
keys fg Enter
shows "fg: it goes on" '^q quits'
is "fg: it has the screen again" "$(state)" 100
[ "$(running)" ] && kill -s STOP "$(running)"
comes '^ready>'
keys fg Enter
sleep 0.3
shows "after SIGSTOP: it goes on" '^q quits'
keys q
comes '^ready>$'
restored "after all of that"
keys "(trap '' HUP; exec '$tool' --watch --sysroot '$normal')" Enter
comes '^q quits'
[ "$(running)" ] && kill -s HUP "$(running)"
sleep 0.3
comes '^q quits'
is "a signal that is ignored stays so" "$(running | wc -l)" 1
keys q
restored "a signal that is ignored"

# A name that plays tricks.
evil=$(printf 'a\033]0;title\007\033[2Jb\302\233c')
machine "$dir/evil" "$evil" 104857600 /sys/fs/cgroup /sys/fs/cgroup
start --sysroot "$dir/evil"
like "an evil name is escaped" "$(screen | sed -n 3p)" \
	'^limit 100Mi set by cgroup /sys/fs/cgroup/a\\x1b\]0;title\\x07\\x1b\[2Jb\\xc2\\x9bc'
keys q
restored "an evil name"

# --- events ------------------------------------------------------------------

[ "$(id -u)" -eq 0 ] || {
	skip "events" "needs root to make control groups"
	done_testing
}
group_begin
group_make a 64M
group_make b 128M
keys "echo \$\$ >$groups/a/cgroup.procs" Enter
clear_screen
# What is seen now is seen because of events: no other look is due.
start -s 1000
shows "in a group" '^limit 64Mi, used '
shows "in a group: where it is" "^limit 64Mi set by cgroup $groups/a/"
group_set a 32M
shows "the limit has changed" "^$stamp limit is 32Mi, was 64Mi"
shows "the limit has changed: the numbers" '^limit 32Mi, used '
group_kill a
result "a process was killed" $?
shows "a kill is told" "^$stamp the kernel killed 1 in this group"
like "a kill is counted" "$(screen | sed -n 2p)" ', killed 1$'
group_take b "$(running)"
shows "it was moved" "^$stamp moved to another group"
shows "it was moved: the numbers" '^limit 128Mi, used '
keys q
restored "events"
"$tool" --watch -s 1000 >"$dir/log" &
logger=$!
until [ -s "$dir/log" ]; do sleep 0.1; done
group_take a "$logger"
tries=200
until grep -q moved "$dir/log" || [ "$tries" -eq 0 ]; do
	tries=$((tries - 1))
	sleep 0.1
done
kill "$logger"
like "events are in the log, too" "$(cat "$dir/log")" "^$stamp moved to another group\$"
done_testing
