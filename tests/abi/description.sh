#!/bin/sh
# SPDX-License-Identifier: MIT
#
# description.sh COMPILER
#
# The ABI is the one that libmymem.abi describes: functions and their versions,
# arguments, structs and their members.  "description.sh COMPILER renew" describes
# it anew and prints what has changed.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/tap.sh"
. "$here/build.sh"

CC=${1:-cc}
described=$here/libmymem.abi
header=$source/include/mymem.h
map=$source/lib/libmymem.map

command -v abidiff >/dev/null || skip_all "no abidiff (abigail-tools)"
case $($CC -dumpmachine) in
x86_64-*) ;;
*) skip_all "libmymem.abi describes the library of x86-64" ;;
esac

# Only the files that define what is public have types that are.
borders=$(cd "$source" && grep -lE '^[a-z].*\bmym_[a-z_]+\(' lib/*.c)
# The rest is left out, and must not be hidden then.
cp -R "$source/lib" "$dir/lib" || bail_out "no copy of lib"
find "$dir/lib" -name '*.h' -exec sed -i '/^#pragma GCC visibility/d' {} +

# MAP HEADER OUTPUT: describes the library that has both.
describe() {
	mkdir -p "$dir/include" && cp "$2" "$dir/include/mymem.h" || return
	# shellcheck disable=SC2086 # words
	(cd "$dir" && $CC -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -g -O0 \
		-fPIC -shared -Iinclude -Ilib "-ffile-prefix-map=$dir/=" \
		-Wl,--version-script="$1" -Wl,-soname,libmymem.so.1 \
		-o "$dir/library" $borders) &&
		abidw --headers-dir "$dir/include" --drop-private-types \
			--exported-interfaces-only --type-id-style hash \
			--no-corpus-path --no-comp-dir-path --no-show-locs \
			--no-elf-needed --out-file "$3" "$dir/library"
}

check "describe the library" describe "$map" "$header" "$dir/now" || done_testing
if [ "${2-}" = renew ]; then
	[ ! -e "$described" ] || abidiff "$described" "$dir/now"
	# The first line must stay the first; the second is the licence.
	{
		head -n 1 "$dir/now"
		head -n 1 "$source/docs/abi.md"
		tail -n +2 "$dir/now"
	} >"$described"
	done_testing
fi
check "it is what libmymem.abi says" abidiff "$described" "$dir/now"

# NAME PATTERN: the description just made is of another ABI.
sees() {
	output=$(abidiff "$described" "$dir/now")
	result "it sees $1" "$((($? & 4) == 0))" "$output"
	like "and tells of it" "$output" "$2"
}

grep -v 'mym_workers;' "$map" >"$dir/map"
describe "$dir/map" "$header" "$dir/now"
sees "a function that is gone" "\[D\].*mym_workers"
grep -v 'int64_t used;' "$header" >"$dir/header"
describe "$map" "$dir/header" "$dir/now"
sees "a member that is gone" "int64_t used"
sed 's/^\tint64_t used;/\tuint64_t used;/' "$header" >"$dir/header"
describe "$map" "$dir/header" "$dir/now"
sees "a member of another type" "used"
sed 's/^\tint64_t cgroup_error;/&\n\tint64_t later;/' "$header" >"$dir/header"
describe "$map" "$dir/header" "$dir/now"
sees "a member that is new" "later"
done_testing
