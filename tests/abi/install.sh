#!/bin/sh
# SPDX-License-Identifier: MIT
#
# install.sh [COMPILER]
#
# Builds the project with its defaults, installs it into an empty directory,
# and uses it from there as a program of somebody else does: with pkg-config,
# dynamically and statically.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/tap.sh"
. "$here/build.sh"

CC=${1:-${CC:-cc}}
export CC
pkg_config=${PKG_CONFIG:-pkg-config}
need "$pkg_config" readelf

prefix=/opt/mymem
root=$dir/root
there=$root$prefix
major=${version%%.*}
configure "$dir/b" --prefix="$prefix" --libdir=lib -Ddocs=true -Dtests=false
build "$dir/b"
check "install" env DESTDIR="$root" "$meson" install -C "$dir/b" --no-rebuild ||
	done_testing

# --- what is installed -------------------------------------------------------

# A page for each file in docs, and a name for each function.
pages=$(find "$source/docs" -name '*.[1-8]' | sed 's|.*/||' |
	sed 's|.*\.\([1-8]\)$|share/man/man\1/&|')
[ -n "$pages" ] || bail_out "no man pages below $source/docs"
functions=$(sed -n 's/^\t\(mym_[a-z_]*\);$/\1/p' "$source/lib/libmymem.map")
[ -n "$functions" ] || bail_out "no functions in libmymem.map"
pages="$pages
$(printf '%s\n' "$functions" | sed 's|.*|share/man/man3/&.3|')"
expected=$(printf '%s\n' \
	bin/mymem-free \
	bin/mymem-run \
	share/bash-completion/completions/mymem-free \
	share/bash-completion/completions/mymem-run \
	include/mymem.h \
	lib/cmake/libmymem/libmymem-config-version.cmake \
	lib/cmake/libmymem/libmymem-config.cmake \
	lib/libmymem-preload.so \
	lib/libmymem.a \
	lib/libmymem.so \
	"lib/libmymem.so.$major" \
	"lib/libmymem.so.$version" \
	lib/pkgconfig/libmymem-static.pc \
	lib/pkgconfig/libmymem.pc \
	share/man/man3/mymem_pressure.3 \
	share/man/man3/mymem_watch.3 \
	"$pages" | grep . | sort -u)
is "exactly these files" \
	"$(cd "$there" && find . ! -type d | sed 's|^\./||' | sort)" "$expected"
none "nothing beside the prefix" \
	"$(find "$root" ! -type d ! -path "$there/*")"
is "libmymem.so is a link" "$(readlink "$there/lib/libmymem.so")" \
	"libmymem.so.$major"
is "libmymem.so.$major is a link" "$(readlink "$there/lib/libmymem.so.$major")" \
	"libmymem.so.$version"
check "the header is the header" cmp "$source/include/mymem.h" \
	"$there/include/mymem.h"
for file in lib/libmymem.so bin/mymem-free bin/mymem-run; do
	like "$file was looked at" "$(readelf -d "$there/$file")" NEEDED
	none "$file has no path of the build" \
		"$(readelf -d "$there/$file" | grep -E 'RPATH|RUNPATH')"
done
like "libmymem.a holds its objects" "$(head -c 7 "$there/lib/libmymem.a")" \
	'!<arch>'

# --- pkg-config --------------------------------------------------------------

# Only these, not what the system has.
PKG_CONFIG_LIBDIR=$there/lib/pkgconfig
PKG_CONFIG_SYSROOT_DIR=$root
export PKG_CONFIG_LIBDIR PKG_CONFIG_SYSROOT_DIR
for package in libmymem:mymem libmymem-static::libmymem.a; do
	library=${package#*:}
	package=${package%%:*}
	file=$there/lib/pkgconfig/$package.pc
	check "$package.pc is valid" "$pkg_config" --validate "$package"
	is "$package.pc: the version" "$("$pkg_config" --modversion "$package")" \
		"$version"
	none "$package.pc has no path of the build" \
		"$(grep -e "$dir" -e "$source" "$file")"
	none "$package.pc needs nothing" "$("$pkg_config" --print-requires "$package"
		"$pkg_config" --print-requires-private "$package")"
	is "$package.pc: flags" \
		"$("$pkg_config" --cflags --libs "$package" | sed 's/ *$//')" \
		"-I$there/include -L$there/lib -l$library"
done

# --- programs ----------------------------------------------------------------

warnings="-std=c99 -pedantic -Wall -Wextra -Werror"
wanted="$answer
version $version"

# shellcheck disable=SC2046,SC2086 # words
if check "compile against the shared library" $CC $warnings "$here/user.c" \
	-o "$dir/dynamic" $("$pkg_config" --cflags --libs libmymem); then
	like "it needs libmymem.so.$major" "$(readelf -d "$dir/dynamic")" \
		"NEEDED.*libmymem\.so\.$major\]"
	is "it runs" "$(LD_LIBRARY_PATH=$there/lib "$dir/dynamic" "$fixture" ||
		echo "status $?")" "$wanted"
fi

# shellcheck disable=SC2046,SC2086 # words
if check "compile against the static library" $CC $warnings "$here/user.c" \
	-o "$dir/with-static" $("$pkg_config" --cflags --libs libmymem-static); then
	none "it does not need the shared one" "$(readelf -d "$dir/with-static" |
		grep 'NEEDED.*libmymem')"
	is "it runs" \
		"$("$dir/with-static" "$fixture" || echo "status $?")" "$wanted"
fi

echo 'int main(void) { return 0; }' >"$dir/empty.c"
# shellcheck disable=SC2046,SC2086 # words
if ! $CC -static "$dir/empty.c" -o "$dir/empty" >/dev/null 2>&1; then
	skip "compile statically" "no static libc"
elif check "compile statically" $CC $warnings -static "$here/user.c" \
	-o "$dir/static" $("$pkg_config" --static --cflags --libs libmymem); then
	none "it needs no library" "$(readelf -d "$dir/static" | grep NEEDED)"
	is "it runs without one" "$("$dir/static" "$fixture" ||
		echo "status $?")" "$wanted"
fi

is "mymem-free runs" "$(LD_LIBRARY_PATH=$there/lib "$there/bin/mymem-free" \
	-b --sysroot "$fixture" | awk '$1 == "Mem:" {
		print "limit", $2
		print "available", $7
	}')" "$answer"
done_testing
