#!/bin/sh
# SPDX-License-Identifier: MIT
#
# lint.sh ROOT - mandoc has nothing to say about the pages.
set -u
cd "${1?usage: lint.sh ROOT}" || exit 1

if ! command -v mandoc >/dev/null; then
	if [ -n "${CI-}" ]; then
		echo "1..1"
		echo "not ok 1 - mandoc is not installed"
		exit 1
	fi
	echo "1..0 # SKIP mandoc is not installed"
	exit 0
fi

count=0 failed=0
result() {
	count=$((count + 1))
	if [ -z "$2" ]; then
		echo "ok $count - $1"
	else
		failed=$((failed + 1))
		echo "not ok $count - $1"
		printf '%s\n' "$2" | sed 's/^/# /'
	fi
}

for page in docs/*.[1-9]; do
	[ -e "$page" ] || continue
	result "$page" "$(mandoc -T lint -W warning "$page" 2>&1)"
	# The style of pages, but not which other pages this machine has.
	result "$page, style" "$(mandoc -T lint -W style "$page" 2>&1 |
		grep -v -e 'referenced manual not found' -e 'outdated mandoc.db')"
done
# Lint must be able to find something.
bad=$(printf '.Dd November 21, 2026\n.Dt BAD 3\n.Os\n.Sh NAME\n.Ed\n' |
	mandoc -T lint -W warning 2>&1)
[ -n "$bad" ] && bad='' || bad='a broken page passed'
result "a broken page is found" "$bad"

echo "1..$count"
[ "$failed" -eq 0 ] && [ "$count" -gt 1 ]
