# shellcheck shell=sh
# SPDX-License-Identifier: MIT
#
# ask.sh - for guest/test-*: TAP, and what mymem-free says.
# shellcheck disable=SC2034 # they use the variables

MiB=1048576
groups=/sys/fs/cgroup
# shellcheck source=../../support/tap.sh
. /test/tap.sh

# shellcheck source=../../support/json.sh
. /test/json.sh

# ask COMMAND...: what mymem-free --json says when COMMAND runs it.
ask() {
	json=$("$@" /test/mymem-free --json | compact)
}

# The limit, the kind of rule it comes from, where that is, and the flags.
answer() {
	echo "$(get limit) $(get limit_by.kind) $(get limit_by.path) [$(flags)]"
}

within() { # GROUP COMMAND...: runs it in a control group
	# shellcheck disable=SC2016 # for the inner shell
	sh -c 'echo 0 >"$0/cgroup.procs" && exec "$@"' "$@"
}

meminfo() { # KEY: in bytes
	echo $(($(awk -v key="$1:" '$1 == key { print $2 }' /proc/meminfo) * 1024))
}

total=$(meminfo MemTotal)
