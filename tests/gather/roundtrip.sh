#!/bin/sh
# SPDX-License-Identifier: MIT
# Usage: roundtrip.sh GATHER SHOW FIXTURES
# A captured machine must give the same answers as the machine.
set -u
gather=$1 show=$2 fixtures=$3
work=$(mktemp -d /tmp/mymem-test-XXXXXX) || exit 1
trap 'rm -rf "$work"' EXIT
count=0
failed=0

result() {
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		failed=1
	fi
}

# capture SYSROOT [OPTION]: into $work/copy
capture() {
	rm -rf "$work/copy"
	sh "$gather" ${2:+"$2"} --root "$1" > "$work/script" &&
		sh "$work/script" "$work/copy"
}

same() {
	diff -u "$1" "$2" | sed 's/^/# /'
	cmp -s "$1" "$2"
}

for dir in "$fixtures"/*/; do
	dir=${dir%/}
	[ -f "$dir/expect" ] || continue
	# No kernel prints empty and "." components, which the name is about.
	[ "${dir##*/}" = path-slashes-and-dots ] && continue
	capture "$dir" --keep-names && "$show" "$work/copy" > "$work/got" &&
		same "$dir/expect" "$work/got"
	result $? "${dir##*/}"
done

# Names are replaced, numbers stay.  The paths of groups come last in a line.
numbers() {
	sed -e 's/ path=.*//' -e 's/ by \([a-z-]*\) .*/ by \1/' \
		-e 's/^\(cgroup [0-9]\) .*/\1/' "$1"
}
for name in v1-docker-host-ns v2-k8s-limit-on-pod v2-own-and-parent-mounts \
	hybrid-memory-on-v1 mountinfo-octal-escapes deleted-is-the-name; do
	dir=$fixtures/$name
	capture "$dir" && "$show" "$work/copy" > "$work/got" &&
		numbers "$dir/expect" > "$work/expected-numbers" &&
		numbers "$work/got" > "$work/got-numbers" &&
		same "$work/expected-numbers" "$work/got-numbers"
	result $? "$name with names replaced"
done
secret=$(sed -n 's,.*0::.*/,,p' "$fixtures/v2-k8s-limit-on-pod/proc/self/cgroup")
capture "$fixtures/v2-k8s-limit-on-pod"
[ ${#secret} -gt 8 ] && ! grep -rqF -- "$secret" "$work/script" "$work/copy"
result $? "names are gone"

# This machine: nothing is held still, so the limit and the shape only.
shape() {
	sed -n -e 's/^\(limit [0-9]* by [a-z-]*\).*/\1/p' -e '/^flags/p' \
		-e 's/^\(constraint [a-z-]* limit=[a-z0-9]*\).*/\1/p' "$1"
}
capture "" --keep-names && "$show" "$work/copy" | shape /dev/stdin > "$work/a" &&
	"$show" | shape /dev/stdin > "$work/b" && [ -s "$work/a" ] &&
	same "$work/b" "$work/a"
result $? "this machine"

echo "1..$count"
exit $failed
