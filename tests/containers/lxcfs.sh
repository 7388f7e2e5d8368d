#!/bin/sh
# SPDX-License-Identifier: MIT
#
# lxcfs.sh MYMEM-FREE - a container as LXD makes it: lxcfs shows the limit of its
# group, of cgroup v1 or v2, as the machine's memory.  With the group visible and
# hidden, and with lxcfs killed under it.  Installs lxcfs only where CI is set: it
# stays on the machine.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../support/tap.sh disable=SC2154 # it sets $dir
. "$here/../support/tap.sh"
tool=$1

[ "$(id -u)" -eq 0 ] || skip_all "needs root"
[ -c /dev/fuse ] || skip_all "needs /dev/fuse"
groups=/sys/fs/cgroup/memory limit=memory.limit_in_bytes
if [ ! -e "$groups/$limit" ]; then
	groups=/sys/fs/cgroup limit=memory.max
	grep -qw memory "$groups/cgroup.subtree_control" 2>/dev/null ||
		skip_all "needs a memory control group"
fi
if [ -n "${CI-}" ]; then
	"$here/../../tools/install" lxcfs >"$dir/log" 2>&1 || bail_out "$(cat "$dir/log")"
fi
command -v lxcfs >/dev/null || skip_all "needs lxcfs"

group=$groups/mymem-test-lxcfs-$$
lxcfs=''
# shellcheck disable=SC2317,SC2329 # the trap calls it
clean_up() {
	[ -z "$lxcfs" ] || kill -9 "$lxcfs" 2>/dev/null
	umount -l "$dir/lx" 2>/dev/null
	rmdir "$group" 2>/dev/null
}
mkdir "$group" "$dir/lx" 2>"$dir/log" || skip_all "no group can be made here"
echo 200M >"$group/$limit" || bail_out "no limit"

lxcfs -p "$dir/pid" "$dir/lx" >"$dir/lxcfs.log" 2>&1 &
lxcfs=$!
tries=0
until [ -e "$dir/lx/proc/meminfo" ]; do
	tries=$((tries + 1))
	[ $tries -lt 100 ] || skip_all "lxcfs does not start: $(tail -n 1 "$dir/lxcfs.log")"
	sleep 0.1
done

# SETUP: in the group, with mounts of its own and 100 MiB of tmpfs; what the tool
# says then.
contained() {
	# shellcheck disable=SC2016 # for the inner shell
	sh -c 'echo $$ >"$1/cgroup.procs" && shift && exec unshare -m sh -c "$@"' \
		sh "$group" '
		mount --bind "$1/lx/proc/meminfo" /proc/meminfo
		mkdir -p "$1/tmpfs" && mount -t tmpfs none "$1/tmpfs" &&
			head -c 104857600 /dev/zero >"$1/tmpfs/file" &&
			eval "$2" && exec "$3" --json' \
		sh "$dir" "$1" "$tool" 2>&1
}
# NAME of a number; or of the kind that gives one.
number() { echo "$json" | sed -n "1,/\"constraints\"/s/.*\"$1\":\([0-9]*\).*/\1/p" | head -n 1; }
between() { # NAME NUMBER LOW HIGH, in MiB
	if [ -n "$2" ] && [ "$2" -ge $(($3 << 20)) ] && [ "$2" -le $(($4 << 20)) ]; then
		pass "$1"
	else
		fail "$1" "$2, not $3 to $4 MiB" "$json"
	fi
}

json=$(contained :)
is "the group is seen: its limit" "$(number limit)" 209715200
between "tmpfs is used up" "$(number available)" 80 100
like "the file is not the kernel's" "$json" '"flags":\[[^]]*"virtual"'

json=$(contained "mount -t tmpfs none $groups")
is "the group is hidden: lxcfs shows its limit" "$(number limit)" 209715200
between "tmpfs is used up there, too" "$(number available)" 80 100
like "no group is found" "$json" '"flags":\[[^]]*"no-cgroup"'
like "and the file is not the kernel's" "$json" '"flags":\[[^]]*"virtual"'

# Dead, the file gives ENOTCONN for ever.
json=$(contained "kill -9 $lxcfs; sleep 0.3")
is "lxcfs is killed: the limit is the group's" "$(number limit)" 209715200
between "and so is what is left" "$(number available)" 80 100
none "nothing claims to be the machine" "$(echo "$json" | grep '"virtual"')"
done_testing
