#!/bin/sh
# SPDX-License-Identifier: MIT
#
# size.sh [COMPILER]
#
# The shared library as distributions build it is small.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/build.sh"

CC=${1:-${CC:-cc}}
export CC
need readelf strip

for type in release minsize; do
	b=$dir/$type
	configure "$b" -Dbuildtype=$type -Dwerror=true -Ddocs=false
	build "$b"
	at_most "the library is small, $type" "$b/lib/libmymem.so" 64
done
done_testing
