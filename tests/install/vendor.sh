#!/bin/sh
# SPDX-License-Identifier: MIT
#
# vendor.sh SOURCE...
#
# tools/vendor copies exactly the SOURCEs that the library is built of, and what
# they include; they compile as the copy says, with every compiler; and nothing of
# somebody else's is overwritten.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/tap.sh"
. "$here/../abi/build.sh"
need cc nm realpath sha256sum
vendor=$source/tools/vendor

# --- what is copied --------------------------------------------------------------

copy="$dir/of a friend/libmymem"
check "copy" "$vendor" "$copy" || done_testing
is "the sources are those of the library" \
	"$(cd "$copy" && find . -name '*.c' | sort)" \
	"$(realpath "$@" | sed "s|^$(realpath "$source")|.|" | sort)"
is "nothing else but" "$(cd "$copy" && find . -type f ! -path './lib/*' | sort)" \
	"$(printf './%s\n' LICENSE README.md include/mymem.h libmymem.sha256)"
none "the files are as they are here" "$(cd "$copy" &&
	find LICENSE include lib -type f ! -exec cmp -s {} "$source/{}" \; -print)"
none "nothing is to be configured" "$(grep -rn 'config\.h' "$copy")"

# --- how it is compiled ----------------------------------------------------------

# shellcheck disable=SC2016 # backquotes of Markdown
command=$(sed -n '/^```sh$/,/^```$/p' "$copy/README.md" | grep -v '^```')
like "README.md has a command" "$command" '^cc -c .*\.c$'
flags=$(printf '%s\n' "$command" | tr ' ' '\n' | grep -v '^-c$' | grep -c '^-')
check "with five flags at most" test "$flags" -gt 0 -a "$flags" -le 5
functions=$(sed -n 's/^\t\(mym_[a-z_]*\);$/\1/p' "$source/lib/libmymem.map")

# COMPILER [FLAG...]: the command, with the compiler as cc and more flags
compile() {
	rm -rf "$dir/use"
	cp -R "$copy" "$dir/use"
	(cd "$dir/use" && eval "$* ${command#cc}" 2>&1)
}

is "the headers are those that are included" \
	"$(cd "$copy" && find include lib -name '*.h' | sort)" \
	"$(compile cc -MM | tr ' ' '\n' | grep '\.h$' |
		sed ':up; s|[^/]*/\.\./||; t up' | sort -u)"
for cc in gcc clang musl-gcc; do
	if ! command -v $cc >/dev/null; then
		skip "$cc" "no $cc"
		continue
	fi
	none "$cc: it compiles without a warning" "$(compile $cc || echo "status $?")"
	none "$cc: the objects define mym_* only" \
		"$(nm --extern-only --defined-only "$dir"/use/*.o |
			awk 'NF == 3 && $3 !~ /^mym_/')"
	is "$cc: a program runs" "$($cc -I"$dir/use/include" "$here/../abi/user.c" \
		"$dir"/use/*.o -o "$dir/user" && "$dir/user" "$fixture")" "$answer
version $version"
	# In a library: the functions of the header, and nothing of the inside.
	compile $cc -fPIC >/dev/null
	is "$cc: a library exports the functions only" "$(
		$cc -shared "$dir"/use/*.o -o "$dir/friend.so" &&
			nm --dynamic --defined-only "$dir/friend.so" |
			awk '$3 !~ /^_(init|fini)$/ { print $3 }' | sort)" "$functions"
done

# --- whose files are there -------------------------------------------------------

state() {
	(cd "$1" && find . -type l -print -o -type f -exec sha256sum {} + | sort -k 2)
}

# NAME PATTERN DIRECTORY: vendor says why not, and changes nothing.
refuses() {
	before=$(state "$3")
	said=$("$vendor" "$3" 2>&1)
	is "$1: refused" $? 1
	like "$1: why" "$said" "$2"
	is "$1: nothing was changed" "$(state "$3")" "$before"
}

before=$(state "$copy")
check "copy again" "$vendor" "$copy"
is "it is the same" "$(state "$copy")" "$before"

echo 'all:' >"$copy/lib/Makefile"
mkdir "$copy/patches"
# As if an older version had had it, alone in a folder.
mkdir "$copy/lib/old"
echo old >"$copy/lib/old/old.c"
(cd "$copy" && sha256sum lib/old/old.c >>libmymem.sha256)
check "copy over an older version" "$vendor" "$copy"
is "what is no longer needed is gone, the friend's is left" \
	"$(state "$copy" | grep -v ' \./libmymem\.sha256$'; ls "$copy")" \
	"$({ printf '%s\n' "$before"
		(cd "$copy" && sha256sum ./lib/Makefile); } | sort -k 2 |
		grep -v ' \./libmymem\.sha256$'
		printf '%s\n' LICENSE README.md include lib libmymem.sha256 patches)"
check "the folder of the old file is gone" test ! -e "$copy/lib/old"

echo '/* ours */' >>"$copy/lib/base/root.c"
refuses "a changed file" 'root\.c' "$copy"
rm "$copy/lib/base/root.c"
refuses "a removed file" 'root\.c' "$copy"
cp "$source/lib/base/root.c" "$copy/lib/base"
mv "$copy/libmymem.sha256" "$dir"
refuses "files that vendor did not copy" "$copy/.* exists" "$copy"
(cd "$copy" && sha256sum ../libmymem/LICENSE >libmymem.sha256)
refuses "a list of files elsewhere" 'libmymem\.sha256' "$copy"

mkdir "$dir/link" "$dir/file"
ln -s /nowhere "$dir/link/README.md"
refuses "a link to nowhere" "README\.md" "$dir/link"
echo mine >"$dir/file/lib"
refuses "a file instead of a folder" "$dir/file/lib" "$dir/file"

"$vendor" >/dev/null 2>&1
is "no directory: usage" $? 2
"$vendor" --help >/dev/null 2>&1
is "an option: usage" $? 2
"$vendor" "$dir/file/lib" >/dev/null 2>&1
is "a file instead of a directory" $? 1

# --- another list ----------------------------------------------------------------

# What the next lib/meson.build may look like.
tree=$dir/tree
mkdir -p "$tree/lib/below" "$tree/tools"
cp -R "$source/LICENSE" "$source/include" "$tree"
cp "$vendor" "$tree/tools"
touch "$tree/lib/a.c" "$tree/lib/b.c" "$tree/lib/other.c" "$tree/lib/below/c.c" \
	"$tree/lib/below/c.h"
echo "core_sources = files('a.c', 'b.c')
other = files('other.c')" >"$tree/lib/meson.build"
echo "core_sources += files(
  # 'old.c'
  'c.c',
)" >"$tree/lib/below/meson.build"
check "copy what is listed in folders" "$tree/tools/vendor" "$dir/folders"
is "just that" "$(cd "$dir/folders/lib" && find . -type f | sort)" \
	"$(printf './%s\n' a.c b.c below/c.c below/c.h)"
refuses "the project's own directory" "$tree/LICENSE exists" "$tree"
like "the command has the folders" "$(cat "$dir/folders/README.md")" \
	'^cc -c .* lib/\*\.c lib/below/\*\.c$'
rm "$tree/lib/b.c"
"$tree/tools/vendor" "$dir/stale" >/dev/null 2>&1
is "a list that is out of date: refused" $? 1
check "and nothing is there" test ! -e "$dir/stale"
done_testing
