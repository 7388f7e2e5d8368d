#!/bin/sh
# SPDX-License-Identifier: MIT
# Usage: m32.sh CC
# The same answers from a 32-bit process: long and size_t have 32 bits there.
. "$(dirname "$0")/../support/tap.sh"
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
# shellcheck disable=SC2046 # words
if output=$($cc -m32 -O1 -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
	-Wall -Wextra -Wconversion -Wshadow -Wno-unused-parameter -Werror \
	-I"$top/include" -I"$top/lib" \
	-I"$top/tests/fixtures" -I"$top" -o "$dir/show" $(plan_sources) \
	"$top/mymem-free/names.c" "$top/tests/fixtures/show.c" \
	"$top/tests/fixtures/show-main.c" 2>&1); then
	pass "32-bit build without warnings"
else
	fail "32-bit build without warnings" "$output"
fi
for expect in "$top"/tests/fixtures/*/expect; do
	case_dir=${expect%/expect}
	is "${case_dir##*/}" "$("$dir/show" "$case_dir")" "$(cat "$expect")"
done

# Numbers of the running system that 32 bits do not hold.
ram=$(awk '$1 == "MemTotal:" { printf "%.0f\n", $2 * 1024 }' /proc/meminfo)
is "all of the machine's RAM" "$("$dir/show" | grep '^host_total')" \
	"host_total $ram"
rlimit() { # KIB: the limit that a process with this address space sees
	# shellcheck disable=SC3045 # every shell has it
	(ulimit -v "$1" && "$dir/show") |
		sed -n 's/^constraint rlimit-as limit=\([0-9a-z]*\) .*/\1/p' |
		grep . || echo none
}
is "an address space of 4 GiB less 1 KiB" "$(rlimit 4194303)" 4294966272
is "an address space of 6 GiB" "$(rlimit 6291456)" 6442450944
is "no limit of it" "$(rlimit unlimited)" none

# Where its addresses end, and what it can map below that.
cat >"$dir/map.c" <<EOF
#include <mymem.h>
#include <stdio.h>
#include <sys/mman.h>
int main(void)
{
	int64_t limit = mym_limit(), promised = mym_available(), got = 0;
	while (mmap(NULL, 1 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS |
		    MAP_NORESERVE, -1, 0) != MAP_FAILED)
		got += 1 << 20;
	printf("%lld %s\n", (long long)limit,
	       promised <= got + (8 << 20) && promised >= got - (16 << 20) ?
	       "as promised" : "broken promise");
	return 0;
}
EOF
# shellcheck disable=SC2046,SC2086 # words
check "a program that maps" $cc -m32 -O1 -std=gnu11 -D_GNU_SOURCE -I"$top/include" \
	-o "$dir/map" "$dir/map.c" $(plan_sources)
if [ "$ram" -gt 4294967296 ]; then
	is "what can be mapped is promised" "$("$dir/map")" "4294967296 as promised"
	is "with 3 GiB of addresses too" "$(setarch i686 -3 "$dir/map")" \
		"3221225472 as promised"
fi
done_testing
