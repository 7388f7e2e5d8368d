#!/bin/sh
# SPDX-License-Identifier: MIT
#
# release.sh
#
# docs/releasing.md gives a version its date, and tools/release makes the same
# archive of that commit for everybody, with what it takes to build.  With ALL_TESTS
# the tool also tests it.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/tap.sh"
. "$here/../abi/build.sh"
need git xz sha256sum python3

# What is here, as one commit, and a clone of somebody who has git do this and that.
one=$dir/one
two="$dir/two/of another name"
"$here/../debian/copy" "$one" || bail_out "cannot copy the source"
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL="$dir/gitconfig" HOME="$dir"
cat >"$dir/gitconfig" <<END
[user]
	name = Test
	email = test@localhost
END

# COMMAND...: as git, in the first of them
in_one() {
	git -C "$one" "$@" >"$dir/log" 2>&1 || bail_out "git $*: $(cat "$dir/log")"
}
# MESSAGE
commit() {
	in_one add -A -f
	in_one commit -m "$1"
}
versions() {
	PYTHONPATH=$source/tests/support python3 -B "$source/tests/docs/versions.py" "$one"
}

# As it was before its release, whenever this is run.
sed -i "s/^## $version, .*/## $version, unreleased/" "$one/NEWS.md"
sed -i "1s/(.*;/($version~dev-0upstream1) UNRELEASED;/" "$one/debian/changelog"
sed -i 's/^\.Dd .*/.Dd January 2, 2003/' "$one"/docs/*.[1-8]
in_one init
commit 'What is here'
check "versions are in step" versions

echo '* text eol=crlf' >"$dir/attributes"

# DIRECTORY OPTION...: in this environment, another than that of make_two
make_one() {
	(umask 022 && TZ=XXX+12 "$one/tools/release" "$@" 2>&1)
}
make_two() {
	(umask 077 && GIT_CONFIG_GLOBAL=$dir/other LC_ALL=C.UTF-8 TZ=YYY-14 \
		XZ_OPT=-9 "$two/tools/release" "$@" 2>&1)
}
cat >"$dir/other" <<END
[core]
	autocrlf = true
	attributesFile = $dir/attributes
[tar]
	umask = 0
END

# --- what it refuses -------------------------------------------------------------

# NAME PATTERN: the tool refuses, and says so.
refuses() {
	output=$(make_one --no-tests "$dir/a") && fail "$1: it refuses" "$output"
	like "$1: it says why" "$output" "$2"
	none "$1: there is no archive" "$(find "$dir/a" -type f)"
}

echo >>"$one/README.md"
refuses "a change that is in no commit" 'commit your changes first'
in_one checkout README.md
in_one tag "v$version"
refuses "a tag without a date" "unreleased, and there is v$version"
in_one tag -d "v$version"

# shellcheck disable=SC2016 # backquotes of Markdown
block=$(sed -n '/^```sh$/,/^```$/p' "$source/docs/releasing.md" | grep -v '^```')
like "docs/releasing.md has a block" "$block" '^sed -i '
check "it runs" sh -euc "cd '$one'; $block"
like "NEWS.md has a date" "$(cat "$one/NEWS.md")" "^## $version, 20..-..-..\$"
check "versions are in step, with the date" versions
git -C "$one" diff --numstat >"$dir/log"
is "files that it changes" "$(awk '{ print $3 }' "$dir/log")" \
	"$(cd "$one" && ls NEWS.md debian/changelog docs/*.[1-8])"
none "but for one line, or the first and last of an entry" \
	"$(awk '$1 > 1 + ($3 ~ /changelog/) || $1 != $2' "$dir/log")"
in_one checkout docs/mym_open.3
versions >"$dir/log" && fail "a page of another date is seen"
like "the page of another date" "$(cat "$dir/log")" '^not ok .*mym_open\.3'
check "it runs again" sh -euc "cd '$one'; $block"
commit "Release $version"
in_one tag v0.0.1
refuses "another tag" "this is $version, and not v0.0.1"
in_one tag -d v0.0.1
in_one tag "v$version"

# --- what it makes ---------------------------------------------------------------

# Only the commit matters, not which of its files are there.
git clone -q --shared --sparse "$one" "$two" || bail_out "cannot clone"
git -C "$two" sparse-checkout set tools || bail_out "no tools"
name=libmymem-$version
option=--no-tests
[ -z "${ALL_TESTS-}" ] || option=''
# shellcheck disable=SC2086 # one or none
check "an archive is made" make_one $option "$dir/a" || done_testing
check "and by somebody else" make_two --no-tests "$dir/b" || done_testing
check "the same bytes" cmp "$dir/a/$name.tar.xz" "$dir/b/$name.tar.xz"
is "it makes nothing else" "$(ls "$dir/a")" "$name.tar.xz"
none "nothing is left in the repository" "$(git -C "$one" status --porcelain)"

mkdir "$dir/unpacked"
tar -C "$dir/unpacked" -xf "$dir/a/$name.tar.xz" || bail_out "cannot unpack"
is "one directory is in it" "$(ls "$dir/unpacked")" "$name"
none "all files are in it, as they are" \
	"$(diff -r --no-dereference --exclude=.git "$one" "$dir/unpacked/$name")"
programs() {
	(cd "$1" && find . -name .git -prune -o -type f -perm -u+x -print | sort)
}
is "those may be run that may be run here" "$(programs "$dir/unpacked/$name")" \
	"$(programs "$one")"
is "it says of which commit it is" \
	"$(xz -dc "$dir/a/$name.tar.xz" | git get-tar-commit-id)" \
	"$(git -C "$one" rev-parse HEAD)"
is "owners and rights are nobody's" "$(tar -tvf "$dir/a/$name.tar.xz" |
	awk '{ print $1, $2 }' | sed 's/^l.* /link /' | sort -u | grep -v '^link')" \
	"$(printf '%s root/root\n' -rw-r--r-- -rwxr-xr-x drwxr-xr-x)"
source=$dir/unpacked/$name
configure "$dir/build" -Dlibmount=disabled -Ddocs=false -Ddefault_library=static
build "$dir/build"
is "what is in it runs" "$("$dir/build/mymem-free/mymem-free" -b --sysroot \
	"$source/tests/fixtures/${fixture##*/}" |
	awk '$1 == "Mem:" { print "limit", $2; print "available", $7 }')" "$answer"
done_testing
