#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sizes.sh COMPILER
#
# Structs grow, and programs and libraries of different versions work together: a
# program that was built with the header of today, one that was built with shorter
# structs and one with longer ones, each with the library of today and with one
# whose structs are longer.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/tap.sh"
. "$here/build.sh"

CC=${1:-cc}
header=$source/include/mymem.h

# --- every struct is passed with its size -------------------------------------

plain=$(awk -f "$here/uncomment.awk" "$header")
structs=$(printf '%s\n' "$plain" |
	sed -n 's/^struct \(mym_[a-z_]*\) {$/\1/p' | sort)
[ "$(printf '%s\n' "$structs" | grep -c .)" -ge 4 ] ||
	bail_out "the structs of $header were not found"
# FUNCTION: its parameters
takes=$(printf '%s\n' "$plain" | tr '\n\t' '  ' | tr ';' '\n' |
	sed -n 's/.*MYM_PUBLIC [^(]*\(mym_[a-z_]*\)(\(.*\)).*/\1 \2/p')
for struct in $structs; do
	functions=$(printf '%s\n' "$takes" | grep -E "struct $struct \*")
	like "struct $struct is passed" "$functions" .
	none "and always with its size" "$(printf '%s\n' "$functions" |
		grep -Ev "struct $struct \*[a-z]+, +size_t size(,|\$)")"
	for function in $(printf '%s\n' "$functions" | cut -d ' ' -f 1); do
		like "client.c calls $function" "$(cat "$here/client.c")" \
			"\b$function\(.*,"
	done
done

# --- three headers -------------------------------------------------------------

# HOW: the header, with a number less or more at the end of each struct
change() {
	printf '%s\n' "$plain" | awk -v how="$1" '
		inside && /^};/ {
			if (how == "longer")
				last = last "\n\tint64_t later;"
			if (how != "shorter")
				print last
			inside = 0
			print
			next
		}
		inside {
			if (last != "")
				print last
			last = $0
			next
		}
		{ print }
		/^struct mym_[a-z_]* \{$/ {
			inside = 1
			last = ""
		}'
}

# DIRECTORY: makes the library, with the header that is there
library() {
	# shellcheck disable=SC2046 # words
	(cd "$source" && $CC -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -O0 \
		-fPIC -shared -fvisibility=hidden -I"$1" -Ilib \
		-Wl,--version-script=lib/libmymem.map -Wl,-soname,libmymem.so.1 \
		-o "$1/libmymem.so.1" $(find lib -name '*.c' ! -name '*libmount*'))
}

for how in shorter unchanged longer; do
	mkdir "$dir/$how"
	change $how >"$dir/$how/mymem.h"
	# shellcheck disable=SC2086 # words
	check "a client whose structs are $how" $CC -std=gnu11 -Wall -Wextra \
		-Werror -I"$dir/$how" -fPIC -c "$here/client.c" -o "$dir/$how/client.o" ||
		done_testing
done
for how in unchanged longer; do
	check "a library whose structs are $how" library "$dir/$how" || done_testing
done
for how in shorter unchanged longer; do
	# shellcheck disable=SC2086 # words
	check "link the client whose structs are $how" $CC "$dir/$how/client.o" \
		"$dir/unchanged/libmymem.so.1" -o "$dir/$how/client" || done_testing
done

# --- each client with each library -------------------------------------------

# CLIENT LIBRARY [LATER]
run() {
	LD_LIBRARY_PATH=$dir/$2 "$dir/$1/client" "$fixture" ${3+"$3"} ||
		echo "status $?"
}

now=$(run unchanged unchanged)
for line in snapshot constraint 'watch 0' event; do
	like "there is a line: $line" "$now" "^$line"
done
is "the answer is right" "$(printf '%s\n' "$now" |
	awk '$1 == "snapshot" { print "limit", $5; print "available", $6 }')" "$answer"
less=$(printf '%s\n' "$now" | sed '/^watch/!s/ [^ ]*$//')
more=$(printf '%s\n' "$now" | sed '/^watch/!s/$/ 0/')
for library in unchanged longer; do
	is "the client of today, library: $library" "$(run unchanged $library)" "$now"
	is "shorter structs, library: $library" "$(run shorter $library)" "$less"
	is "longer structs, library: $library" "$(run longer $library)" "$more"
done
like "a wish that the library does not know is refused" \
	"$(run longer unchanged 1)" '^watch -22$'
is "the same wish, and a library that knows it" "$(run longer longer 1)" "$more"
done_testing
