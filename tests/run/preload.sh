#!/bin/sh
# SPDX-License-Identifier: MIT
#
# preload.sh OBJECT OBJECT-32 LIMITED MYMEM_FREE DENY
#
# libmymem-preload.so in programs of each C library, of 32 bits, with
# _FORTIFY_SOURCE, with AddressSanitizer and between other preloaded objects.
# shellcheck disable=SC2086,SC2016 # the compiler may be words; programs in quotes
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/tap.sh
. "$here/../support/tap.sh"

[ $# -eq 5 ] ||
	bail_out "usage: $0 OBJECT OBJECT-32 LIMITED MYMEM_FREE DENY"
object=$1
object_32=$2
limited=$3
tool=$4
deny=$5
cc=${CC:-cc}
mib=1048576
why=$("$limited" $mib true 2>&1) || skip_all "$why"

# NAME OBJECT PROGRAM...: each line of it is a test.
probe() {
	probed=$1
	preload=$2
	shift 2
	"$limited" $((512 * mib)) timeout -s KILL 100 env LD_PRELOAD="$preload" "$@" \
		512 >"$dir/said" 2>&1
	status=$?
	details() {
		grep -v '^ok' "$dir/said"
	}
	[ "$status" -eq 0 ] && [ "$(grep -c '^ok' "$dir/said")" -gt 70 ]
	result "$probed: the program sees its own memory" $?
	details() {
		:
	}
}

# NAME COMPILER...
compile() {
	name=$1
	shift
	echo 'int main(void) { return 0; }' >"$dir/none.c"
	if ! "$@" -o "$dir/none" "$dir/none.c" 2>/dev/null; then
		skip "$name" "cannot be compiled here: $*"
		return 1
	fi
	check "$name" "$@" -std=gnu11 -D_GNU_SOURCE -pthread -Wall -Wextra -Wno-unused-parameter \
		-Werror -o "$dir/probe" "$here/probe.c"
}

compile "a program" $cc -O2 && {
	probe "glibc" "$object" "$dir/probe"
	# Without it the same tests fail.
	LD_PRELOAD='' "$limited" $((512 * mib)) "$dir/probe" 512 >"$dir/said"
	in_range "without it: what is the machine's" \
		"$(grep -c '^not ok' "$dir/said")" 30 60
	cp "$dir/probe" "$dir/plain"
}
compile "with 64-bit offsets" $cc -O2 -D_FILE_OFFSET_BITS=64 &&
	probe "64-bit offsets" "$object" "$dir/probe"
compile "with _FORTIFY_SOURCE" $cc -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 &&
	probe "_FORTIFY_SOURCE" "$object" "$dir/probe"
compile "with musl" musl-gcc -O2 && probe "musl" "$object" "$dir/probe"
compile "with AddressSanitizer" $cc -fsanitize=address &&
	probe "AddressSanitizer" "$object" "$dir/probe"

# Others that stand in for open(3), before it and after it.
cat >"$dir/other.c" <<'EOF'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdarg.h>
int open(const char *path, int flags, ...)
{
	int (*next)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
	int mode;
	va_list ap;

	va_start(ap, flags);
	mode = va_arg(ap, int);
	va_end(ap);
	return next(path, flags, mode);
}
EOF
if check "another object" $cc -shared -fPIC -o "$dir/other.so" "$dir/other.c" -ldl; then
	probe "another one before it" "$dir/other.so:$object" "$dir/plain"
	probe "another one after it" "$object:$dir/other.so" "$dir/plain"
	probe "twice" "$object:$object" "$dir/plain"
fi

# lxcfs, or another mymem-run, shows the files already, but not sysinfo(2).
cat >"$dir/below" <<'EOF'
"$1" --meminfo >"$2/meminfo"
mount --bind "$2/meminfo" /proc/meminfo || exit
LD_PRELOAD=$3 exec "$4" 512
EOF
if unshare -m true 2>/dev/null; then
	probe "below lxcfs" '' unshare -m sh "$dir/below" "$tool" "$dir" "$object" \
		"$dir/plain"
else
	skip "below lxcfs" "no mount namespace"
fi

# The library is not fooled, and says the same.
cat >"$dir/both" <<'EOF'
"$1" --json >"$3/without"
LD_PRELOAD=$2 "$1" --json >"$3/with"
EOF
"$limited" $((512 * mib)) sh "$dir/both" "$tool" "$object" "$dir"
steady() { # FILE: what does not move by itself
	python3 -c '
import json, sys
said = json.load(sys.stdin)
print(said["limit"], said["limit_by"], said["available_by"], said["host"]["total"],
      said["flags"], said["cgroup"], [c["kind"] for c in said["constraints"]],
      said["swap"]["limit"])' <"$dir/$1"
}
is "the library inside says the same" "$(steady with)" "$(steady without)"
like "which is the limit" "$(steady with)" "^$((512 * mib)) "
none "and is not told that the machine is virtual" "$(steady with | grep virtual)"

# What a sandbox forbids is not a reason to fail: others are.
total() { # LINE of sh: MemTotal in MiB, in the group
	"$limited" $((512 * mib)) sh -c "$1 sh -c 'LD_PRELOAD=$object awk \
		\"/MemTotal/ { print int(\\\$2 / 1024) }\" /proc/meminfo'" 2>&1
}
machine=$(awk '/MemTotal/ { print int($2 / 1024) }' /proc/meminfo)
is "in a group" "$(total '')" 512
is "a limit of another kind" "$(total 'ulimit -v 262144;')" 256
is "without files in memory" "$(total "$deny memfd_create=EPERM --")" "$machine"
# As in a container of Docker: it takes two looks at the mount table.
is "where statmount is denied" "$(total "$deny statmount=EPERM --")" 512
is "where openat2 is unknown" "$(total "$deny openat2=ENOSYS --")" 512
is "without the environment" \
	"$("$limited" $((512 * mib)) env LD_PRELOAD="$object" env -i awk \
		'/MemTotal/ { print int($2 / 1024) }' /proc/meminfo)" "$machine"

# A program without a limit sees the machine, to the byte.
awk '$1 ~ /Total|Huge/' /proc/meminfo >"$dir/machine"
is "without a limit it is the kernel's file" \
	"$(LD_PRELOAD=$object awk '$1 ~ /Total|Huge/' /proc/meminfo)" \
	"$(cat "$dir/machine")"

# 32 bits: an object of its own.
if ! [ -s "$object_32" ]; then
	skip "32 bits" "there is no 32-bit object"
else
	compile "with 32 bits" $cc -m32 -O2 &&
		probe "32 bits" "$object_32" "$dir/probe"
	compile "with 32 bits and 64-bit offsets" $cc -m32 -O2 \
		-D_FILE_OFFSET_BITS=64 &&
		probe "32 bits, 64-bit offsets" "$object_32" "$dir/probe"
fi
done_testing
