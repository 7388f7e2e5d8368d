#!/bin/sh
# SPDX-License-Identifier: MIT
#
# header.sh INCLUDE_DIR COMPILER...
#
# The public header compiles, alone and twice, as every C and C++ its users
# write, without a warning; and it defines no names that are not its own.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/tap.sh"

[ $# -ge 2 ] || bail_out "usage: $0 INCLUDE_DIR COMPILER..."
include=$1
shift
header=$include/mymem.h
[ -f "$header" ] || bail_out "no $header"

warnings="-pedantic -Werror -Wall -Wextra -Wundef -Wconversion"
# Not for C++, where gcc says that mym_snapshot() hides the constructor of the
# struct of that name, as stat() does.
c_warnings="$warnings -Wshadow -Wstrict-prototypes -Wmissing-prototypes"

# Every function, macro and constant of the header, without its comments.
text=$(awk -f "$here/uncomment.awk" "$header")
names=$(printf '%s\n' "$text" | grep -Eo '(MYM_[A-Z0-9_]+|mym_[a-z0-9_]+ *\()' |
	sed 's/ *($//' | sort -u | grep -vx MYM_PUBLIC)
[ "$(printf '%s\n' "$names" | wc -l)" -ge 40 ] ||
	bail_out "the names in $header were not found"

missing=
for name in $names; do
	grep -qw "$name" "$here/header.c" || missing="$missing $name"
done
none "header.c uses all of the header" "$missing"

functions=$(printf '%s\n' "$names" | grep '^mym_')

# LANGUAGE STANDARD COMPILER: whether there is such a language at all
speaks() {
	echo 'extern int nothing; int nothing;' >"$dir/probe.$1"
	# shellcheck disable=SC2086 # words
	$3 -x "$1" -std="$2" -c "$dir/probe.$1" -o "$dir/probe.o" \
		>/dev/null 2>&1
}

# LANGUAGE STANDARD FILE FLAGS COMPILER
compile() {
	name="$5, $2"
	if ! speaks "$1" "$2" "$5"; then
		skip "$name" "the compiler does not know it"
		return
	fi
	object=$dir/object.o
	rm -f "$object"
	# shellcheck disable=SC2086 # words
	check "$name" $5 -x "$1" -std="$2" $4 -I"$include" -c "$here/$3" \
		-o "$object" || return
	compiled=$((compiled + 1))
	is "$name: C linkage" \
		"$(nm -u "$object" | awk '{ print $NF }' | grep mym_ | sort)" \
		"$functions"
}

need nm
for compiler; do
	compiled=0
	for standard in c89 gnu89 c99 c11 gnu11 c17; do
		compile c $standard header.c "$c_warnings" "$compiler"
	done
	c=$compiled
	for standard in c++98 c++11 c++14 c++17 c++20; do
		compile c++ $standard header.cc "$warnings" "$compiler"
	done
	if [ "$c" -eq 0 ]; then
		fail "$compiler" "compiled the header as no C at all"
	fi

	# What the header defines beyond what it includes.
	printf '#include <stddef.h>\n#include <stdint.h>\n' >"$dir/before.c"
	printf '#include <mymem.h>\n' >"$dir/after.c"
	for file in before after; do
		# shellcheck disable=SC2086 # words
		$compiler -I"$include" -dM -E "$dir/$file.c" |
			awk '{ print $2 }' | sort >"$dir/$file"
	done
	new=$(comm -13 "$dir/before" "$dir/after")
	if printf '%s\n' "$new" | grep -qx MYMEM_H; then
		none "$compiler: only macros of its own" \
			"$(printf '%s\n' "$new" | grep -v -e '^MYM_' -e '^MYMEM_H$')"
	else
		fail "$compiler: only macros of its own" "found no macros"
	fi
done
done_testing
