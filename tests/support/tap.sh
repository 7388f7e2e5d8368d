# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# TAP for shell scripts, to be sourced.  It makes a directory, $dir, that is
# removed at the end.  A script that ends in any other way than done_testing has
# failed, and so has one that tested nothing.
set -u
LC_ALL=C
export LC_ALL

# What a test leaves that is killed is removed by a test of another day.
find "${TMPDIR:-/tmp}" -maxdepth 1 -type d -name 'mymem-test[-.]*' -ctime +0 \
	-user "$(id -u)" -exec rm -rf --one-file-system {} + 2>/dev/null

tap_count=0
tap_failed=0
tap_done=no

dir=$(mktemp -d "${TMPDIR:-/tmp}/mymem-test.XXXXXX") || {
	echo "Bail out! no temporary directory"
	exit 1
}

# What a script may have of its own: what is shown of a failure, and what is
# undone at the end.
details() {
	:
}
clean_up() {
	:
}

tap_end() {
	status=$?
	trap - EXIT
	trap '' HUP INT TERM
	clean_up
	rm -rf "$dir"
	if [ "$tap_done" = no ]; then
		echo "Bail out! the script ended early, with status $status"
		exit 1
	fi
	exit "$status"
}
trap tap_end EXIT
trap 'exit 130' HUP INT TERM

# NAME
pass() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1"
}

# NAME [DIAGNOSTIC]
fail() {
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count - $1"
	{
		[ -z "${2:-}" ] || printf '%s\n' "$2"
		details
	} | sed 's/^/# /'
}

# NAME STATUS [DIAGNOSTIC]
result() {
	if [ "$2" -eq 0 ]; then
		pass "$1"
	else
		fail "$1" "${3:-}"
	fi
}

# NAME REASON
skip() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

# NAME GOT WANTED: both may be many lines, neither may be nothing.
is() {
	if [ -z "$3" ]; then
		fail "$1" "nothing to compare with"
	elif [ "$2" = "$3" ]; then
		pass "$1"
	else
		printf '%s\n' "$2" >"$dir/tap.got"
		printf '%s\n' "$3" >"$dir/tap.wanted"
		fail "$1" "$(diff -u "$dir/tap.wanted" "$dir/tap.got")"
	fi
}

# NAME NUMBER LOWEST HIGHEST
in_range() {
	[ -n "$2" ] && [ "$2" -ge "$3" ] && [ "$2" -le "$4" ]
	result "$1" $? "got '$2', wanted $3 to $4"
}

# NAME FOUND: what was found should not be there.
none() {
	if [ -z "$2" ]; then
		pass "$1"
	else
		fail "$1" "$2"
	fi
}

# NAME TEXT PATTERN: some line of the text matches.
like() {
	if printf '%s\n' "$2" | grep -Eq -e "$3"; then
		pass "$1"
	else
		fail "$1" "nothing like $3 in:
$2"
	fi
}

# NAME COMMAND...
check() {
	tap_name=$1
	shift
	if "$@" >"$dir/tap.log" 2>&1 </dev/null; then
		pass "$tap_name"
	else
		fail "$tap_name" "$*
$(tail -n 40 "$dir/tap.log")"
		return 1
	fi
}

# WHY: nothing of this can be tested here.
skip_all() {
	echo "1..0 # SKIP $1"
	tap_done=yes
	exit 0
}

# WHY
bail_out() {
	echo "Bail out! $1"
	tap_done=yes
	exit 1
}

# TOOL...
need() {
	for tap_tool; do
		command -v "$tap_tool" >/dev/null || bail_out "no $tap_tool"
	done
}

done_testing() {
	[ "$tap_count" -gt 0 ] || bail_out "nothing was tested"
	echo "1..$tap_count"
	tap_done=yes
	[ "$tap_failed" -eq 0 ]
	exit
}
