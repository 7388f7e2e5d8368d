#!/bin/sh
# SPDX-License-Identifier: MIT
#
# exports.sh LIBRARY MAP HEADER LIBMOUNT BUILD
#
# The shared library is what its header and its map say, and needs nothing but
# libc.  LIBMOUNT is true or false: whether it can load it.  BUILD is
# plain, or instrumented where a sanitizer may bring libraries of its own.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/tap.sh"

[ $# -eq 5 ] || bail_out "usage: $0 LIBRARY MAP HEADER LIBMOUNT BUILD"
library=$1
map=$2
header=$3
libmount=$4
build=$5
for file in "$library" "$map" "$header"; do
	[ -f "$file" ] || bail_out "no $file"
done
need nm readelf objcopy python3

# --- symbols: header, map and library, each with each ------------------------

declared=$(awk -f "$here/uncomment.awk" "$header" | tr '\n\t' '  ' |
	tr ';' '\n' | grep -Eo 'mym_[a-z0-9_]+ *\(' | tr -d ' (' | sort)
public=$(awk -f "$here/uncomment.awk" "$header" | tr '\n\t' '  ' |
	tr ';' '\n' | sed -n 's/.*MYM_PUBLIC [^(]*\(mym_[a-z0-9_]*\) *(.*/\1/p' |
	sort)
mapped=$(awk -f "$here/uncomment.awk" "$map" | tr -s ' \t;{}' '\n' | awk '
	/^[A-Z]/ { version = $1 }
	/:$/ { global = $1 == "global:"; next }
	global { print $1 "@" version }' | sort)
# The name of a version is a symbol too.
exported=$(readelf --dyn-syms --wide "$library" | awk '
	$7 != "UND" && ($5 == "GLOBAL" || $5 == "WEAK") {
		sub(/@@/, "@", $8)
		if ($8 !~ /^MYMEM_[0-9]+(@|$)/)
			print $8
	}' | sort)
# Once more, with what another tool sees.
seen=$(nm -D --defined-only "$library" | awk '$2 != "A" { print $3 }' |
	sed 's/@.*//' | sort)

[ "$(printf '%s\n' "$public" | grep -c .)" -ge 10 ] ||
	bail_out "the functions in $header were not found"
is "every function of the header is MYM_PUBLIC" "$declared" "$public"
is "the map has what the header has" "$(printf '%s\n' "$mapped" | sed 's/@.*//')" \
	"$public"
is "the library has what the map has, in these versions" "$exported" "$mapped"
is "nm sees what the header has" "$seen" "$public"
is "all have the version MYMEM_1" \
	"$(printf '%s\n' "$exported" | sed 's/.*@//' | sort -u)" MYMEM_1
like "the map hides all else" "$(tr '\n\t' '  ' <"$map")" 'local: *\*;'

# --- dynamic section ---------------------------------------------------------

dynamic=$(readelf --dynamic --wide "$library")
is "soname" "$(printf '%s\n' "$dynamic" |
	sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p')" libmymem.so.1

needed=$(printf '%s\n' "$dynamic" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
if [ "$build" = instrumented ]; then
	needed=$(printf '%s\n' "$needed" |
		grep -Ev '^lib(asan|ubsan|tsan|lsan|gcov|gcc_s|m|dl|pthread|rt|stdc\+\+)\.so')
elif readelf --dyn-syms --wide "$library" | grep -q ' dlopen@GLIBC_2\.2\.5'; then
	# dlopen() has been in libc itself since glibc 2.34.
	needed=$(printf '%s\n' "$needed" | grep -vx 'libdl\.so\.2')
fi
# One line of these.
if printf '%s\n' "$needed" | tr '\n' ' ' |
	grep -Eqx 'libc\.so(\.6)? |libc\.musl-[^ ]*\.so\.1 '; then
	pass "needs libc and nothing else"
else
	fail "needs libc and nothing else" "${needed:-nothing at all is needed}"
fi
none "is not told where to search for libraries" \
	"$(printf '%s\n' "$dynamic" | grep -E '\((RPATH|RUNPATH)\)')"
none "no text relocations" "$(printf '%s\n' "$dynamic" | grep TEXTREL)"
like "all is bound at start" "$dynamic" 'BIND_NOW|FLAGS_1.*NOW'

segments=$(readelf --program-headers --wide "$library")
like "has a read-only GOT" "$segments" GNU_RELRO
is "the stack is not executable" \
	"$(printf '%s\n' "$segments" | awk '$1 == "GNU_STACK" { print $7 }')" RW

# --- the note for packagers --------------------------------------------------

note=$dir/note
objcopy --dump-section .note.dlopen="$note" "$library" "$dir/copy" \
	>"$dir/objcopy.log" 2>&1
if [ "$libmount" = true ]; then
	check "the dlopen note says libmount.so.1" \
		python3 "$here/dlopen-note.py" "$note" libmount.so.1 \
		"$([ "$build" = instrumented ] && echo padded)"
	# Note segments are listed with the sections that are in them.
	like "the dlopen note is in a note segment" "$(printf '%s\n' "$segments" | awk '
		/^ *[A-Z_]+ +0x/ { types[n++] = $1 }
		/^ *[0-9]+ +\.note/ && types[$1 + 0] == "NOTE"')" '\.note\.dlopen'
else
	none "no dlopen note without libmount" "$(ls "$note" 2>/dev/null)"
fi
done_testing
