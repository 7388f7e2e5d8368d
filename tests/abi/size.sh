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

# What gcc 12 and 14 make of it, up to the next KiB; clang, which has fewer ways to make
# code small, takes 8 KiB more.
most=82
case $($CC --version) in
*clang*) most=90 ;;
esac
small release $most
small minsize $most
done_testing
