#!/bin/sh
# SPDX-License-Identifier: MIT
#
# monitor.sh MYMEM_FREE FIXTURES
#
# What watches others: metrics, plugins for monitoring, waiting, reacting.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source=tests/tool/machine.sh
. "$here/machine.sh"

[ $# -eq 2 ] || bail_out "usage: $0 MYMEM_FREE FIXTURES"
tool=$1
fixtures=$2
normal=$fixtures/v2-limit-on-parent

# --- metrics -----------------------------------------------------------------

"$tool" --metrics --sysroot "$normal" >"$dir/metrics"
while read -r line; do
	check "metrics have $line" grep -qxF -e "$line" "$dir/metrics"
done <<-'END'
	mymem_limit_bytes 2147483648
	mymem_available_bytes 1015021568
	mymem_used_bytes 1572864000
	mymem_pressure_level 0
	mymem_psi_some_avg10_ratio 0.0000
	# TYPE mymem_limit_bytes gauge
	# TYPE mymem_oom_kills_total counter
	mymem_oom_kills_total 0
	mymem_rule_limit_bytes{kind="cgroup",path="/sys/fs/cgroup/batch.slice"} 2147483648
	mymem_rule_available_bytes{kind="host",path="/proc/meminfo"} 12180185088
END
like "which rules they are of" "$(cat "$dir/metrics")" \
	'^mymem_info\{limit_by="/sys/fs/cgroup/batch.slice",available_by="/sys/fs/cgroup/batch.slice",version="[0-9.]+"\} 1$'
"$tool" --metrics --sysroot "$fixtures/denied-usage" >"$dir/denied"
like "what is known is there" "$(cat "$dir/denied")" '^mymem_limit_bytes [0-9]'
none "what is not known has no sample" \
	"$(grep -E 'mymem_(used|reclaimable)_bytes' "$dir/denied")"
"$tool" --metrics --sysroot "$fixtures/psi-group-squeezed" >"$dir/psi"
like "stalls are a share of 1" "$(cat "$dir/psi")" \
	'^mymem_psi_some_avg10_ratio 0\.[0-9]{4}$'

# A name with all that a label must escape.
# shellcheck disable=SC2016 # for the inner shell
evil=$(printf 'a"b\\c\033[2Jd\302\233e\377\342\200\256f{g},=h')
machine "$dir/evil" "$evil" 104857600 /sys/fs/cgroup /sys/fs/cgroup
"$tool" --metrics --sysroot "$dir/evil" >"$dir/evil.prom"
like "an evil name is escaped" "$(cat "$dir/evil.prom")" \
	'path="/sys/fs/cgroup/a\\"b\\\\c\\\\x1b\[2Jd\\\\xc2\\\\x9be\\\\xff\\\\xe2\\\\x80\\\\xaef\{g\},=h"\} 104857600$'

"$tool" --metrics="$dir/file.prom" --sysroot "$normal" >"$dir/out" 2>&1
is "into a file: it is the same" "$?:$(cat "$dir/file.prom")" \
	"0:$(cat "$dir/metrics")"
none "into a file: nothing is printed" "$(cat "$dir/out")"
is "into a file: others can read it" "$(stat -c %a "$dir/file.prom")" 644
inode=$(stat -c %i "$dir/file.prom")
"$tool" --metrics="$dir/file.prom" --sysroot "$normal"
[ "$(stat -c %i "$dir/file.prom")" != "$inode" ]
result "again: another file takes its name" $?
is "again: and nothing else stays" "$(find "$dir" -maxdepth 1 -name '*file.prom*' | wc -l)" 1
"$tool" --metrics="$dir/none/file.prom" --sysroot "$normal" 2>"$dir/err"
is "where there is no directory" "$?:$(cat "$dir/err")" \
	"1:mymem-free: $dir/none/file.prom: No such file or directory"
mkdir "$dir/taken.prom"
"$tool" --metrics="$dir/taken.prom" --sysroot "$normal" 2>"$dir/err"
is "a directory of that name" "$?" 1
is "a directory of that name: nothing else stays" \
	"$(find "$dir" -maxdepth 1 -name '*taken.prom*' | wc -l)" 1
is "into a pipe" "$("$tool" --metrics=/dev/stdout --sysroot "$normal" | cat)" \
	"$(cat "$dir/metrics")"
ln -s file.prom "$dir/link.prom"
"$tool" --metrics="$dir/link.prom" --sysroot "$normal"
is "by a link: which stays" "$?:$(readlink "$dir/link.prom"):$(cat "$dir/file.prom")" \
	"0:file.prom:$(cat "$dir/metrics")"
"$tool" --metrics="$dir/file.prom" -c 3 -s 0.01 --sysroot "$normal"
is "again and again" "$?" 0

if promtool=$("$here/promtool" "$dir/promtool"); then
	for name in metrics denied psi evil.prom; do
		# shellcheck disable=SC2016 # for the inner shell
		check "promtool has nothing to say, $name" sh -c '
			out=$("$1" check metrics <"$2" 2>&1) && [ -z "$out" ] || {
				echo "$out"
				exit 1
			}' sh "$promtool" "$dir/$name"
	done
	"$tool" --metrics >"$dir/here"
	# shellcheck disable=SC2016 # for the inner shell
	check "nor of this system" sh -c '"$1" check metrics <"$2"' sh "$promtool" \
		"$dir/here"
else
	skip "promtool has nothing to say" "no promtool"
fi

# --- a plugin ----------------------------------------------------------------

while read -r status arguments; do
	"$tool" --check "$arguments" --sysroot "$normal" >"$dir/out" 2>&1
	is "--check $arguments" "$?" "$status"
	is "--check $arguments: one line" "$(grep -c . <"$dir/out")" 1
done <<-'END'
	0 warn=20%,crit=10%
	0 warn=47%
	1 warn=48%
	1 warn=48%,crit=47%
	2 warn=48%,crit=48%
	2 crit=48%
	2 crit=970M,warn=1
	1 crit=968M,warn=969M
	0 crit=0%,warn=968M
	3 crit
	3 warn=
	0 warn=20
	3 warn=20%,
	3 ,warn=20%
	3 warn=20%,warn=10%
	3 warn=20%;crit=10%
	3 warn=101%
	3 warn=-1%
	3 warn=1.5%
	3 warn=x
	3 okay=20%
END
is "what it prints" "$("$tool" --check warn=48%,crit=100M --sysroot "$normal")" \
	"MEMORY WARNING - 968Mi of 2.0Gi available, by cgroup /sys/fs/cgroup/batch.slice | available=1015021568B;1030792151:;104857600:;0;2147483648"
is "what it prints with one threshold" \
	"$("$tool" --check crit=10% --sysroot "$normal" | sed 's/.*|//')" \
	" available=1015021568B;;214748364:;0;2147483648"
mkdir "$dir/empty"
"$tool" --check crit=10% --sysroot "$dir/empty" >"$dir/out"
is "what cannot be known is unknown" "$?:$(cat "$dir/out")" \
	"3:MEMORY UNKNOWN - no memory facts found"
"$tool" --check crit=10% --sysroot "$dir/none" >"$dir/out"
is "nor is it without the machine" "$?:$(cat "$dir/out")" \
	"3:MEMORY UNKNOWN - No such file or directory"

# --- waiting -----------------------------------------------------------------

while read -r status condition; do
	timeout 20 "$tool" --wait "$condition" --timeout 0.02 --sysroot "$normal" \
		>"$dir/out" 2>&1
	is "--wait '$condition'" "$?:$(cat "$dir/out")" "$status:"
done <<-'END'
	0 available>=200M
	0 available >= 968M
	124 available>968M
	0 available<=968MiB
	124 available<968M
	0 available>40%
	124 available>48%
	0 used>=1500M
	124 used>1500M
	0 limit>=2G
	124 limit<2G
	0 pressure<=none
	0 pressure<medium
	124 pressure>=low
END
for condition in available 'available=1M' '>=200M' 'free>1M' 'available>' \
	'available>>1M' 'available>=1X' 'pressure>50%' 'pressure>=high' \
	'available>=200M x'; do
	timeout 20 "$tool" --wait "$condition" --timeout 0.02 2>"$dir/err"
	is "not a condition: $condition" "$?" 2
	like "not a condition: $condition: says so" "$(cat "$dir/err")" \
		'^mymem-free: not a condition such as'
done
is "what is asked for comes afterwards" \
	"$("$tool" --wait 'available>1M' --limit -m --sysroot "$normal")" 2048
timeout 20 "$tool" --wait 'used>1' --timeout 1 --sysroot "$fixtures/denied-usage" \
	2>"$dir/err"
is "what is not known never comes" "$?" 1
timeout 20 "$tool" --timeout 1 2>/dev/null
is "--timeout alone" "$?" 2
# A machine that changes.
cp -r "$normal" "$dir/machine"
usage=$dir/machine/sys/fs/cgroup/batch.slice/memory.current
"$tool" --wait 'available>=1200M' --sysroot "$dir/machine" &
waiting=$!
sleep 0.3
kill -0 "$waiting"
result "it waits" $?
echo 524288000 >"$usage.new"
mv "$usage.new" "$usage"
wait "$waiting"
is "until it is so" "$?" 0

# --- reacting ----------------------------------------------------------------

for arguments in "--exec-on" "--exec-on low" "--exec-on none true" \
	"--exec-on high true" "--sysroot / --exec-on low true" \
	"--json --exec-on low true"; do
	# shellcheck disable=SC2086 # words
	timeout 20 "$tool" $arguments >"$dir/out" 2>"$dir/err"
	is "$arguments" "$?" 2
done
# A limit of the address space so near that the pressure is high from the start.
squeezed() { # OPTION...
	(
		# shellcheck disable=SC3045 # every shell has it
		ulimit -v "$kib"
		timeout 20 "$tool" "$@"
	)
}
for kib in $(seq 40000 -50 2000); do
	[ "$(squeezed --pressure 2>/dev/null)" = 0 ] || break
done
# shellcheck disable=SC2016 # for the inner shell
squeezed -c 2 -s 0.1 --exec-on low \
	sh -c 'echo "$MYMEM_PRESSURE $MYMEM_LIMIT $1"; [ "$MYMEM_AVAILABLE" -ge 0 ]; exit 7' \
	sh --limit >"$dir/out" 2>"$dir/err"
is "a command runs twice, and its status counts" "$?:$(cat "$dir/out" "$dir/err")" \
	"7:low $((kib * 1024)) --limit
low $((kib * 1024)) --limit"
squeezed -c 1 --exec-on low sh -c 'kill -TERM $$'
is "so does its signal" "$?" 143
squeezed -c 1 --exec-on low "$dir/none" 2>"$dir/err"
is "there is no such command" "$?:$(cat "$dir/err")" \
	"127:mymem-free: $dir/none: No such file or directory"
echo >"$dir/file"
squeezed -c 1 --exec-on low "$dir/file" 2>"$dir/err"
is "it cannot be run" "$?:$(cat "$dir/err")" \
	"126:mymem-free: $dir/file: Permission denied"
timeout 0.5 "$tool" -c 1 --exec-on critical echo now >"$dir/out"
is "without pressure it waits" "$?:$(cat "$dir/out")" "124:"
done_testing
