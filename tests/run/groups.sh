# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154 # theirs who source this
#
# groups.sh - for tests of mymem-run, $tool, in control groups of their own; to be
# sourced after tap.sh.
MiB=1048576

# NAME: $top will be the group of all groups, $version that of the memory controller,
# $limit the file of a limit.
begin() {
	[ "$(id -u)" -eq 0 ] || skip_all "needs root"
	mount=/sys/fs/cgroup/memory limit=memory.limit_in_bytes version=1
	if [ ! -e $mount/$limit ]; then
		mount=/sys/fs/cgroup limit=memory.max version=2
		grep -qw memory $mount/cgroup.controllers 2>/dev/null ||
			skip_all "needs a memory control group"
		echo +memory >$mount/cgroup.subtree_control 2>/dev/null
		grep -qw memory $mount/cgroup.subtree_control ||
			skip_all "groups below this one have no memory controller"
	fi
	top=$mount/mymem-$1-$$
}

# shellcheck disable=SC2317,SC2329 # the trap calls it
clean_up() {
	for group in "$top"/*/* "$top"/* "$top"; do
		[ -d "$group" ] || continue
		while read -r pid; do
			kill -9 "$pid" 2>/dev/null
		done <"$group/cgroup.procs"
		tries=0
		until rmdir "$group" 2>/dev/null || [ "$tries" -eq 50 ]; do
			tries=$((tries + 1))
			sleep 0.1
		done
	done
}
details() {
	cat "$dir/err"
}

# PATH [MiB]: a group, with a limit
group() {
	mkdir "$1" 2>/dev/null || skip_all "no group can be made here"
	[ "$version" = 1 ] || [ -z "${3-}" ] || echo +memory >"$1/cgroup.subtree_control"
	[ -z "${2-}" ] || echo $(($2 * MiB)) >"$1/$limit" || bail_out "no limit"
}
# GROUP COMMAND: runs mymem-run $options there, for a shell of any linkage; $status, $dir/err, $dir/report
within() {
	rm -f "$dir/report"
	# shellcheck disable=SC2016,SC2086 # for the inner shell; words
	$without sh -c 'echo 0 >"$0/cgroup.procs" && exec "$@"' "$1" "$tool" --mode=none \
		$options --report "$dir/report" sh -c "$2" >"$dir/out" 2>"$dir/err"
	status=$?
	[ ! -e "$dir/report" ] || cp "$dir/report" "$dir/report.$((reports = reports + 1)).json"
}
reports=0 without='' options=''
member() { # NAME: of the report
	sed -n "s/.*\"$1\":\"\{0,1\}\([^,\"}]*\).*/\1/p" "$dir/report" | head -n 1
}
