#!/bin/sh
# SPDX-License-Identifier: MIT
#
# musl.sh
#
# mymem-free as one static file, to be copied into any image: it runs, needs
# nothing and is small.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/tap.sh"
. "$here/build.sh"

command -v musl-gcc >/dev/null || skip_all "no musl-gcc"
need python3 readelf strip
CC=musl-gcc
export CC

b=$dir/b
configure "$b" -Ddefault_library=static -Dlibmount=disabled \
	-Dstatic-tools=true -Ddocs=false -Dbuildtype=minsize -Dwerror=true \
	-Dc_link_args=-Wl,-Map=%.map
build "$b"
tool=$b/mymem-free/mymem-free
like "it is a program" "$(readelf --program-headers --wide "$tool")" LOAD
none "it asks for no loader" \
	"$(readelf --program-headers --wide "$tool" | grep INTERP)"
none "it needs no library" "$(readelf --dynamic --wide "$tool" | grep NEEDED)"
none "it is not glibc's" "$(grep -a -o 'GNU C Library' "$tool")"
at_most "it is small" "$tool" 160
is "it runs" "$(env -i "$dir/stripped" -b --sysroot "$fixture" |
	awk '$1 == "Mem:" {
		print "limit", $2
		print "available", $7
	}')" "$answer"
check "it runs on this system" "$dir/stripped"

# Each part of the file is one that docs/performance.md can tell of.
"$here/../measure/size/parts.py" "$tool.map" "$dir/stripped" >"$dir/parts"
cost() { # PART
	awk -v part="$1" '{ sub(/^ +/, "") } substr($0, index($0, " ") + 1) == part {
		print $1 }' "$dir/parts"
}
is "the parts are the file" "$(cost "all of it")" "$(wc -c <"$dir/stripped")"
in_range "the rest is headers" "$(cost "ELF headers, padding")" 64 4096
is "the parts are known" "$(awk '{ print $2 }' "$dir/parts" | grep -v / | sort)" \
	"$(printf '%s\n' ELF all gcc lib musl | sort)"
is "each source of the tool is one" \
	"$(grep -o 'mymem-free/.*' "$dir/parts")" \
	"$(cd "$source" && printf '%s\n' mymem-free/*.c | sort)"

# The same with the linker's help.
b=$dir/lto
configure "$b" -Ddefault_library=static -Dlibmount=disabled \
	-Dstatic-tools=true -Ddocs=false -Dbuildtype=minsize -Db_lto=true
build "$b"
at_most "it is small with LTO" "$b/mymem-free/mymem-free" 176
is "it runs with LTO" "$("$dir/stripped" -b --sysroot "$fixture" |
	awk '$1 == "Mem:" {
		print "limit", $2
		print "available", $7
	}')" "$answer"
done_testing
