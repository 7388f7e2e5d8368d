#!/bin/sh
# SPDX-License-Identifier: MIT
#
# layout.sh INCLUDE_DIR COMPILER...
#
# One layout on every ABI: layout.c asserts it when it is compiled, here for
# the compilers' own ABI and for the 32-bit ones they can also do.  Those need
# no 32-bit libc: a freestanding compiler has stddef.h and stdint.h.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/tap.sh"

[ $# -ge 2 ] || bail_out "usage: $0 INCLUDE_DIR COMPILER..."
include=$1
shift
[ -f "$include/mymem.h" ] || bail_out "no $include/mymem.h"

# Constants; the version is not part of the ABI, MYM_PUBLIC no number.
names=$(grep -Eo '\bMYM_[A-Z0-9_]+( +\(|\)? = )' "$include/mymem.h" |
	grep -Eo 'MYM_[A-Z0-9_]+' | sort -u)
[ "$(printf '%s\n' "$names" | wc -l)" -ge 30 ] ||
	bail_out "the constants of mymem.h were not found"
missing=
for name in $names; do
	grep -qw "$name" "$here/layout.c" || missing="$missing $name"
done
none "layout.c has every constant" "$missing"

# Some compilers have the option and the headers of another ABI.
cat >"$dir/probe.c" <<EOF
#include <stdint.h>
_Static_assert(sizeof(uint64_t) == 8 && sizeof(void *) == 4, "another ABI");
EOF

# NAME COMPILER FLAGS
compile() {
	# shellcheck disable=SC2086 # words
	check "$1" $2 $3 -std=c11 -pedantic -Werror -I"$include" \
		-c "$here/layout.c" -o "$dir/layout.o"
}

other_abis=0
for compiler; do
	compile "$compiler" "$compiler" ""
	for abi in -m32 -mx32; do
		# shellcheck disable=SC2086 # words
		if $compiler $abi -ffreestanding -c "$dir/probe.c" \
			-o "$dir/probe.o" >/dev/null 2>&1; then
			compile "$compiler $abi" "$compiler" \
				"$abi -ffreestanding -DPOINTER_BYTES=4"
			other_abis=$((other_abis + 1))
		fi
	done
done
[ "$other_abis" -gt 0 ] || skip "another ABI" "no compiler here has one"
done_testing
