#!/bin/sh
# SPDX-License-Identifier: MIT
# Usage: corpus.sh FUZZER FIXTURES
# Feeds a fuzzer with all files of the fixtures, then with what it makes of them.
set -u
fuzzer=$(realpath "$1")
work=$(mktemp -d /tmp/mymem-test-XXXXXX) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/corpus"
# The same file stands in many fixtures.
find "$2" -type f \( -path '*/proc/*' -o -path '*/sys/*' \) -size -64k \
	-exec sha1sum {} + | sort -u -k1,1 | while read -r sum file; do
	cp "$file" "$work/corpus/$sum"
done
files=$(find "$work/corpus" -type f | wc -l)
echo "1..1"
echo "# $files files"
if [ "$files" -ge 300 ] && (cd "$work" &&
	"$fuzzer" -runs="${FUZZ_RUNS:-40000}" -seed=1 -max_len=8192 -rss_limit_mb=2048 corpus \
		>"$work/log" 2>&1); then
	tail -n 1 "$work/log" | sed 's/^/# /'
	echo "ok 1 - no crash"
else
	tail -n 60 "$work/log" | sed 's/^/# /'
	echo "not ok 1 - no crash"
	exit 1
fi
