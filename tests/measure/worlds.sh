# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# worlds.sh - to be sourced by oracle/run and warning/run, with $here set: what
# is measured in one world after another.  "here" is this machine's kernel, and
# "docker" a container on it; the others are those of tests/vm.
set -u

bail_out() {
	echo "Bail out! $*"
	exit 1
}

clean_up() { # a script may have more
	:
}

# NAME CACHE WORLD...: has their kernels, BUILD/NAME for the results ($out), and
# a directory that is removed at the end ($work).
# shellcheck disable=SC2154 # $build and $here are theirs who source it
prepare() {
	out=$build/$1 cache=$2
	shift 2
	machines='' roots=''
	for world; do
		case $world in
		here | docker) roots=1 ;;
		*) machines="$machines $world" ;;
		esac
	done
	if [ -n "$roots" ] && [ "$(id -u)" -ne 0 ]; then
		echo "1..0 # SKIP needs root to make control groups"
		exit 0
	fi
	# shellcheck disable=SC2086 # words
	[ -z "$machines" ] || "$here/../../vm/fetch" "$cache" $machines >&2 ||
		bail_out "no kernels"
	mkdir -p "$out" || bail_out "cannot make $out"
	work=$(mktemp -d "$out/test.XXXXXX") || bail_out "cannot write to $out"
	mkdir "$work/test" || bail_out "cannot write to $out"
	trap 'trap "" HUP INT TERM; clean_up; rm -rf "$work"' EXIT
	trap 'exit 1' HUP INT TERM
}

# WORLD...: what once() prints of each, ROUNDS times, and what judge.py says of
# all.  A kernel that ends early has left out situations: that is no success.
measure() {
	status=0
	for world; do
		: >"$out/$world.json"
		round=0
		while [ $round -lt "${ROUNDS-1}" ]; do
			once "$world" >"$work/round" || status=1
			cat "$work/round" >>"$out/$world.json"
			round=$((round + 1))
		done
	done
	for world; do
		shift
		set -- "$@" "$out/$world.json"
	done
	python3 -B "$here/judge.py" "$@" || status=1
	[ $status -eq 0 ] || echo "# not all is well"
	exit $status
}
