#!/bin/sh
# SPDX-License-Identifier: MIT
#
# purity.sh CORE LIBMOUNT_CORE STATIC_LIBRARY BUILD
#
# What the objects refer to, and what they keep: the pure files call nothing,
# one file talks to the kernel, nothing prints or reads the environment, there
# is no state.  LIBMOUNT_CORE and STATIC_LIBRARY are "none" where they are not
# built.  BUILD is plain, instrumented (sanitizers and coverage add calls and data
# of their own) or lto (the objects hold no code yet).
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/tap.sh"

[ $# -eq 4 ] ||
	bail_out "usage: $0 CORE LIBMOUNT_CORE STATIC_LIBRARY BUILD"
core=$1
libmount=$2
static=$3
build=$4
[ -f "$core" ] || bail_out "no $core"
need nm readelf
[ "$build" != lto ] || skip_all "with LTO the objects hold no code"

# NM_OPTION ARCHIVE...: lines "object.c.o symbol type", without what compilers
# refer to by themselves.
symbols() {
	option=$1
	shift
	nm -A "$option" "$@" 2>/dev/null | awk -v build="$build" '
		NF < 3 { next }
		{
			symbol = $NF
			type = $(NF - 1)
			sub(/:[^:]*$/, "", $1)
			sub(/.*[\/:]/, "", $1)
		}
		symbol ~ /^(_GLOBAL_OFFSET_TABLE_|\.TOC\.|__stack_chk_.*)$/ { next }
		# 64-bit arithmetic of 32-bit machines.
		symbol ~ /^(__(u?div|u?mod|mul|udivmod|divmod|ashl|ashr|lshr|mulo|cmp|ucmp)di[234]|__aeabi_.*)$/ { next }
		build == "instrumented" && symbol ~ /^(__(asan|ubsan|tsan|msan|hwasan|sanitizer|odr_asan|gcov|llvm|profc|profd|start___|stop___)|___?asan_|llvm_gc)/ { next }
		{ print $1, symbol, type }'
}

archives=$core
[ "$libmount" = none ] || archives="$archives $libmount"
# shellcheck disable=SC2086 # words
symbols -u $archives >"$dir/used"
# shellcheck disable=SC2086 # words
symbols --defined-only $archives >"$dir/defined"
objects=$(awk '{ print $1 }' "$dir/defined" | sort -u)
[ "$(printf '%s\n' "$objects" | grep -c '\.o$')" -ge 15 ] ||
	bail_out "the objects of $core were not found"

# PATTERN: lines "object.c.o function" where the function matches; glibc has
# several names for some.
users_of() {
	awk -v pattern="^($1)\$" '
		{
			plain = $2
			sub(/^__/, "", plain)
			sub(/(_chk|_2|_alias)$/, "", plain)
			sub(/(64|_time64)$/, "", plain)
		}
		$2 ~ pattern || plain ~ pattern { print $1, $2 }' "$dir/used"
}

# --- pure files --------------------------------------------------------------

pure='latch.c.o base_parse.c.o base_nodes.c.o base_saturate.c.o'
pure="$pure read_zones.c.o read_supply.c.o"
pure="$pure answer_answer.c.o answer_merge.c.o answer_pressure.c.o"
pure="$pure watch_hysteresis.c.o watch_growth.c.o watch_base64.c.o watch_settings.c.o"
for object in $pure; do
	name="$object calls only mem*, strlen and what is pure itself"
	if ! awk -v o="$object" '$1 == o && $3 == "T" { found = 1 }
		END { exit !found }' "$dir/defined"; then
		fail "$name" "it has no functions, or is not there"
		continue
	fi
	none "$name" "$(awk -v o="$object" -v pure=" $pure " '
		FILENAME ~ /defined$/ {
			if (index(pure, " " $1 " ") && $3 ~ /[TR]/)
				fine[$2] = 1
			next
		}
		$1 == o && !($2 in fine) && $2 !~ /^((__)?mem[a-z]+(_chk)?|bcmp|strlen)$/ {
			print $2
		}' "$dir/defined" "$dir/used")"
done

# --- who may do what ---------------------------------------------------------

system='open|openat|openat2|creat|read|pread|readv|write|pwrite|writev|close|'
system=$system'fcntl|ioctl|lseek|dup[23]?|pipe2?|socket|connect|poll|ppoll|select|'
system=$system'epoll_.*|eventfd|inotify_.*|timerfd_.*|'
system=$system'access|faccessat|euidaccess|readlink|readlinkat|realpath|'
system=$system'(f|l|x|fx|lx)?stat(at|x|fs|vfs)?|fstatfs|fstatvfs|name_to_handle_at|'
system=$system'opendir|fdopendir|readdir|closedir|scandir|nftw|fts_.*|glob|'
system=$system'f?open|fdopen|freopen|fgets|getline|getdelim|fread|fscanf|getc|fgetc|'
system=$system'syscall|sysinfo|sysconf|getrlimit|prlimit|getrusage|'
system=$system'clock_gettime|gettimeofday|time|getauxval|uname|get_mempolicy|'
system=$system'mmap|munmap|madvise|brk|sbrk|sched_.*|getpid|gettid|get[e]?[ug]id'
callers=$(users_of "$system" | grep -v '^discover_mounts-libmount\.c\.o ')
none "only root.c (walk.c for it) opens names, and few others make system calls" \
	"$(printf '%s\n' "$callers" | grep -v -e '^base_root\.c\.o ' \
		-e '^base_walk\.c\.o ' -e '^base_sys\.c\.o ' -e '^watch_poll\.c\.o ' \
		-e '^base_file\.c\.o \(__\)\?fstat' \
		-e '^base_inotify\.c\.o \(\(__\)\?read\|inotify_\)' \
		-e '^read_limit-watch\.c\.o \(__\)\?\(ioctl\|fcntl\|close\)' \
		-e '^\(fast\|mymem\)\.c\.o \(__\)\?clock_gettime' \
		-e '^fast\.c\.o \(getpid\|sched_yield\)' \
		-e '^base_fork\.c\.o \(getpid\|madvise\)$')"
none "sys.c opens no names" "$(printf '%s\n' "$callers" |
	grep -E '^base_sys\.c\.o (__)?(open|creat|fopen)')"
like "root.c does make system calls" "$callers" '^base_root\.c\.o '

none "only mounts-libmount.c loads a library" \
	"$(users_of 'dlopen|dlsym|dlclose|dlmopen' | grep -v '^discover_mounts-libmount\.c\.o ')"
none "only mounts-libmount.c has streams" \
	"$(users_of 'fdopen|fopen(cookie)?|fclose|std(in|out|err)' |
		grep -v '^discover_mounts-libmount\.c\.o ')"
none "nothing links with libmount" "$(users_of '(mnt|blkid)_.*')"

# NAME PATTERN
nobody() {
	none "$1" "$(users_of "$2")"
}
none "only poll.c reads the environment, and not with more rights" \
	"$(users_of '(secure_)?getenv|environ|setlocale' |
		grep -v '^watch_poll\.c\.o secure_getenv$')"
nobody "nothing prints" \
	'(v?[df]?printf)|f?puts|f?putc|putchar|fwrite|perror|psignal|v?syslog|v?warnx?|v?errx?|error'
nobody "nothing ends the process" \
	'_?exit|_Exit|quick_exit|abort|assert_fail|raise|kill|tgkill|longjmp|siglongjmp'
nobody "nothing starts or installs anything" \
	'pthread_([^s].*|s[^e].*|set[^c].*)|thrd_.*|fork|vfork|clone|posix_spawn.*|execv?.*|system|popen|atexit|cxa_atexit|on_exit|signal|sigaction|sigprocmask|setitimer|alarm|prctl|mlock.*|sem_.*'
nobody "nothing parses as libc does" \
	'(isoc[0-9]+_)?(strto[a-z]+|ato[a-z]+|v?s?scanf|v?fscanf)|strstr|strcasestr|strtok(_r)?|isspace|isdigit|ctype_b_loc'
nobody "nothing writes beyond a buffer" 'v?sprintf|gets|strcat|strncpy'
# These rules must see something: there are calls that are allowed.
like "calls were seen" "$(cat "$dir/used")" '^base_root\.c\.o (syscall|open|openat|read)'

# --- no state ----------------------------------------------------------------

if [ "$build" = instrumented ]; then
	skip "no writable data" "sanitizers and coverage keep data"
	skip "no constructors" "sanitizers and coverage have some"
else
	# shellcheck disable=SC2086 # words
	readelf --sections --wide $archives 2>/dev/null | awk '
		/^File:/ {
			object = $2
			sub(/[])]$/, "", object)
			sub(/.*[[\/(]/, "", object)
		}
		/^ *\[ *[0-9]+\]/ {
			sub(/^ *\[ *[0-9]+\] */, "")
			# name type address offset size entries flags
			if ($7 ~ /W/ && $1 !~ /^\.data\.rel\.ro/)
				print object, $1, $5
		}' >"$dir/sections"
	like "sections were seen" "$(cat "$dir/sections")" '\.c\.o \.(data|bss)'

	# What is kept: the handle of libmount, a pointer, the number of the process
	# and the state behind the simple calls; and what lets go of them.
	none "no writable data" "$(awk '
		$3 !~ /^0+$/ && $1 !~ /^(fast|base_fork)\.c\.o$/ &&
		!($1 == "discover_mounts-libmount.c.o" && $2 ~ /^\.(bss|fini_array)/ &&
		  $3 ~ /^0+[48]$/)' \
		"$dir/sections")"
	none "no common symbols" "$(awk '$3 == "C"' "$dir/defined")"
	if [ "$libmount" != none ]; then
		is "the handle of libmount is the data there is" \
			"$(awk '$3 ~ /^[bBdDsSgG]$/ && $1 == "discover_mounts-libmount.c.o" {
				sub(/\.[0-9].*/, "", $2)
				sub(/.*\./, "", $2)
				print $2
			}' "$dir/defined")" loaded
	fi
	# shellcheck disable=SC2086 # words
	none "no constructors" "$(readelf --sections --wide $archives |
		grep -E '\.(preinit_array|init_array|ctors|dtors|init|fini)\>')"
	# dlclose() leaves nothing behind.
	is "a destructor for each" "$(awk '$2 ~ /^\.fini_array/ { print $1 }' \
		"$dir/sections" | sort)" "$([ "$libmount" = none ] || echo discover_mounts-libmount.c.o
			echo fast.c.o)"
fi

# --- names -------------------------------------------------------------------

none "the objects define no foreign global names" \
	"$(awk '$3 ~ /^[A-TV-Z]$/ && $2 !~ /^mym_/ { print $1, $2 }' "$dir/defined")"
if [ "$static" = none ]; then
	skip "the static library defines no foreign global names" \
		"no static library is built"
else
	names=$(symbols -g "$static" | awk '$3 ~ /^[A-TV-Z]$/')
	like "the static library has the functions" "$names" ' mym_snapshot T$'
	none "the static library defines no foreign global names" \
		"$(printf '%s\n' "$names" | grep -Ev '^[^ ]+ mym_')"
	# Somebody else's mym__ would be taken for the weak one.
	none "the static library lacks no name but that of its option" \
		"$(symbols -g "$static" | awk '
			$3 ~ /^[A-TV-Z]$/ { has[$2] = 1 }
			$2 ~ /^mym_/ { uses[$2] = 1 }
			END {
				for (name in uses)
					if (!(name in has) && name != "mym__mounts_libmount")
						print name
			}')"
fi
done_testing
