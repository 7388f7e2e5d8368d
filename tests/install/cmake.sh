#!/bin/sh
# SPDX-License-Identifier: MIT
#
# cmake.sh
#
# Installs the library, moves it, and finds it with CMake as a program of somebody
# else does: each target, versions and components, and what must not be found.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/tap.sh"
. "$here/../abi/build.sh"
command -v cmake >/dev/null || skip_all "no cmake"
need readelf

# OPTION...: built and installed, and then moved to $dir/moved
install() {
	rm -rf "$dir/b" "$dir/moved"
	configure "$dir/b" -Dtools=false -Ddocs=false "$@"
	build "$dir/b"
	check "install" env DESTDIR="$dir/root" "$meson" install -C "$dir/b" \
		--no-rebuild || done_testing
	mv "$dir/root/opt/mymem" "$dir/moved"
}

# find ARGUMENTS TARGET [CMAKE-OPTION...]: a program with find_package(libmymem
# ARGUMENTS) that links with TARGET is configured and built in $dir/user.
find_mymem() {
	rm -rf "$dir/user"
	mkdir "$dir/user"
	cp "$here/../abi/user.c" "$dir/user"
	cat >"$dir/user/CMakeLists.txt" <<-END
		cmake_minimum_required(VERSION 3.13)
		project(user C)
		find_package(libmymem $1)
		find_package(libmymem $1) # once more does no harm
		message(STATUS "libmymem_VERSION is \${libmymem_VERSION}")
		add_executable(user user.c)
		target_link_libraries(user PRIVATE $2)
	END
	shift 2
	cmake -S "$dir/user" -B "$dir/user/b" -DCMAKE_PREFIX_PATH="$dir/moved" "$@" \
		>"$dir/user/log" 2>&1 && cmake --build "$dir/user/b" >>"$dir/user/log" 2>&1
}

# NAME ARGUMENTS TARGET LIBRARIES: it is found, and the program runs and needs
# that many of the shared library.
found() {
	check "$1: found" find_mymem "$2" "$3" || {
		sed 's/^/# /' "$dir/user/log"
		return
	}
	is "$1: the version" "$(sed -n 's/.*libmymem_VERSION is //p' "$dir/user/log")" \
		"$version"
	is "$1: it runs" "$("$dir/user/b/user" "$fixture")" "$answer
version $version"
	is "$1: shared libraries" "$(readelf -d "$dir/user/b/user" |
		grep -c 'NEEDED.*libmymem\.so\.1\]')" "$4"
}

# NAME ARGUMENTS PATTERN [CMAKE-OPTION...]: it is not found, and CMake says why.
not_found() {
	name=$1 arguments=$2 pattern=$3
	shift 3
	if find_mymem "$arguments REQUIRED" libmymem::libmymem "$@"; then
		fail "$name: not found" "it was"
	else
		like "$name: not found" "$(tr -s ' \n' ' ' <"$dir/user/log")" "$pattern"
	fi
}

minor=${version#*.}
next=${version%%.*}.$((${minor%%.*} + 1))
for libdir in lib/x86_64-linux-gnu lib; do
	install --prefix=/opt/mymem --libdir=$libdir
	none "$libdir: no path of its first place" \
		"$(grep -rn -e /opt -e "$dir" "$dir/moved/$libdir/cmake")"
	found "$libdir, any" "REQUIRED" libmymem::libmymem 1
done
found "shared" "REQUIRED COMPONENTS shared" libmymem::shared 1
found "static" "REQUIRED COMPONENTS static" libmymem::static 0
found "1.0" "1.0 REQUIRED" libmymem::libmymem 1
found "exactly this" "$version EXACT REQUIRED" libmymem::libmymem 1
found "an optional component that does not exist" \
	"1.0 REQUIRED OPTIONAL_COMPONENTS other" libmymem::libmymem 1
not_found "a later version" "$next" "version: $version"
not_found "another major version" 0.9 "version: $version"
not_found "a component that does not exist" "COMPONENTS other" "no other libmymem"
if [ "$(cmake --version | sed -n '1s/.*version 3\.\([0-9]*\).*/\1/p')" -ge 19 ]; then
	found "a range" "0.9...$next REQUIRED" libmymem::libmymem 1
	not_found "a range that ends before" "0.9...<$version" "version: $version"
	not_found "a range that begins after" "$next...9" "version: $version"
fi

echo 'int main(void) { return 0; }' >"$dir/probe.c"
if cc -m32 "$dir/probe.c" -o "$dir/probe" 2>/dev/null; then
	for arguments in '' 1.0; do
		not_found "32 bits${arguments:+, $arguments}" "$arguments" \
			"$version \(64 bit\)" -DCMAKE_C_FLAGS=-m32
	done
else
	skip "32 bits" "no 32-bit libc to build with (gcc-multilib)"
fi

rm "$dir/moved/lib/libmymem.a"
found "packaged without the static library" "REQUIRED" libmymem::libmymem 1
not_found "its static one" "COMPONENTS static" "no static libmymem"
rm "$dir/moved/lib/libmymem.so"
not_found "without a library" "" "no libmymem in"

install --prefix=/opt/mymem --libdir=lib -Ddefault_library=static
found "a static one only" "REQUIRED" libmymem::libmymem 0

# Directories that do not move with the rest stay where they are.
configure "$dir/apart" -Dtools=false -Ddocs=false --prefix=/opt/mymem \
	--libdir="$dir/elsewhere/lib" --includedir="$dir/elsewhere/include"
build "$dir/apart"
check "install" "$meson" install -C "$dir/apart" --no-rebuild
rm -rf "$dir/moved"
mv "$dir/elsewhere/lib/cmake" "$dir/moved"
found "a library outside of the prefix" "REQUIRED" libmymem::libmymem 1
done_testing
