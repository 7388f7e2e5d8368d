#!/bin/sh
# SPDX-License-Identifier: MIT
#
# mymem-free.sh MYMEM_FREE FIXTURES VERSION
#
# mymem-free as a user has it: options, exit statuses, units, a terminal, full
# disks, and group names that play tricks.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/tap.sh"
# shellcheck source=tests/tool/machine.sh
. "$here/machine.sh"

[ $# -eq 3 ] || bail_out "usage: $0 MYMEM_FREE FIXTURES VERSION"
tool=$1
fixtures=$2
version=$3
[ -x "$tool" ] || bail_out "no $tool"
[ -d "$fixtures/v2-limit-on-parent" ] || bail_out "no fixtures in $fixtures"
need python3

# ARGUMENT...: runs the tool; $out and $err are files, $status is its status
try() {
	out=$dir/out
	err=$dir/err
	"$tool" "$@" >"$out" 2>"$err" </dev/null
	status=$?
}

# NAME STATUS: of the last try
ended() {
	if [ "$status" -eq "$2" ]; then
		pass "$1"
	else
		fail "$1" "status $status, wanted $2
$(cat "$out" "$err")"
	fi
}

# NAME: the last try failed with one line, or two where it tells of --help
one_error() {
	none "$1: nothing on standard output" "$(cat "$out")"
	is "$1: so many lines on standard error" "$(grep -c . <"$err")" "$2"
	like "$1: in its name" "$(head -n 1 "$err")" '^[^ ]*mymem-free: .'
}

normal=$fixtures/v2-limit-on-parent

# --- exit statuses -----------------------------------------------------------

try
ended "this system" 0
none "this system: nothing on standard error" "$(cat "$err")"
for option in -b -k -m -g -h --bytes --kibi --mebi --gibi --human --json \
	--explain --advice; do
	try $option --sysroot "$normal"
	ended "$option" 0
	none "$option: nothing on standard error" "$(cat "$err")"
	like "$option: prints" "$(cat "$out")" '[0-9]'
done
try --sysroot="$normal"
ended "--sysroot=DIR" 0

try --sysroot /nonexistent/mymem
ended "no such sysroot" 1
one_error "no such sysroot" 1
like "no such sysroot: says which and why" "$(cat "$err")" \
	': /nonexistent/mymem: No such file or directory$'
echo >"$dir/file"
try --sysroot "$dir/file"
ended "a file as sysroot" 1
one_error "a file as sysroot" 1
mkdir "$dir/empty"
for form in -k --json --explain --advice; do
	try $form --sysroot "$dir/empty"
	ended "an empty sysroot, $form" 1
	one_error "an empty sysroot, $form" 1
done
try --sysroot ''
ended "no name as sysroot" 1
one_error "no name as sysroot" 1

for arguments in --unknown -x "-b -x" --json=now --help=me; do
	# shellcheck disable=SC2086 # words
	try $arguments
	ended "$arguments" 2
	one_error "$arguments" 2
done
# Each of these is one of the things that may stand alone, with what it has no use
# for, or a value that is none.
for arguments in "-b -k" "-m --kilo" "-g -g" "--json --limit" "--explain --line" \
	"--advice --json" "--json=lines --advice" "--advice --explain" "--advice -m" \
	"--limit --available" "--meminfo --json=lines" "--limit -h" "--json -w" \
	"--json -m" "--pressure -m" "--line --si" "--workers 1M -m" "--percent 80" \
	"--pressure --percent 80" "--json --reserve 1M" "--line --min 1M" "--max 3" \
	"--limit --ignore 1" "-s 0" "-s -1" "-s 1e3" "-s inf" "-s 0x1" "-c 0" "-c -1" \
	"-c 1.5" "--limit --percent 0" "--limit --percent 101" "--limit --percent x" \
	"--workers 0" "--workers -1" "--workers 1X" "--workers M" "--workers 1.5.5" \
	"--workers 1MM" "--workers 1iB" "--workers 9E" "--workers 99999999999999999999" \
	"--workers 1M --max 0" "--workers 1M --max x" "--workers 1M --ignore -1" \
	"--limit --reserve 1K1" "--limit --min ." "--limit --reserve 1,5M"; do
	# shellcheck disable=SC2086 # words
	try $arguments
	ended "$arguments" 2
	one_error "$arguments" 2
done
for arguments in extra "-b extra" "--json extra" "-- extra" "-- -b"; do
	# shellcheck disable=SC2086 # words
	try $arguments
	ended "an argument: $arguments" 2
	one_error "an argument: $arguments" 2
done
try --sysroot
ended "--sysroot without DIR" 2
one_error "--sysroot without DIR" 2

# --- help and version --------------------------------------------------------

try --help
ended "--help" 0
none "--help: nothing on standard error" "$(cat "$err")"
like "--help: tells how" "$(cat "$out")" '^Usage: mymem-free'
like "--help: what is in error messages" "$(cat "$out")" '--sysroot DIR'
none "--help: in 80 columns" "$(grep -E '.{81}' "$out")"
for option in -V --version; do
	try $option
	ended "$option" 0
	none "$option: nothing on standard error" "$(cat "$err")"
	is "$option: one line" "$(cat "$out")" "mymem-free from libmymem $version"
done

# --- nowhere to write --------------------------------------------------------

for arguments in -b --json --explain --advice --help --version; do
	"$tool" $arguments >/dev/full 2>"$dir/err" </dev/null
	is "a full disk, $arguments" "$?" 1
	like "a full disk, $arguments: says so" "$(cat "$dir/err")" \
		'^mymem-free: .*No space left on device'
	"$tool" $arguments >&- 2>"$dir/err" </dev/null
	is "standard output closed, $arguments" "$?" 1
	"$tool" $arguments --sysroot "$normal" >&- 2>/dev/null </dev/null
	is "standard output closed, $arguments, with a sysroot" "$?" 1
done
# Nothing but the numbers matters to these.
"$tool" -b --sysroot "$normal" <&- 2>&- >"$dir/out"
is "standard input and error closed" "$?:$(sed -n '$=' "$dir/out")" 0:3

# --- the table ---------------------------------------------------------------

# NAME OPTION WANTED: beneath the header, which is the one of procps' free
table() {
	# shellcheck disable=SC2086 # words
	try $2 --sysroot "$normal"
	is "$1" "$(cat "$out")" "\
               total        used        free      shared  buff/cache   available
$3"
}
table "in bytes" -b "\
Mem:      2147483648  1132462080   574619648     8388608   448790528  1015021568
Swap:      536870912   100663296   436207616"
for option in -k --kibi ''; do
	table "in KiB, '$option'" "$option" "\
Mem:         2097152     1105920      561152        8192      438272      991232
Swap:         524288       98304      425984"
done
table "in MiB" -m "\
Mem:            2048        1080         548           8         428         968
Swap:            512          96         416"
table "in GiB" -g "\
Mem:               2           1           0           0           0           0
Swap:              0           0           0"
table "in the unit that fits" -h "\
Mem:           2.0Gi       1.1Gi       548Mi       8.0Mi       428Mi       968Mi
Swap:          512Mi        96Mi       416Mi"

try -k --sysroot "$fixtures/denied-usage"
like "what is not known is -, in its column" "$(cat "$out")" \
	'^Mem:  {9}524288 {11}[0-9-] {11}- {11}- {11}- {6}524288$'

# --- one number --------------------------------------------------------------

# A limit of 2 GiB, of which 968 MiB are available.
while read -r wanted arguments; do
	# shellcheck disable=SC2086 # words
	is "$arguments" "$("$tool" $arguments --sysroot "$normal" 2>&1)" "$wanted"
done <<-END
	2147483648 --limit
	1015021568 --available
	0 --pressure
	2048 --limit -m
	968 --available --mebi
	1015 --available --mega
	2147483 --limit --si
	2097152 --limit -k
	1717986918 --limit --percent 80
	1610 --limit --percent 80 --reserve 28M -m
	1604 --limit --percent 80 --reserve 36000kB -m
	900 --limit --reserve 1148MiB -m
	0 --available --reserve 1G
	64 --available --reserve 1G --min 64M -m
	1 --available --reserve 967m -m
	1536 --limit --reserve .5GiB -m
	512 --limit --reserve 1.5g -m
	9 --workers 100M --max 100
	3 --workers 300M --max 4
	2 --workers 300M --max 2
	1 --workers 300M --max 1
	1 --workers 2G --max 8
	7 --workers 100M --max 9 --ignore 2
	1 --workers 100M --max 9 --ignore 20
	7 --workers 100M --max 9 --percent 80
	8 --workers 100M --max 9 --reserve 100M
	2 --workers 300M --max 9 --percent 50 --min 600M
	9 --workers 104857600 --max 100
	9 --workers 104857600B --max 100
	10 --workers 100MB --max 100
	9 --workers 0.09765625G --max 100
END
is "no more workers than processors" \
	"$("$tool" --workers 1 --sysroot "$normal")" "$(nproc)"
is "nor than this process may use" \
	"$(taskset -c 0 "$tool" --workers 1 --sysroot "$normal")" 1
try --available --sysroot "$fixtures/meminfo-without-total"
ended "a number that is known" 0
try --limit --sysroot "$fixtures/meminfo-without-total"
ended "a number that is not known" 1
one_error "a number that is not known" 1
for arguments in "" --limit --json --line; do
	# shellcheck disable=SC2086 # words
	try $arguments --require-limit --sysroot "$normal"
	ended "limited, $arguments" 0
	like "limited, $arguments: printed" "$(cat "$out")" '[0-9]'
	# shellcheck disable=SC2086 # words
	try $arguments --require-limit --sysroot "$fixtures/host-cma"
	ended "only the machine limits, $arguments" 3
	none "only the machine limits, $arguments: nothing printed" \
		"$(cat "$out" "$err")"
done

# --- one line ----------------------------------------------------------------

while read -r name wanted; do
	is "--line, $name" "$("$tool" --line --sysroot "$fixtures/$name")" "$wanted"
done <<-END
	v2-limit-on-parent memory 2.0Gi by cgroup /batch.slice (memory.max), 968Mi available, no pressure
	host-cma memory 584Mi by host (/proc/meminfo), 390Mi available, no pressure
	swap-v1-memsw memory 2.0Gi by cgroup /slurm/uid_1000/job_42 (memory.limit_in_bytes), 1.1Gi available, no pressure
	no-memory-v2-pi memory 3.7Gi by host (/proc/meminfo), no memory control group seen, 2.9Gi available, no pressure
	bad-missing-cgroup-file memory 96Mi by cgroup /sys/fs/cgroup (memory.max), group uncertain, 53Mi available, no pressure
	psi-group-squeezed memory 512Mi by cgroup / (memory.max), 80Mi available, critical pressure
END
is "again and again" "$("$tool" --line -c 2 -s 0.01 --sysroot "$normal" | uniq -c |
	awk '{ print $1, $2 }')" "2 memory"
is "JSON, an object on a line" \
	"$("$tool" --json=lines -c 3 -s 0.01 --sysroot "$normal" | uniq -c |
		sed 's/^ *\(3 {\).*}}*\]}$/\1/')" "3 {"
try --json=lines --sysroot "$normal"
check "JSON on a line is JSON" python3 -m json.tool "$out"

# --- machines made here ------------------------------------------------------

# As procps' free has them: four characters, five with the "i"; no rounding up
# where there is no decimal.
human='999 999B
1000 1.0Ki
1023 1.0Ki
1024 1.0Ki
1536 1.5Ki
10188 9.9Ki
10239 9Ki
10240 10Ki
16383 15Ki
1022976 999Ki
1023999 999Ki
1024000 1.0Mi
1048575 1.0Mi
8912896 8.5Mi
536870912 512Mi
1047527424 999Mi
1048576000 1.0Gi
16694710272 15Gi
1072668082176 999Gi
1073741824000 1.0Ti
70368744177664 64Ti'
plain=$dir/plain
machine "$plain" app 0 /sys/fs/cgroup /sys/fs/cgroup
for bytes in $(printf '%s\n' "$human" | awk '{ print $1 }'); do
	echo "$bytes" >"$plain/sys/fs/cgroup/app/memory.max"
	echo "$bytes $("$tool" --line --sysroot "$plain" | awk '{ print $2 }')"
done >"$dir/human"
is "human numbers are those of free" "$(cat "$dir/human")" "$human"
# More is promised there than CommitLimit.
try -hv --sysroot "$fixtures/v2-lxc-inner-service"
is "so are those below 0" "$(awk '/^Comm:/ { print $4 }' "$out")" -3Gi
try -hv --si --sysroot "$fixtures/v2-lxc-inner-service"
is "and in powers of 1000" "$(awk '/^Comm:/ { print $4 }' "$out")" -3G

# Every byte a group name can have that could do harm: escape sequences, C1
# controls, what is and what is almost UTF-8, quotes.
# shellcheck disable=SC2016 # $(id) is not to be run
evil=$(printf 'a\033]0;title\007\033[2J\r\t\010\177 "q" \\ \\x1b %%s %%n $(id) <&>')
evil=$evil$(printf ' \302\233 \233 \377 \342\202 \300\257 \355\240\200 \364\220\200\200')
evil=$evil$(printf ' \330\234 \342\200\217 \342\200\250 \342\200\256 \342\201\246')
evil=$evil$(printf ' \303\251\342\202\254\360\237\220\247')
machine "$dir/evil" "$evil" 104857600 /sys/fs/cgroup /sys/fs/cgroup ||
	bail_out "cannot make a group with that name"
# A mount point may have newlines.
newline='/sys/fs/c
g'
machine "$dir/newline" app 104857600 "$newline" '/sys/fs/c\012g' ||
	bail_out "cannot make a directory with a newline"
printf '\n' >>"$dir/newline/proc/self/mountinfo"

python3 - "$tool" "$dir" "$evil" "$newline" >"$dir/json.log" 2>&1 <<'END'
import json
import os
import re
import subprocess
import sys

tool, directory, evil, newline = sys.argv[1:]

def shown(name):
    return re.sub("[\udc80-\udcff]", "\ufffd",
                  os.fsencode(name).decode("utf-8", "surrogateescape"))

def look(machine, group, path):
    run = subprocess.run([tool, "--json", "--sysroot", directory + machine],
                         capture_output=True)
    assert run.returncode == 0, run
    assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", run.stdout), run.stdout
    got = json.loads(run.stdout.decode("utf-8"))
    assert got["limit"] == 104857600, got
    assert got["cgroup"] == {"version": 2, "path": group, "dir": path}, got
    assert got["limit_by"] == {"kind": "cgroup", "path": path}, got
    assert got["constraints"][0]["path"] == path, got

look("/evil", "/" + shown(evil), "/sys/fs/cgroup/" + shown(evil))
look("/newline", "/app", newline + "/app")
END
is "JSON stays valid with any names" "$? $(cat "$dir/json.log")" "0 "

# NAME FILE PATTERN: the file has no bytes of the pattern
no_bytes() {
	if [ ! -s "$2" ]; then
		fail "$1" "nothing was printed"
	else
		none "$1" "$(python3 -c '
import re, sys
data = open(sys.argv[1], "rb").read()
for found in re.finditer(sys.argv[2].encode(), data):
    print(found.start(), data[max(0, found.start() - 20):found.end() + 20])
' "$2" "$3")"
	fi
}

# NAME FILE
no_controls() {
	no_bytes "$1: no control characters" "$2" '[\x00-\x09\x0b-\x1f\x7f]'
	# U+0080 to U+009F, and those bytes alone, which an 8-bit terminal takes
	# for the same: \x9b is "ESC [".
	no_bytes "$1: no C1 control characters" "$2" \
		'\xc2[\x80-\x9f]|(?<![\xc2-\xf4\x80-\xbf])[\x80-\x9f]'
	# What turns the direction of text, or ends a line.
	no_bytes "$1: no BiDi controls" "$2" \
		'\xd8\x9c|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]'
}

# On a terminal the table has one line more.
terminal() {
	if ! command -v script >/dev/null; then
		return 1
	fi
	SHELL=/bin/sh script -qc "'$tool' $1" /dev/null </dev/null | tr -d '\r' >"$dir/out"
}

for form in -k -h --explain --advice --json; do
	try $form --sysroot "$dir/evil"
	ended "evil names, $form" 0
	no_controls "evil names, $form" "$out"
done
# Arguments too, wherever they are shown.
for argument in "$evil" "--$evil" "--json=$evil" "$(printf -- '-\033')" \
	"-b$(printf '\377')"; do
	try "$argument"
	ended "evil arguments" 2
	no_controls "evil arguments" "$err"
done
try --sysroot "$dir/$evil"
ended "an evil sysroot" 1
no_controls "an evil sysroot" "$err"
like "an evil sysroot is shown" "$(cat "$err")" 'a\\x1b\]0;title.*\\xe2\\x80\\xae'
try --explain --sysroot "$dir/evil"
like "evil names, --explain: it is the path" "$(cat "$out")" \
	'^limit .* by cgroup /sys/fs/cgroup/a\\x1b\]0;title\\x07'
like "evil names, --explain: and in the tree" "$(cat "$out")" \
	'^LA .*a\\x1b\].*\.\.\..* 100Mi '
try --explain --sysroot "$dir/newline"
is "a newline adds no line" "$(grep -c '^[L ][A ] [/\`].*none' "$out")" 2
like "a newline is shown" "$(cat "$out")" '^group +/sys/fs/c\\x0ag/app$'

# --- a terminal --------------------------------------------------------------

if terminal "-k --sysroot '$normal'"; then
	is "on a terminal, four lines" "$(sed -n '$=' "$dir/out")" 4
	is "the fourth tells what binds" "$(tail -n 1 "$dir/out")" \
		"limit 2.0Gi set by cgroup /sys/fs/cgroup/batch.slice/memory.max; next 15Gi by host /proc/meminfo"
	terminal "-h --sysroot '$fixtures/avail-host-has-less'"
	is "and what else" "$(tail -n 1 "$dir/out")" \
		"limit 8.0Gi set by cgroup /sys/fs/cgroup/memory.max, available by host /proc/meminfo; next 15Gi by host /proc/meminfo"
	terminal "-k --sysroot '$dir/evil'"
	like "evil names on a terminal" "$(cat "$dir/out")" \
		'^limit 100Mi set by cgroup /sys/fs/cgroup/a.x1b'
	# The terminal itself turned newlines into CR LF.
	no_controls "evil names on a terminal" "$dir/out"
	terminal "--json --sysroot '$normal'"
	check "JSON is the same on a terminal" python3 -m json.tool "$dir/out"
else
	skip "on a terminal" "no script(1)"
fi
"$tool" -k --sysroot "$normal" | cat >"$dir/out"
is "in a pipe, three lines" "$(sed -n '$=' "$dir/out")" 3
none "in a pipe, nothing about what binds" "$(grep 'set by' "$dir/out")"

# --- the explanation ---------------------------------------------------------

# ARGUMENT...: $said, on one line, because sentences end theirs anywhere.
say() {
	try "$@"
	said=$(tr '\n' ' ' <"$out" | tr -s ' ')
}

say --explain --sysroot "$fixtures/denied-usage"
group=/sys/fs/cgroup/system.slice/snap.foo.daemon.service
like "--explain: the group binds" "$(cat "$out")" \
	'^LA  `-snap\.foo\.daemon\.service .* 512Mi '
is "--explain: nothing else does" "$(grep -c '^L[A ] ' "$out")" 1
like "--explain: what could not be read, and why" "$said" \
	"Not known of $group: used and reclaimable and shmem \([A-Z]"
like "--explain: that it matters" "$said" 'could not be read'
say --explain --sysroot "$fixtures/v2-k8s-pod-limit-hidden"
like "--explain: what is above" "$said" 'not visible'
like "--explain: its limit is not known" "$said" \
	'a tighter limit may exist'
for name in v1-k8s-pod-limit-in-hml v1-docker-host-ns; do
	say --explain --sysroot "$fixtures/$name"
	none "--explain, $name: what is shown is not unseen" \
		"$(echo "$said" | grep 'may exist')"
	like "--explain, $name: the use of it is" "$said" 'others'
done
say --explain --sysroot "$fixtures/v1-k8s-pod-limit-in-hml"
like "--explain: where the hidden limit is shown" "$said" \
	'limit is in the row'
say --explain --sysroot "$fixtures/v1-moved-to-sibling"
like "--explain: the group of others does not tell of it" "$said" \
	'a tighter limit may exist'
say --explain --sysroot "$normal"
none "--explain: nothing is above here" "$(echo "$said" | grep 'not visible')"
none "--explain: nothing failed here" "$(echo "$said" | grep 'Not known')"
done_testing
