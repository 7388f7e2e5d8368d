#!/bin/sh
# SPDX-License-Identifier: MIT
# Usage: m32.sh CC
# The same answers from a 32-bit process: long and size_t have 32 bits there.
. "$(dirname "$0")/tap.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)
cc=$1

plan_sources() {
	find "$top/lib" -name '*.c' ! -name '*libmount*'
}

echo '#include <stdio.h>' >"$dir/probe.c"
if ! $cc -m32 -fsyntax-only "$dir/probe.c" 2>/dev/null; then
	skip "32-bit build" "no 32-bit libc to build with (gcc-multilib)"
	done_testing
	exit
fi
# shellcheck disable=SC2046
if output=$($cc -m32 -O1 -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
	-DMYMEM_VERSION='"m32"' -Wall -Wextra -Wconversion -Wshadow \
	-Wno-unused-parameter -Werror -I"$top/include" -I"$top/lib" \
	-I"$top/tests/fixtures" -I"$top/examples" -o "$dir/show" $(plan_sources) \
	"$top/examples/names.c" "$top/tests/fixtures/show.c" \
	"$top/tests/fixtures/show-main.c" 2>&1); then
	pass "32-bit build without warnings"
else
	fail "32-bit build without warnings" "$output"
fi
for expect in "$top"/tests/fixtures/*/expect; do
	case_dir=${expect%/expect}
	is "${case_dir##*/}" "$("$dir/show" "$case_dir")" "$(cat "$expect")"
done
done_testing
