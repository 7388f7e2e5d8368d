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

# gcc 12 makes 78 KiB of it, which the linker rounds up by up to a page each for
# what is mapped to be executed and to be written.
small release 88
small minsize 88
done_testing
