#!/bin/sh
# SPDX-License-Identifier: MIT
# Usage: corpus.sh FUZZER FIXTURES
# Feeds a fuzzer with all files of the fixtures, then with what it makes of them.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/tap.sh
. "$here/../support/tap.sh"
fuzzer=$(realpath "$1")

mkdir "$dir/corpus"
# The same file stands in many fixtures.
find "$2" -type f \( -path '*/proc/*' -o -path '*/sys/*' \) -size -64k \
	-exec sha1sum {} + | sort -u -k1,1 | while read -r sum file; do
	cp "$file" "$dir/corpus/$sum"
done
files=$(find "$dir/corpus" -type f | wc -l)
echo "# $files files"
[ "$files" -ge 300 ] || bail_out "too few files"
cd "$dir" || bail_out "no $dir" # where a crash is written
check "no crash" "$fuzzer" -runs="${FUZZ_RUNS:-40000}" -seed=1 -max_len=8192 \
	-rss_limit_mb=2048 corpus && tail -n 1 tap.log | sed 's/^/# /'
done_testing
