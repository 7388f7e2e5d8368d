#!/bin/sh
# SPDX-License-Identifier: MIT
#
# modes.sh MYMEM_RUN OBJECT MYMEM_FREE MYMEM_FREE_STATIC - how mymem-run chooses the
# way to show a command its memory, and that the command sees it.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../support/tap.sh disable=SC2154 # it sets $dir
. "$here/../support/tap.sh"

[ $# -eq 4 ] || bail_out "usage: $0 MYMEM_RUN OBJECT MYMEM_FREE MYMEM_FREE_STATIC"
tool=$1 object=$2 free=$3 static=$4
name=libmymem-preload.so
# A sanitizer in the tool itself is second where something is preloaded.
ASAN_OPTIONS=verify_asan_link_order=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}
export ASAN_OPTIONS

# ARGUMENT...: what it says of its choice
says() {
	"$tool" --verbose "$@" 2>&1 >"$dir/out" </dev/null
}
# What is installed somewhere, or has just been built, finds the object.
for place in beside lib/../bin built; do
	case $place in
	beside) program=$dir/a/mymem-run there=$dir/a/$name ;;
	built) program=$dir/b/mymem-run there=$dir/b/preload/$name ;;
	*)
		libdir=$(strings -a "$tool" | sed -n 's,^\(\.\./lib.*\)/$,\1,p' | head -n 1)
		[ -n "$libdir" ] || libdir=../lib
		program=$dir/c/bin/mymem-run there=$dir/c/bin/$libdir/$name
		;;
	esac
	mkdir -p "${program%/*}"
	mkdir -p "${there%/*}"
	cp "$tool" "$program"
	cp "$object" "$there"
	# shellcheck disable=SC2016 # for the inner shell
	is "$place: the object is found" \
		"$(LD_LIBRARY_PATH=${tool%/*}/../lib "$program" sh -c 'echo "$LD_PRELOAD"')" "$there"
done
mkdir "$dir/alone" "$dir/with blank"
cp "$tool" "$dir/alone/mymem-run"
cp "$tool" "$object" "$dir/with blank/"
LD_LIBRARY_PATH=${tool%/*}/../lib
export LD_LIBRARY_PATH
if [ ! -e "/usr/local/lib/$name" ] && [ ! -e "/usr/lib/$name" ]; then
	"$dir/alone/mymem-run" sh -c 'echo it' >"$dir/out" 2>&1
	is "without the object: it is said, and the command runs" "$?:$(cat "$dir/out")" \
		"0:mymem-run: sh: nothing can be preloaded: $name is neither beside this program nor where it is installed
it"
	"$dir/alone/mymem-run" --mode=preload sh -c 'echo it' >"$dir/out" 2>&1
	is "without the object that was asked for" "$?:$(cat "$dir/out")" \
		"0:mymem-run: sh: nothing can be preloaded: $name is neither beside this program nor where it is installed
it"
fi
"$dir/with blank/mymem-run" --mode=preload true >"$dir/out" 2>&1
is "a path that LD_PRELOAD cannot have" "$?" 0
like "a path that LD_PRELOAD cannot have: says so" "$(cat "$dir/out")" 'no path with blanks'
unset LD_LIBRARY_PATH

# --- which mode --------------------------------------------------------------

like "a dynamic program" "$(says true)" '^mymem-run: mode preload: the command is linked dynamically$'
like "a dynamic program: which object" "$(says true)" "^mymem-run: /.*/$name: preloaded$"
like "by its path" "$(says /bin/true)" 'mode preload: the command is linked dynamically$'
like "a static program" "$(says "$static" --limit)" 'mode (trap|mount): the command is linked statically$'
printf '#!/bin/sh\necho script\n' >"$dir/script"
printf '#! %s --limit\n' "$static" >"$dir/of-static"
printf '#!/usr/bin/env sh\necho env\n' >"$dir/env"
printf '#!%s\n' "$dir/script" >"$dir/nested"
printf 'echo plain\n' >"$dir/plain"
chmod +x "$dir/script" "$dir/of-static" "$dir/env" "$dir/nested" "$dir/plain"
for script in script env nested; do
	like "a script: $script" "$(says "$dir/$script")" 'mode preload: the command is linked dynamically$'
done
like "a script of a static program" "$(says "$dir/of-static")" 'mode (trap|mount): .* statically$'
# The size of words, the order of bytes and the processor of a header.
for at in 4:size 5:order 18:processor; do
	cp "$free" "$dir/foreign"
	printf '\003' | dd of="$dir/foreign" bs=1 seek="${at%:*}" conv=notrunc 2>"$dir/log"
	like "a program of another ${at#*:}" "$(says "$dir/foreign")" \
		'mode (trap|mount): the command is for another processor or size of words$'
done
for program in "$static" "$dir/foreign"; do
	like "asked for where nothing can be preloaded: ${program##*/}" \
		"$(says --mode=preload "$program" --limit)" \
		'will see the memory of the machine: the command is (linked statically|for another)'
done
like "a script that names no interpreter" "$(says "$dir/plain")" 'mode preload: how .* not known$'
like "no such command" "$(says no-such-command-anywhere)" 'mode preload: how .* not known$'
like "what was asked for" "$(says --mode=preload true)" 'mode preload: it was asked for$'
like "none" "$(says --mode=none true)" 'mode none: it was asked for$'
# shellcheck disable=SC2016 # for the inner shell
is "none: nothing is preloaded" "$("$tool" --mode=none sh -c 'echo "<$LD_PRELOAD>"')" "<${LD_PRELOAD-}>"
# What a shell would make of them does no harm.
count=0
for text in '' '\177ELF\n' '\177ELF\002\n' '#!\n' '#\n'; do
	# shellcheck disable=SC2059 # it is the text
	printf "$text" >"$dir/cut"
	chmod +x "$dir/cut"
	like "a file of which nothing is known, $((count = count + 1))" "$(says "$dir/cut")" \
		'mode preload: how .* not known$'
done
like "a directory" "$(says "$dir")" 'mode preload: how .* not known$'

# --- LD_PRELOAD --------------------------------------------------------------

was="$(cd "$(dirname "$object")" && pwd)/$name"
# shellcheck disable=SC2016 # for the inner shell
for list in "" libm.so.6 "libm.so.6 libdl.so.2" ":libm.so.6"; do
	is "in front of '$list'" "$(LD_PRELOAD=$list "$tool" sh -c 'echo "$LD_PRELOAD"' 2>&1)" \
		"$was${list:+:$list}"
done
# shellcheck disable=SC2016 # for the inner shell
for list in "$was" "libm.so.6:$was" "$was libm.so.6"; do
	is "it is there already: $list" \
		"$(LD_PRELOAD=$list "$tool" sh -c 'echo "$LD_PRELOAD"' 2>&1)" "$list"
done
like "it is there already: says so" "$(says "$tool" --verbose true)" 'preloaded$'
# shellcheck disable=SC2016 # for the inner shell
is "mymem-run in mymem-run" "$("$tool" "$tool" "$tool" sh -c 'echo "$LD_PRELOAD"')" "$was"

# --- what the command sees ---------------------------------------------------

# shellcheck source=groups.sh
. "$here/groups.sh"
begin modes
group "$top" 100
seen() { # COMMAND...: in the group
	# shellcheck disable=SC2016 # for the inner shell
	sh -c 'echo 0 >"$0/cgroup.procs" && exec "$@"' "$top" "$@"
}
total="MemTotal:         102400 kB"
is "the limit as the machine's memory" "$(seen "$tool" grep MemTotal /proc/meminfo)" "$total"
is "in what it starts" "$(seen "$tool" sh -c 'sh -c "cat /proc/meminfo" | grep MemTotal')" "$total"
is "in itself" "$(seen "$tool" "$tool" grep MemTotal /proc/meminfo)" "$total"
is "libmymem tells the same" "$(seen "$tool" "$free" --limit)" $((100 * MiB))
for mode in auto preload trap mount; do
	is "under the guard, mode $mode" \
		"$(seen "$tool" --guard --mode=$mode grep MemTotal /proc/meminfo)" "$total"
done
done_testing
