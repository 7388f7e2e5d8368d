#!/bin/sh
# SPDX-License-Identifier: MIT
#
# size.sh [COMPILER]
#
# The shared library as distributions build it is small.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/tap.sh"
. "$here/build.sh"

CC=${1:-${CC:-cc}}
export CC
need readelf strip

# TYPE KIB
small() {
	b=$dir/$1
	configure "$b" "-Dbuildtype=$1" -Dwerror=true -Ddocs=false
	build "$b"
	at_most "the library is small, $1" "$b/lib/libmymem.so" "$2"
}

# What the compiler makes of it, up to the next KiB: 80 were wanted, and newer gcc takes
# more.  clang has fewer ways to make code small.
most=80
case $($CC --version) in
*clang*) most=87 ;;
*) [ "$($CC -dumpversion | cut -d. -f1)" -lt 13 ] || most=81 ;;
esac
small release $most
small minsize $most
done_testing
