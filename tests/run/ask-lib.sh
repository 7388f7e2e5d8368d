# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154,SC2086 # for those who source this; words
#
# ask-lib.sh - what trap.sh and mount.sh share, to be sourced by them with $here and
# $mode set, after tap.sh: ask.c for several C libraries, and what it sees.
run=$(realpath "$1")
limited=$(realpath "$2")
tool=$3
cc=${CC:-cc}
mib=1048576
bytes=$((512 * mib))
kib=524288
machine=$(awk '$1 == "MemTotal:" { print $2 }' /proc/meminfo)
why=$("$limited" $mib true 2>&1) || skip_all "$why"
why=$("$run" --mode="$mode" true 2>&1)
[ -z "$why" ] || skip_all "$why"

# COMMAND...: in a group of 512 MiB
shown() {
	"$limited" $bytes timeout 120 "$run" --mode="$mode" "$@" 2>&1
}

# NAME FILE COMPILER...: $ask is tests/run/ask.c, built
compile() {
	name=$1
	ask=$dir/$2
	shift 2
	echo 'int main(void) { return 0; }' >"$dir/none.c"
	if ! "$@" -o "$dir/none" "$dir/none.c" 2>/dev/null ||
		! "$dir/none" 2>/dev/null; then
		skip "$name" "none can be built or run here: $*"
		return 1
	fi
	check "$name: builds" "$@" -O1 -std=gnu11 -D_GNU_SOURCE -pthread -Wall \
		-Wextra -Wno-unused-parameter -Werror -I"$here/../support" \
		-o "$ask" "$here/ask.c"
}
