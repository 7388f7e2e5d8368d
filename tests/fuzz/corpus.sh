#!/bin/sh
# SPDX-License-Identifier: MIT
# Usage: corpus.sh FUZZER FIXTURES
# Each target gets what the fixtures and the corpus have for it, then some of what
# the fuzzer makes of that: about half a minute of one processor in all.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../support/tap.sh
. "$here/../support/tap.sh"
fuzzer=$(realpath "$1")

"$here/seeds.py" "$fuzzer" "$2" "$dir/seeds" || bail_out "no seeds"
seeds=$(find "$dir/seeds" -type f | wc -l)
echo "# $seeds files of the fixtures"
[ "$seeds" -ge 1500 ] || bail_out "too few files"
cd "$dir" || bail_out "no $dir" # where a crash is written
for target in $("$fuzzer" --target=list | cut -d' ' -f1); do
	runs=10000
	case $target in
	tree) runs=3000 ;;
	denied) runs=400 ;;
	esac
	mkdir -p new
	set -- new "seeds/$target"
	[ ! -d "$here/corpus/$target" ] || set -- "$@" "$here/corpus/$target"
	check "$target" "$fuzzer" "--target=$target" "-runs=${FUZZ_RUNS:-$runs}" \
		-seed=1 -max_len=8192 -rss_limit_mb=2048 -timeout=60 -verbosity=0 \
		"-dict=$here/words.dict" "$@"
	rm -r new
done
done_testing
