#!/bin/sh
# SPDX-License-Identifier: MIT
#
# debian.sh RELEASE
#
# The Debian packages: built in a new tree of that release, then installed in
# another, by those who have nothing else of the project.  With ALL_TESTS, the
# build runs the tests of the source, which others run on that release too.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/tap.sh"
. "$here/../abi/build.sh"

[ $# -eq 1 ] || bail_out "usage: $0 RELEASE"
release=$1
options=nocheck
[ -z "${ALL_TESTS-}" ] || options=''
root=$dir/$release
enter=$here/../debian/enter

"$here/../debian/root" "$release" "$root" >"$dir/log" 2>&1
case $? in
0) ;;
77) skip_all "$(tail -n 1 "$dir/log")" ;;
*)
	fail "a new tree of $release" "$(cat "$dir/log")"
	done_testing
	;;
esac
like "debian/changelog has this version" "$(head -n 1 "$source/debian/changelog")" \
	"^libmymem \(${version}[~-]"
check "the tree knows the packages" "$enter" "$root" apt-get -q update ||
	done_testing

mkdir "$dir/shown"
"$here/../debian/copy" "$dir/shown/source" || bail_out "cannot copy the source"

mkfifo "$dir/results" || bail_out "no $dir/results"

# SCRIPT [ARGUMENT...]: runs in the tree; its results are ours.
inside() {
	script=$1
	shift
	echo "# $release: $script"
	"$enter" -t -b "$dir/shown" "$root" "/mnt/source/tests/packages/$script" \
		"$@" >"$dir/results" 2>&1 &
	while IFS= read -r line; do
		case $line in
		'ok '*' - '*) pass "${line#* - }" ;;
		'not ok '*' - '*) fail "${line#* - }" ;;
		1..*) ;;
		*) echo "# ${line#\# }" ;;
		esac
	done <"$dir/results"
	wait $! || fail "$script ended well"
}

inside debian-build "$options"
inside debian-use
inside debian-autopkgtest
done_testing
