#!/bin/sh
# SPDX-License-Identifier: MIT
#
# trap.sh MYMEM_RUN LIMITED MYMEM_FREE DENY
#
# mymem-run --mode=trap with programs of each C library and size of words, that ask
# in all ways there are; and what becomes of them when what answers them is killed.
# shellcheck disable=SC2016,SC2086 # variables of other shells; words
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/tap.sh
. "$here/../support/tap.sh"

[ $# -eq 4 ] || bail_out "usage: $0 MYMEM_RUN LIMITED MYMEM_FREE DENY"
deny=$4
mode='trap'
# shellcheck source=tests/run/ask-lib.sh
. "$here/ask-lib.sh"

# NAME: by $ask
asks() {
	for way in open openat openat2 fd cwd sysinfo vfork at-border across-border \
		deleted-cwd killed; do
		is "$1: $way" "$(shown "$ask" $way)" $kib
	done
	[ "$(id -u)" -ne 0 ] ||
		is "$1: in a chroot without /proc" "$(shown "$ask" without-proc)" $kib
	for way in refused properties "threads $kib" "storm $kib" "bomb $kib"; do
		is "$1: $way" "$(shown "$ask" $way)" ok
	done
}

# --- who asks, and how -------------------------------------------------------

compile "32 bits, static" ask-32 $cc -m32 -static && asks "32 bits, static"
compile "x32" ask-x32 $cc -mx32 -static && asks "x32"
compile "static" ask-static $cc -static && asks "static"
compile "musl, static" ask-musl musl-gcc -static && asks "musl, static"
compile "dynamic" ask $cc && asks "dynamic"

ask=$dir/ask
is "without it: the machine" "$("$limited" $bytes "$ask" open)" "$machine"
is "a link" "$(ln -s /proc/meminfo "$dir/meminfo" &&
	shown "$ask" open "$dir/meminfo")" $kib
is "dots and slashes" \
	"$(shown "$ask" openat //proc/./sys/..//meminfo)" $kib
is "another file of this name" "$(echo 'MemTotal: 77 kB' >"$dir/swaps" &&
	shown "$ask" open "$dir/swaps")" 77
is "openat2, with a way that is followed" "$(shown "$ask" openat2 8)" $kib
is "without an environment" "$(shown env -i "$ask" open)" $kib
if command -v python3 >/dev/null; then
	is "Python" "$(shown python3 -c 'import os
print(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGESIZE") // 1024)
print(open("/proc/meminfo").readline().split()[1])')" "$kib
$kib"
fi
if command -v busybox >/dev/null; then
	is "busybox" "$(shown busybox free | awk '$1 == "Mem:" { print $2 }')" $kib
fi
if command -v go >/dev/null; then
	cat >"$dir/ask.go" <<-'END'
	// SPDX-License-Identifier: MIT
	package main

	import (
		"fmt"
		"os"
		"strings"
		"syscall"
	)

	func main() {
		text, err := os.ReadFile("/proc/meminfo")
		var info syscall.Sysinfo_t
		if err != nil || syscall.Sysinfo(&info) != nil {
			panic(err)
		}
		fmt.Println(strings.Fields(string(text))[1])
		fmt.Println(uint64(info.Totalram) * uint64(info.Unit) / 1024)
	}
	END
	check "Go: builds" env GOCACHE="$dir/go" CGO_ENABLED=0 go build \
		-o "$dir/ask-go" "$dir/ask.go"
	is "Go" "$(shown "$dir/ask-go")" "$kib
$kib"
fi

# All but what moves meanwhile.
still() {
	grep -E '^(MemTotal|SwapTotal|SwapFree|HugePages|Hugepagesize|Direct)'
}
is "the text is that of mymem-free --meminfo" \
	"$(shown cat /proc/meminfo | still)" \
	"$("$limited" $bytes "$tool" --meminfo | still)"
is "with the same lines" \
	"$(shown cat /proc/meminfo | sed 's/:.*//')" \
	"$("$limited" $bytes "$tool" --meminfo | sed 's/:.*//')"
is "/proc/swaps has no more swap than is left" \
	"$(shown cat /proc/swaps | awk 'NR > 1 { n += $3 } END { print n + 0 }')" \
	"$(shown awk '$1 == "SwapTotal:" { print $2 }' /proc/meminfo)"
node=$(echo /sys/devices/system/node/node*/meminfo)
if [ -e "${node%% *}" ]; then
	in_range "the nodes have as much together" \
		"$(shown cat $node | awk '$3 == "MemTotal:" { n += $4 } END { print n }')" \
		$((kib - 64)) $kib
fi
like "libmymem in such a program sees the true rules" \
	"$(shown "$tool" --json | tr -d '\n ')" \
	"\"limit\":$bytes,.*\"limit_by\":{\"kind\":\"cgroup\".*\"host\":{\"total\":$((machine * 1024)),"
is "a setuid program runs" "$(shown sh -c 'cp "$1" "$2" && chmod u+s "$2" && "$2" open' \
	- "$dir/ask-musl" "$dir/setuid" 2>&1)" $kib
if [ "$(id -u)" -eq 0 ]; then
	chmod 755 "$dir" "$ask"
	cp "$ask" "$dir/unreadable"
	chmod 711 "$dir/unreadable"
	is "started by another user" "$("$limited" $bytes setpriv --reuid 65534 \
		--regid 65534 --clear-groups "$run" --mode=trap "$ask" open)" $kib
	is "of another user" "$(shown setpriv --reuid 65534 --regid 65534 \
		--clear-groups "$ask" open)" $kib
	for way in open sysinfo; do
		is "of another user, for root without CAP_SYS_PTRACE: $way" \
			"$("$limited" $bytes setpriv --bounding-set -sys_ptrace \
				--inh-caps -sys_ptrace "$run" --mode=trap setpriv \
				--reuid 65534 --regid 65534 --clear-groups "$ask" $way)" \
			$kib
	done
	is "a program whose memory nobody may read sees the machine" \
		"$("$limited" $bytes setpriv --reuid 65534 --regid 65534 \
			--clear-groups "$run" --mode=trap "$dir/unreadable" open)" \
		"$machine"
	is "in a mount namespace with a /proc of its own" \
		"$(shown unshare --mount --pid --fork --mount-proc "$ask" open)" $kib
	mkdir -p "$dir/root/proc"
	cp "$dir/ask-static" "$dir/root/ask"
	is "in a chroot with /proc" "$(shown unshare --mount sh -c '
		mount -t proc proc "$1/proc" && chroot "$1" /ask open' - "$dir/root")" \
		$kib
	is "a /proc elsewhere is another machine" \
		"$(shown unshare --mount sh -c 'mount -t proc proc "$1/proc" &&
			"$2" open "$1/proc/meminfo"' - "$dir/root" "$ask")" "$machine"
fi

out=$(shown "$run" --mode=trap "$ask" open)
like "inside another: said" "$out" 'answers these calls already'
is "inside another: shown all the same" "$(printf '%s\n' "$out" | tail -n 1)" $kib

# --- where it is not allowed ---------------------------------------------------

# NAME MESSAGE WANTED DENIED...: what is said, and what is seen all the same
denied() {
	name=$1
	message=$2
	wanted=$3
	shift 3
	out=$("$limited" $bytes "$deny" "$@" -- "$run" --mode=trap "$ask" open 2>&1)
	like "$name: said" "$out" "system calls cannot be trapped: $message"
	is "$name: seen" "$(printf '%s\n' "$out" | tail -n 1)" "$wanted"
}

# A file is mounted then, where root can.
mounted=$machine
[ -n "$("$run" --mode=mount true 2>&1)" ] || mounted=$kib
denied "seccomp(2) is denied" "it is not allowed here" "$mounted" seccomp=EPERM
denied "there is no seccomp(2)" "the kernel, or what stands in for it, cannot" \
	"$mounted" seccomp=ENOSYS
denied "nor is a mount namespace allowed" "it is not allowed here" "$machine" \
	seccomp=EPERM unshare=EPERM
denied "nor are mounts" "it is not allowed here" "$machine" \
	seccomp=EPERM mount=EPERM
denied "nor what mounts a file" "it is not allowed here" "$machine" \
	seccomp=EPERM open_tree=ENOSYS

# --- a limit that changes ----------------------------------------------------

is "a file that stays open follows the limit" "$("$limited" $bytes sh -c '
	{ sleep 1.5; echo 268435456 >"$LIMIT_FILE"; } &
	"$1" --mode=trap "$2" stay' - "$run" "$ask")" "524288
262144"

# --- what answers is killed --------------------------------------------------

# A command runs beside others of the group; what they are called, $dir/pids.sh
# tells, which has to be in the group itself.
cat >"$dir/kill.sh" <<'E2'
group=$(dirname "$LIMIT_FILE")/cgroup.procs
# NAME: the processes of this name
pids() {
	for pid in $(cat "$group"); do
		[ "$(cat "/proc/$pid/comm" 2>/dev/null)" != "$1" ] || echo "$pid"
	done
}
# NAME NUMBER: so many of them are there
there() {
	for i in $(seq 100); do
		# shellcheck disable=SC2046 # words
		set -- "$1" "$2" $(pids "$1")
		[ $# -ne $(($2 + 2)) ] || return 0
		set -- "$1" "$2"
		sleep 0.05
	done
	echo "not $2 of $1"
}
E2

# NAME WANTED SCRIPT: in the group, with $run and $ask, in an empty directory;
# what it asks for ends when there is a file "stop".
killing() {
	rm -rf "$dir/work"
	mkdir "$dir/work"
	{
		cat "$dir/kill.sh"
		printf '%s\n' "$3"
	} >"$dir/script.sh"
	is "$1" "$(cd "$dir/work" && "$limited" $bytes timeout -k 5 60 \
		env run="$run" ask="$dir/ask-static" kib=$kib \
		sh "$dir/script.sh" 2>&1)" "$2"
}

killing "the second process is killed: another one takes its place" "ok
0" '
"$run" --mode=trap "$ask" go-on $kib & pid=$!
for n in 1 2 3; do
	there mymem-keeper 1
	kill -9 $(pids mymem-keeper)
	sleep 0.1
done
there mymem-keeper 1
touch stop
wait $pid
echo $?'

killing "mymem-run is killed: so is the command, and what it has started goes on" \
	"137
no command
ok" '
"$run" --mode=trap sh -c "$ask go-on $kib >out & exec sleep 60" & pid=$!
there sleep 1
there ask-static 1
kill -9 $pid
wait $pid 2>/dev/null
echo $?
there sleep 0
[ -n "$(pids sleep)" ] || echo "no command"
sleep 0.3
touch stop
there mymem-keeper 0
cat out'

killing "the command ends: what it has started goes on, and then all is gone" "0
ok" '
"$run" --mode=trap sh -c "$ask go-on $kib >out & sleep 0.2"
echo $?
there mymem-run 0
there mymem-keeper 2
touch stop
there mymem-keeper 0
cat out'

# It answers most of the time: so it is killed with a call in its hands.
killing "one after the other is killed, a dozen times: no call is lost" "ok" '
"$run" --mode=trap sh -c "$ask go-on $kib >out & $ask go-on $kib >out2 & exec sleep 60" & pid=$!
there ask-static 2
kill -9 $pid
for n in $(seq 12); do
	there mymem-keeper 2
	set -- $(pids mymem-keeper)
	kill -9 $1
	while pids mymem-keeper | grep -qx $1; do :; done
	sleep 0.0$((n % 3))
done
touch stop
there ask-static 0
there mymem-keeper 0
cmp out out2
cat out'

# Nobody is left who could answer: the kernel says that there is no such call, and
# the command does not live to see it.
killing "both are killed at once: the command is, and others get ENOSYS" "137
-38" '
"$run" --mode=trap sh -c "$ask go-on $kib >out & exec sleep 60" & pid=$!
there ask-static 1
kill -9 $pid $(pids mymem-keeper)
wait $pid 2>/dev/null
echo $?
there sleep 0
there ask-static 0
cat out'

killing "nothing keeps a pipe open for others" "done" '
"$run" --mode=trap sh -c "sleep 60 >/dev/null 2>&1 & " | cat
echo done
kill $(pids sleep)
there mymem-keeper 0'

killing "it ends as the command does" "7 143 127" '
"$run" --mode=trap sh -c "exit 7"; a=$?
"$run" --mode=trap sh -c "kill \$\$"; b=$?
"$run" --mode=trap /nonexistent 2>/dev/null; c=$?
echo $a $b $c'

done_testing
