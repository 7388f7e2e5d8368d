#!/bin/sh
# SPDX-License-Identifier: MIT
#
# reproducible.sh [COMPILER]
#
# Two builds of one source install the same bytes, wherever, whenever and by
# whomever they are made.  Debug information names directories: who builds with
# -g for others passes -ffile-prefix-map, as Debian does.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/tap.sh"
. "$here/../abi/build.sh"

CC=${1:-${CC:-cc}}
export CC

one=$dir/one
two="$dir/two/of another name"
"$here/../debian/copy" "$one" || bail_out "cannot copy the source"
"$here/../debian/copy" "$two" || bail_out "cannot copy the source"
find "$two" -exec touch -h -d '2001-02-03 04:05:06' '{}' +

# SOURCE BUILD DESTDIR JOBS MESON-OPTION...
install_to() (
	from=$1 build=$2 DESTDIR=$3 jobs=$4
	shift 4
	export DESTDIR
	"$meson" setup "$build" "$from" --prefix=/usr "$@" &&
		ninja -C "$build" -j "$jobs" &&
		"$meson" install -C "$build" --no-rebuild
)

# NAME BUILD BUILD MESON-OPTION...: a build of each source, in these directories.
same() {
	name=$1 first=$2 second=$3
	shift 3
	rm -rf "$dir/a" "$dir/b"
	if ! (
		umask 022
		LC_ALL=C TZ=XXX+12
		export LC_ALL TZ
		install_to "$one" "$first" "$dir/a" 1 "$@"
	) >"$dir/log" 2>&1 || ! (
		umask 077
		LC_ALL=C.UTF-8 TZ=YYY-14 HOME=$dir USER=nobody
		export LC_ALL TZ HOME USER
		install_to "$two" "$second" "$dir/b" 2 "$@"
	) >"$dir/log" 2>&1; then
		fail "$name: it builds twice" "$(tail -n 40 "$dir/log")"
		return
	fi
	for file in $library libmymem.pc bin/mymem-free mymem.h; do
		is "$name: one $file" "$(find "$dir/a" -path "*/$file" | wc -l)" 1
	done
	none "$name: the same bytes" "$(diff -r --no-dereference "$dir/a" "$dir/b")"
	is "$name: the same rights" "$(cd "$dir/b" && find . -printf '%P %M\n' | sort)" \
		"$(cd "$dir/a" && find . -printf '%P %M\n' | sort)"
	none "$name: no file names a directory of the build" \
		"$(grep -rlF -e "$dir" -e "$source" "$dir/a" "$dir/b")"
}

library="libmymem.so.$version libmymem.a"
same release "$one/b" "$dir/build elsewhere" --buildtype=release

quoted() {
	printf "'-ffile-prefix-map=%s=.' " "$@"
}
CFLAGS=$(quoted "$one" "$one/b-g" "$two" "$two/build with g")
export CFLAGS
same "with -g" "$one/b-g" "$two/build with g" --buildtype=debugoptimized
like "with -g: there is debug information" \
	"$(readelf -S --wide "$(find "$dir/a" -name "libmymem.so.$version")")" debug_info

# The program that is copied into images, as docs/install.md makes it.
if command -v musl-gcc >/dev/null; then
	CC=musl-gcc library=libmymem.a
	CFLAGS=$(quoted "$one" "$one/b-static" "$two" "$two/build static")
	same static "$one/b-static" "$two/build static" --buildtype=minsize \
		-Dstatic-tools=true -Ddefault_library=static -Dlibmount=disabled
	none "static: it needs no library" \
		"$(readelf -d "$dir/a/usr/bin/mymem-free" | grep NEEDED)"
else
	skip static "no musl-gcc"
fi
done_testing
