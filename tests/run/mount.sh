#!/bin/sh
# SPDX-License-Identifier: MIT
#
# mount.sh MYMEM_RUN LIMITED MYMEM_FREE
#
# mymem-run --mode=mount, with privileges and without: what is mounted is seen by the
# command, follows the limit, and is nowhere else and never left.
# shellcheck disable=SC2016,SC2086 # variables of other shells; words
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/tap.sh
. "$here/../support/tap.sh"

[ $# -eq 3 ] || bail_out "usage: $0 MYMEM_RUN LIMITED MYMEM_FREE"
mode='mount'
# shellcheck source=tests/run/ask-lib.sh
. "$here/ask-lib.sh"
compile "static" ask $cc -static || skip_all "no static program can be built"
cp /proc/self/mountinfo "$dir/before"

asks() {
	for way in open openat openat2 fd cwd sysinfo vfork deleted-cwd killed; do
		is "$1: $way" "$(shown "$ask" $way)" $kib
	done
	for way in refused "threads $kib" "storm $kib" "bomb $kib"; do
		is "$1: $way" "$(shown "$ask" $way)" ok
	done
	is "$1: a path that is a link" "$(shown "$ask" open /proc/self/../meminfo)" \
		$kib
	is "$1: it cannot be written" "$(shown sh -c '
		for file in /proc/meminfo /proc/swaps; do
			{ echo x >$file; } 2>/dev/null && echo $file
			[ "$(stat -c %a $file)" = 444 ] || stat -c %a $file
		done
		echo tried')" tried
	is "$1: it follows the limit" "$("$limited" $bytes sh -c '
		{ sleep 1.5; echo 268435456 >"$LIMIT_FILE"; } &
		"$@" stay' - $user "$run" --mode=mount "$ask")" "524288
262144"
	like "$1: libmymem in it knows" "$(shown "$tool" --json | tr -d '\n ')" \
		"\"limit\":$bytes,.*\"flags\":\[.*\"virtual\""
	is "$1: who it is" "$(shown id -u)" "$($user id -u)"
	is "$1: it ends as the command does" "$("$run" --mode=mount sh -c 'exit 7'
		echo $?)" 7
}

user=''
asks "the caller"
is "the text is that of trap" "$(shown sed 's/:.*//' /proc/meminfo)" \
	"$(mode='trap' shown sed 's/:.*//' /proc/meminfo)"
is "inside another" "$(shown "$run" --mode=mount "$ask" open | tail -n 1)" $kib
is "a /proc of its own is another machine" "$(shown unshare --mount --pid --fork \
	--mount-proc "$ask" open)" "$machine"

if [ "$(id -u)" -eq 0 ]; then
	chmod 755 "$dir" "$ask"
	user="setpriv --reuid 65534 --regid 65534 --clear-groups"
	shown() {
		"$limited" $bytes $user "$run" --mode=mount "$@" 2>&1
	}
	why=$($user "$run" --mode=mount true 2>&1)
	if [ -z "$why" ]; then
		asks "another user"
	else
		skip "another user" "$why"
	fi
fi

# What is still there refreshes the files of what is still there.
is "what the command leaves behind follows the limit" "$("$limited" $bytes sh -c '
	"$1" --mode=mount sh -c "$2 stay >out & "
	sleep 0.5
	echo 268435456 >"$LIMIT_FILE"
	sleep 2.5
	cat out
	rm out' - "$run" "$ask")" "524288
262144"

cp /proc/self/mountinfo "$dir/after"
is "nothing is mounted outside" "$(grep -c mymem "$dir/after")" \
	"$(grep -c mymem "$dir/before")"
is "the mounts are as before" "$(cat "$dir/after")" "$(cat "$dir/before")"
done_testing
