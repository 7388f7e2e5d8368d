# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154 # theirs who source this
#
# For tests that build the project anew, to be sourced after tap.sh: sets
# $source, $version, $meson, and a question with its $answer.
source=$(cd "$here/../.." && pwd)
meson=${MESON:-meson}

need "$meson" ninja
[ -f "$source/meson.build" ] || bail_out "no $source/meson.build"
version=$(sed -n "s/^ *version: '\(.*\)',/\1/p" "$source/meson.build" | head -n 1)
[ -n "$version" ] || bail_out "the project has no version"

# What a distribution's or a user's environment would change.
unset CFLAGS CPPFLAGS CXXFLAGS LDFLAGS DESTDIR LD_LIBRARY_PATH LD_PRELOAD \
	PKG_CONFIG_PATH PKG_CONFIG_LIBDIR PKG_CONFIG_SYSROOT_DIR NINJA_STATUS

# A frozen machine and the answer it must get.
fixture=$source/tests/fixtures/v2-limit-on-parent
answer=$(awk '$1 == "limit" || $1 == "available" { print $1, $2 }' \
	"$fixture/expect")
[ -n "$answer" ] || bail_out "no answer in $fixture/expect"

# DIRECTORY OPTION...: goes on only if it worked.
configure() {
	build=$1
	shift
	check "configure: $*" "$meson" setup "$build" "$source" "$@" ||
		done_testing
}

# DIRECTORY
build() {
	check "build" ninja -C "$1" || done_testing
}

# FILE: its size without symbols
stripped_size() {
	strip -o "$dir/stripped" "$1" && wc -c <"$dir/stripped"
}

# NAME FILE KIB
at_most() {
	size=$(stripped_size "$2")
	echo "# $2: ${size:-?} bytes stripped"
	if [ "${size:-0}" -gt 0 ] && [ "$size" -le $(($3 * 1024)) ]; then
		pass "$1"
	else
		fail "$1" "it has ${size:-?}, at most $(($3 * 1024)) bytes are allowed"
	fi
}
