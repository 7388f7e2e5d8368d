#!/bin/sh
# SPDX-License-Identifier: MIT
#
# lint.sh ROOT - mandoc has nothing to say about the pages.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../support/tap.sh
. "$here/../support/tap.sh"
cd "${1?usage: lint.sh ROOT}" || exit 1

if ! command -v mandoc >/dev/null; then
	[ -z "${CI-}" ] || bail_out "mandoc is not installed"
	skip_all "mandoc is not installed"
fi

for page in docs/*.[1-9]; do
	[ -e "$page" ] || bail_out "no pages"
	none "$page" "$(mandoc -T lint -W warning "$page" 2>&1)"
	# The style of pages, but not which other pages this machine has.
	none "$page, style" "$(mandoc -T lint -W style "$page" 2>&1 |
		grep -v -e 'referenced manual not found' -e 'outdated mandoc.db')"
done
# Lint must be able to find something.
bad=$(printf '.Dd November 21, 2026\n.Dt BAD 3\n.Os\n.Sh NAME\n.Ed\n' |
	mandoc -T lint -W warning 2>&1)
[ -n "$bad" ] && bad='' || bad='a broken page passed'
none "a broken page is found" "$bad"
done_testing
