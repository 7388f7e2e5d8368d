# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# ask-lib.sh - what trap.sh and mount.sh share, to be sourced with $here, $run and
# $limited set, after tap.sh: ask.c for several C libraries, and what it sees.
# shellcheck disable=SC2034 # for those who source this
cc=${CC:-cc}
mib=1048576
bytes=$((512 * mib))
# shellcheck disable=SC2034 # likewise
kib=524288

# COMMAND...: in a group of 512 MiB
# shellcheck disable=SC2154 # theirs who source this
shown() {
	"$limited" $bytes timeout 120 "$run" --mode="$mode" "$@" 2>&1
}

# NAME FILE COMPILER...: $ask is tests/run/ask.c, built
# shellcheck disable=SC2154 # theirs who source this
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
