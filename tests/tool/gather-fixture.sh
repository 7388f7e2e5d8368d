#!/bin/sh
# SPDX-License-Identifier: MIT
# Usage: gather-fixture.sh GATHER SHOW FIXTURES
# A captured machine must give the same answers as the machine.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../support/tap.sh
. "$here/../support/tap.sh"
gather=$1 show=$2 fixtures=$3
work=$dir

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

for machine in "$fixtures"/*/; do
	machine=${machine%/}
	[ -f "$machine/expect" ] || continue
	# No kernel prints empty and "." components, which the name is about.
	[ "${machine##*/}" = path-slashes-and-dots ] && continue
	capture "$machine" --keep-names && "$show" "$work/copy" > "$work/got" &&
		same "$machine/expect" "$work/got"
	result "${machine##*/}" $?
done

# Names are replaced, numbers stay.  The paths of groups come last in a line.
numbers() {
	sed -e 's/ path=.*//' -e 's/ by \([a-z-]*\) .*/ by \1/' \
		-e 's/^\(cgroup [0-9]\) .*/\1/' "$1"
}
for name in v1-docker-host-ns v2-k8s-limit-on-pod v2-own-and-parent-mounts \
	hybrid-memory-on-v1 mountinfo-octal-escapes deleted-is-the-name; do
	machine=$fixtures/$name
	capture "$machine" && "$show" "$work/copy" > "$work/got" &&
		numbers "$machine/expect" > "$work/expected-numbers" &&
		numbers "$work/got" > "$work/got-numbers" &&
		same "$work/expected-numbers" "$work/got-numbers"
	result "$name with names replaced" $?
done
secret=$(sed -n 's,.*0::.*/,,p' "$fixtures/v2-k8s-limit-on-pod/proc/self/cgroup")
capture "$fixtures/v2-k8s-limit-on-pod"
[ ${#secret} -gt 8 ] && ! grep -rqF -- "$secret" "$work/script" "$work/copy"
result "names are gone" $?

# What rules read that few machines have.
write() { # FILE CONTENT
	mkdir -p "$work/machine${1%/*}"
	printf '%s\n' "$2" > "$work/machine$1"
}
group=/sys/fs/cgroup/unified/app
write /proc/self/cgroup '4:memory:/app
0::/app'
write /proc/self/mountinfo '1 0 0:1 / /sys/fs/cgroup/memory rw - cgroup none rw,memory
2 0 0:2 / /sys/fs/cgroup/unified rw - cgroup2 none rw,memory_recursiveprot'
write /sys/fs/cgroup/memory/app/memory.swappiness 0
write /proc/self/personality 00000008
write /proc/self/limits 'Max locked memory         65536                65536                bytes     '
write /proc/self/status 'VmLck:	      64 kB'
write /proc/sys/kernel/osrelease 6.12.1
write /proc/sys/vm/swappiness 0
write /proc/sys/vm/vfs_cache_pressure 0
write /proc/net/sockstat 'sockets: used 30000'
write /sys/module/zswap/parameters/enabled Y
write /sys/module/kernel/parameters/ignore_rlimit_data N
write /sys/kernel/mm/lru_gen/enabled 0x0007
write /sys/kernel/mm/lru_gen/min_ttl_ms 1000
write $group/memory.min 1048576
write $group/memory.swap.high 2097152
write $group/memory.zswap.max 0
write $group/memory.zswap.current 0
write $group/memory.zswap.writeback 0
# And what only mymem-free tells.
write /proc/cgroups 'memory	0	1	0'
write /proc/vmstat 'oom_kill 3'
for file in min_free_kbytes watermark_scale_factor dirtytime_expire_seconds; do
	write /proc/sys/vm/$file 7
done
for file in soft_limit_in_bytes kmem.usage_in_bytes failcnt max_usage_in_bytes \
	memsw.max_usage_in_bytes; do
	write /sys/fs/cgroup/memory/app/memory.$file 8
done
for file in low oom.group peak events.local; do
	write $group/memory.$file 9
done
all_copied() {
	(cd "$work/machine" && find . -type f) > "$work/files"
	[ "$(wc -l < "$work/files")" -eq 33 ] || return
	while read -r file; do
		same "$work/machine/$file" "$work/copy/$file" || return
	done < "$work/files"
}
capture "$work/machine" --keep-names && all_copied
result "what few machines have" $?

write /proc/self/numa_maps '7f01 default file=/home/someone/secret mapped=1
7f02 bind:0 stack anon=1'
write /proc/swaps 'Filename Type Size Used Priority
/dev/zram0 partition 1024 0 100
/home/someone/secret file 1024 0 -2'
capture "$work/machine" &&
	printf '%s\n' '7f02 bind:0 stack' > "$work/expected" &&
	same "$work/expected" "$work/copy/proc/self/numa_maps" &&
	printf '%s\n' 'Filename Type Size Used Priority' \
		'/dev/zram0 partition 1024 0 100' '/swapfile file 1024 0 -2' \
		> "$work/expected" &&
	same "$work/expected" "$work/copy/proc/swaps" &&
	! grep -q someone "$work/script"
result "policies and swaps, without the names of files" $?

# This machine: nothing is held still, so the limit and the shape only.
shape() {
	sed -n -e 's/^\(limit [0-9]* by [a-z-]*\).*/\1/p' -e '/^flags/p' \
		-e 's/^\(constraint [a-z-]* limit=[a-z0-9]*\).*/\1/p' "$1"
}
capture "" --keep-names && "$show" "$work/copy" | shape /dev/stdin > "$work/a" &&
	"$show" | shape /dev/stdin > "$work/b" && [ -s "$work/a" ] &&
	same "$work/b" "$work/a"
result "this machine" $?

done_testing
