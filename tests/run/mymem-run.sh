#!/bin/sh
# SPDX-License-Identifier: MIT
#
# mymem-run.sh MYMEM_RUN VERSION
#
# mymem-run as a user has it: how it ends, what it passes on, and what it says of
# mistakes.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/tap.sh
. "$here/../support/tap.sh"

[ $# -eq 2 ] || bail_out "usage: $0 MYMEM_RUN VERSION"
tool=$1
version=$2
[ -x "$tool" ] || bail_out "no $tool"
need python3 unshare

# ARGUMENT...: runs the tool; $out and $err are files, $status is its status
out=$dir/out err=$dir/err
try() {
	"$tool" "$@" >"$out" 2>"$err" </dev/null
	status=$?
}
# NAME STATUS OUTPUT: of the last try, which had nothing to complain of
ended() {
	is "$1" "$status:$(cat "$out" "$err")" "$2:${3-}"
}
# NAME STATUS PATTERN: the last try failed with one line, or two where it tells of
# --help
failed() {
	is "$1: status" "$status" "$2"
	none "$1: nothing on standard output" "$(cat "$out")"
	like "$1: says so" "$(cat "$err")" "^mymem-run: $3"
	in_range "$1: in few lines" "$(wc -l <"$err")" 1 2
}

# --- the end -----------------------------------------------------------------

for code in 0 1 3 124 125 126 127 128 137 255; do
	try sh -c "exit $code"
	ended "exit $code" "$code"
done
for signal in HUP:129 INT:130 QUIT:131 ABRT:134 SEGV:139 PIPE:141 TERM:143; do
	# In the background of a script, some are ignored.
	# shellcheck disable=SC2016 # for the inner shell
	try env --default-signal="${signal%:*}" \
		sh -c 'ulimit -c 0; kill -s "$1" $$' sh "${signal%:*}"
	is "ended by ${signal%:*}" "$status" "${signal#*:}"
done
try -- printf '%s.' a 'b c' ''
ended "arguments stay what they are" 0 'a.b c..'
try printf %s --help
ended "the command's options are its own" 0 --help
is "standard input is the command's" "$(echo text | "$tool" cat)" text
is "the environment is the command's" "$(env -i A=1 "$tool" /usr/bin/env |
	grep -v LD_PRELOAD)" A=1

# --- mistakes ----------------------------------------------------------------

try
failed "no command" 125 'no command'
try --mode=preload
failed "an option and no command" 125 'no command'
try --mode=guess true
failed "no such mode" 125 'no such mode: guess$'
try --mode
failed "a mode is missing" 125 'bad option: --mode$'
try --nonsense true
failed "no such option" 125 'bad option: --nonsense$'
try -x true
failed "no such letter" 125 'bad option: -x$'
try "$(printf -- '--a\033[31m')" true
failed "an option that plays tricks" 125 'bad option: --a\\x1b\[31m$'
like "help is told of" "$(cat "$err")" "^Try 'mymem-run --help'\.$"
try "$dir/none"
failed "no such file" 127 "$dir/none: No such file or directory$"
try no-such-command-anywhere
failed "no such command" 127 'no-such-command-anywhere: No such file or directory$'
try ''
failed "an empty command" 127 ': No such file or directory$'
try "$dir"
failed "a directory" 126 "$dir: Permission denied$"
: >"$dir/plain"
try "$dir/plain"
failed "a file without permission" 126 "$dir/plain: Permission denied$"
printf '#!%s/none\n' "$dir" >"$dir/script"
chmod +x "$dir/script"
try "$dir/script"
failed "a script whose interpreter is missing" 127 "$dir/script: No such file"
echo 'echo by a shell' >"$dir/script"
try "$dir/script"
ended "a script that names no interpreter is a shell's" 0 "by a shell"
name=$(printf 'a\033]0;b')
try "$name"
failed "a name that plays tricks" 127 'a\\x1b\]0;b: No such file'

# --- what it says of itself --------------------------------------------------

try --version
ended "--version" 0 "mymem-run $version"
try -V
ended "-V" 0 "mymem-run $version"
try --help
is "--help" "$status" 0
like "--help tells how" "$(cat "$out")" '^Usage: mymem-run \[options\] \[--\] COMMAND'
none "--help: in 80 columns" "$(grep -E '.{80}' "$out")"
is "the page has the same options" "$(awk '/^\.It Fl/ {
		for (i = 3; i <= NF; i++)
			if ($i ~ /^-|^[vV]$/)
				print "-" $i
	}' "$here/../../docs/mymem-run.1" | sort)" \
	"$(grep -Eo -e '^ +(-[A-Za-z])? *--[a-z-]+' "$out" |
		grep -Eo -e '--?[A-Za-z-]+' | sort)"
for option in --help --version; do
	"$tool" $option >/dev/full 2>"$err"
	is "$option to a full disk" "$?" 125
	like "$option to a full disk: says so" "$(cat "$err")" 'cannot write: No space'
	"$tool" $option >&- 2>"$err"
	is "$option to nowhere" "$?" 125
done

# --- standard streams --------------------------------------------------------

"$tool" sh -c 'exit 7' >&- 2>&- <&-
is "all streams closed: status" "$?" 7
"$tool" "$dir/none" >&- 2>&- <&-
is "all streams closed, no such file: status" "$?" 127
# shellcheck disable=SC2016 # for the inner shell
is "closed streams are closed for the command" \
	"$("$tool" sh -c '[ -e /proc/self/fd/0 ] || echo closed' <&-)" closed
# shellcheck disable=SC2012 # numbers
is "no descriptor is left to the command" \
	"$("$tool" ls /proc/self/fd | tr '\n' ' ')" "$(ls /proc/self/fd | tr '\n' ' ')"

# --- signals -----------------------------------------------------------------

# MASK SIGNAL: whether it is in the mask of a command, as the kernel shows it
masks() {
	"$@" sed -n 's/^Sig\(Blk\|Ign\):\t//p' /proc/self/status
}
is "blocked and ignored signals are as they were" "$(masks "$tool")" "$(masks env)"
is "also such that the caller ignores" "$(trap '' HUP USR1; masks "$tool")" \
	"$(trap '' HUP USR1; masks env)"
cat >"$dir/signals.py" <<'EOF'
import os, signal, subprocess, sys
# Each signal that can be caught reaches the command, once, and no other.
command = """
import signal, sys
caught = [n for n in signal.valid_signals()
          if n not in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD)]
signal.pthread_sigmask(signal.SIG_BLOCK, caught)
print("ready", flush=True)
while True:
    number = signal.sigwait(caught)
    print(int(number), flush=True)
    if number == signal.SIGTERM:
        sys.exit(9)
"""
run = subprocess.Popen([sys.argv[1], sys.executable, "-c", command],
                       stdout=subprocess.PIPE, text=True)
assert run.stdout.readline() == "ready\n"
wanted = [signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR1,
          signal.SIGUSR2, signal.SIGPIPE, signal.SIGALRM, signal.SIGTSTP,
          signal.SIGCONT, signal.SIGURG, signal.SIGWINCH, signal.SIGPWR,
          signal.SIGRTMIN + 1, signal.SIGTERM]
for number in wanted:
    run.send_signal(number)
    line = run.stdout.readline()
    assert line == f"{int(number)}\n", (number, line)
assert run.stdout.read() == ""
assert run.wait() == 9
print("each")
EOF
is "signals are passed on" "$(python3 "$dir/signals.py" "$tool" 2>&1)" each
# The terminal and init do not speak to it: whoever ignores its children.
is "SIGCHLD ignored by the caller" \
	"$(python3 -c 'import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])' "$tool" sh -c 'echo it; exit 3'; echo $?)" "it
3"

# --- the first process -------------------------------------------------------

if unshare --pid --fork --mount-proc true 2>/dev/null; then
	# shellcheck disable=SC2016 # for the inner shell
	is "as the first process: zombies are waited for" \
		"$(unshare --pid --fork --mount-proc "$tool" sh -c '
			for i in 1 2 3; do sh -c "sh -c : & sleep 0.1 & exit"; done
			sleep 0.5
			echo $$
			cat /proc/[0-9]*/status | grep -c "^State:.*zombie"')" "2
0"
	unshare --pid --fork --mount-proc "$tool" sh -c 'exit 5'
	is "as the first process: status" "$?" 5
	# shellcheck disable=SC2016 # for the inner shell
	unshare --pid --fork --mount-proc "$tool" sh -c 'kill -s TERM $$'
	is "as the first process: ended by TERM" "$?" 143
	# shellcheck disable=SC2016 # for the inner shell
	is "as the first process: signals are passed on" \
		"$(unshare --pid --fork --mount-proc "$tool" sh -c '
			trap "echo got it; exit 0" TERM
			kill -s TERM 1
			sleep 5 & wait')" "got it"
else
	skip "as the first process" "no namespace of processes can be had"
fi

# --- in itself ---------------------------------------------------------------

try "$tool" sh -c 'echo in; exit 4'
ended "mymem-run in mymem-run" 4 in
try "$tool" "$dir/none"
is "mymem-run in mymem-run: no such file" "$status" 127
done_testing
