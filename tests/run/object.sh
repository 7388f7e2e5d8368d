#!/bin/sh
# SPDX-License-Identifier: MIT
#
# object.sh OBJECT MAP
#
# libmymem-preload.so goes into every program there is: what it asks of it is
# what any C library has, what it offers are the names that it stands in for.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/tap.sh
. "$here/../support/tap.sh"

[ $# -eq 2 ] || bail_out "usage: $0 OBJECT MAP"
need nm readelf
[ -f "$1" ] || bail_out "no $1"
dynamic=$(readelf --dynamic --wide "$1")

like "it is a shared object" "$dynamic" 'SYMTAB'
none "it needs no library" "$(printf '%s\n' "$dynamic" | grep NEEDED)"
none "it does nothing when it is loaded" \
	"$(printf '%s\n' "$dynamic" | grep -E 'INIT|PREINIT')"
none "it asks for no version of a C library" \
	"$(readelf --version-info --wide "$1" | grep -i 'version needs')"
none "it has no data of a thread" \
	"$(readelf --program-headers --wide "$1" | grep TLS)"
none "its stack is not executable" \
	"$(readelf --program-headers --wide "$1" | grep 'GNU_STACK.*E')"

is "it stands in for these" \
	"$(nm -D --defined-only "$1" | awk '{ print $3 }' | sort)" \
	"$(sed -n '/global:/,/local:/p' "$2" | grep -o '[a-z0-9_]*;' |
		tr -d ';' | sort)"

# In ISO C, in POSIX or Linux's own for twenty years, with one ABI in each C
# library.  None allocates, locks or is one of its own; fclose() is for streams that
# are not handed out after all.
tr ' ' '\n' >"$dir/imports" <<EOF
__errno_location bcmp clock_gettime dup3 fclose fcntl fflush fileno getauxval
getpid inotify_add_watch inotify_init1 ioctl madvise memchr memcmp memcpy memmove memset
mmap munmap poll pthread_setcancelstate readlink readlinkat sched_yield snprintf
strchr strcmp strcpy strcspn strlen strncmp strnlen strrchr strspn strstr syscall
vsnprintf
EOF
found=$(nm -D --undefined-only "$1" | awk '$1 == "U" { print $2 }' | sort)
like "imports were seen" "$found" '^syscall$'
none "it imports nothing else" \
	"$(printf '%s\n' "$found" | grep -vxF -f "$dir/imports")"
is "it does without these" "$(nm -D --undefined-only "$1" |
	awk '$1 == "w" { print $2 }' | sort)" '__libc_dlopen_mode
__libc_dlsym
dlsym'
done_testing
