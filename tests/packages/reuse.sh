#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Every file says whose it is, and under which license it may be used.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/tap.sh"
. "$here/../abi/build.sh"

command -v reuse >/dev/null || skip_all "reuse is not installed"

"$here/../debian/copy" "$dir/source" || bail_out "cannot copy the source"
check "reuse lint has nothing to say" reuse --root "$dir/source" lint
none "it can read every file" "$(grep -F ERROR "$dir/tap.log")"
echo 'A text of nobody.' >"$dir/source/tests/nobody"
rm "$dir/source/.reuse/dep5"
if reuse --root "$dir/source" lint >"$dir/log" 2>&1; then
	fail "it sees a file that says nothing" "$(tail "$dir/log")"
else
	like "it sees a file that says nothing" "$(cat "$dir/log")" tests/nobody
fi
done_testing
