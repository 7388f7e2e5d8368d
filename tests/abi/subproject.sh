#!/bin/sh
# SPDX-License-Identifier: MIT
#
# subproject.sh [COMPILER]
#
# Builds subproject/, which has a copy of this project below subprojects/, and
# runs what comes out.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/tap.sh"
. "$here/build.sh"

CC=${1:-${CC:-cc}}
export CC

super=$dir/super
copy=$super/subprojects/libmymem
mkdir "$super" || bail_out "no $super"
cp -R "$here/subproject/." "$super" || bail_out "cannot copy the superproject"
cp "$here/user.c" "$super" || bail_out "cannot copy user.c"
mkdir -p "$copy" || bail_out "no $copy"
for name in cmake include lib examples mymem-free mymem-run docs meson.build meson_options.txt libmymem.pc.in; do
	[ ! -e "$source/$name" ] || cp -R "$source/$name" "$copy" ||
		bail_out "cannot copy $name"
done

echo '#include <config.h>' >"$dir/probe.c"
if $CC -I"$super/poison" -c "$dir/probe.c" -o "$dir/probe.o" 2>/dev/null; then
	fail "the poison works" "a program that takes it was compiled"
else
	pass "the poison works"
fi

for kind in shared static both; do
	b=$dir/$kind
	check "configure, $kind" "$meson" setup "$b" "$super" \
		--wrap-mode=forcefallback -Dlibmymem:default_library=$kind || continue
	check "build, $kind" ninja -C "$b" || continue
	is "run, $kind" "$("$b/user" "$fixture" || echo "status $?")" "$answer
version $version"
	is "uses the library, $kind" \
		"$(readelf -d "$b/user" | grep -c 'NEEDED.*libmymem\.so\.1\]')" \
		"$([ $kind = static ] && echo 0 || echo 1)"
done
done_testing
