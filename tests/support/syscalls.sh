#!/bin/sh
# SPDX-License-Identifier: MIT
#
# syscalls.sh COMPILER [ARGUMENT]... - the system calls of the architecture that is
# compiled for, as rows of a table in C: those that libc knows, and those that the
# library brings along.
"$@" -E -dM -x c - <<END |
#include <sys/syscall.h>
#include "base/kernel.h"
END
	sed -n 's/^#define \(__NR\|SYS\)_\([a-z0-9_]*\) .*/\2 \1/p' |
	LC_ALL=C sort -u -k1,1 |
	sed 's/\(.*\) \(.*\)/{ "\1", \2_\1 },/'
