#!/bin/sh
# SPDX-License-Identifier: MIT
#
# clang.sh
#
# The other compiler: no warning in the library, the tools and the examples, at
# no level of optimisation, and the same answer.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/tap.sh"
. "$here/build.sh"

command -v clang >/dev/null || skip_all "no clang"
CC=clang
export CC

for type in debug release minsize; do
	b=$dir/$type
	configure "$b" -Dbuildtype=$type -Dwerror=true -Ddocs=false
	like "it is clang" "$("$meson" introspect --targets "$b")" \
		'"compiler": *\["clang"\]'
	build "$b"
	is "the answer, $type" "$("$b/mymem-free/mymem-free" -b \
		--sysroot "$fixture" | awk '$1 == "Mem:" {
			print "limit", $2
			print "available", $7
		}')" "$answer"
done
done_testing
