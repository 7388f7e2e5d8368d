#!/bin/sh
# SPDX-License-Identifier: MIT
#
# docker.sh MYMEM_FREE_STATIC BUSYBOX
#
# mymem-free in real containers: does it say what Docker was told?  TAP on
# standard output.  Both programs must be static: the image holds nothing else.
# Needs root; starts an engine of its own where none answers.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=docker-lib.sh
. "$here/docker-lib.sh"
# shellcheck source=../support/json.sh
. "$here/../support/json.sh"

[ $# -eq 2 ] || bail_out "usage: docker.sh MYMEM_FREE_STATIC BUSYBOX"

# A parent group appears in all hierarchies, and Docker leaves it there.
parent=/$prefix-parent
clean_up_more() {
	awk '$3 ~ /^cgroup2?$/ { print $2 }' /proc/mounts | while read -r mount; do
		[ ! -d "$mount$parent" ] ||
			find "$mount$parent" -depth -type d -exec rmdir {} \;
	done
}

start_engine "$2"
make_image "$1" mymem-free "$1" bin/free "$2" bin/busybox

# --- asking ------------------------------------------------------------------

ask() { # OPTION...: what mymem-free says in a container with these options
	json=$(run "$@" "$image" /mymem-free --json | compact)
}

hidden() { # yes or no
	case $(flags) in
	*hidden-ancestors*) echo yes ;;
	*) echo no ;;
	esac
}

meminfo() { # KEY: in bytes
	echo $(($(awk -v key="$1:" '$1 == key { print $2 }' /proc/meminfo) * 1024))
}

find_memory
if [ "$version" -eq 1 ]; then
	limit_file=$memory$parent/memory.limit_in_bytes
	usage=/sys/fs/cgroup/memory/memory.usage_in_bytes # in a container
else
	limit_file=$memory$parent/memory.max
	usage=/sys/fs/cgroup/memory.current
fi

# --- limits ------------------------------------------------------------------

for ns in host private; do
	out=$(run -m 100m --cgroupns=$ns "$image" \
		busybox sh -c 'busybox cat /proc/self/cgroup; /mymem-free --json')
	json=$(printf '%s\n' "$out" | grep -v '^[0-9]*:.*:/' | compact)
	case $version:$ns in
	# v1: Docker mounts the container's own group, by a bind mount or by a
	# mount in the namespace, and nothing above it is in sight.
	1:*) group=/sys/fs/cgroup/memory above=yes ;;
	2:private) group=/sys/fs/cgroup above=yes ;;
	# v2 without a namespace of its own: the whole tree is there.
	2:host) group=/sys/fs/cgroup$(printf '%s\n' "$out" | sed -n 's/^0:://p')
		above=no ;;
	esac
	on="$ns cgroup namespace, -m 100m"
	is "$on: limit" "$(get limit)" $((100 * MiB))
	is "$on: limit is a group's" "$(get limit_by.kind)" cgroup
	is "$on: where it is" "$(get limit_by.path)" "$group"
	in_range "$on: available" "$(get available)" $((90 * MiB)) $((100 * MiB))
	is "$on: cgroup version" "$(get cgroup.version)" "$version"
	is "$on: groups above are hidden" "$(hidden)" "$above"
done

ask -m 100m --memory-reservation 50m
is "a reservation is not a limit" "$(get limit)" $((100 * MiB))

ask
is "no limit: the machine's RAM" "$(get limit)" "$(meminfo MemTotal)"
is "no limit: it is the host's" "$(get limit_by.kind)" host

for option in --user=1000 --read-only --cap-drop=ALL \
	--security-opt=no-new-privileges; do
	ask -m 100m $option
	is "docker run $option: the same limit" \
		"$(get limit) $(get limit_by.kind)" "$((100 * MiB)) cgroup"
done

# docker run has no --ulimit as=.
json=$(run -m 100m "$image" \
	busybox sh -c 'ulimit -v 51200; /mymem-free --json' | compact)
is "ulimit -v below the group's limit: limit" "$(get limit)" $((50 * MiB))
is "ulimit -v below the group's limit: named" "$(get limit_by.kind)" rlimit-as

on="-m 100m --memory-swap 200m"
ask -m 100m --memory-swap 200m
swap=$(meminfo SwapTotal)
if [ "$swap" -eq 0 ]; then
	is "$on: no swap on a host without" "$(get swap.limit)" 0
elif [ "$(docker info -f '{{.SwapLimit}}')" = true ]; then
	is "$on: 100 MiB of swap, if the host has that" "$(get swap.limit)" \
		$((swap < 100 * MiB ? swap : 100 * MiB))
else
	skip "$on: 100 MiB of swap" "the engine does not limit swap"
fi

docker run -d --rm --network=none --name="$prefix-live" -m 100m "$image" \
	busybox sleep 300 >/dev/null
json=$(docker exec "$prefix-live" /mymem-free --json | compact)
is "before docker update" "$(get limit)" $((100 * MiB))
docker update -m 200m --memory-swap -1 "$prefix-live" >/dev/null
json=$(docker exec "$prefix-live" /mymem-free --json | compact)
is "after docker update -m 200m" "$(get limit)" $((200 * MiB))
docker rm -f "$prefix-live" >/dev/null

# --- beside the other free ---------------------------------------------------

# Ours, busybox's and that of procps, which is the machine's, in one container.
if free --version 2>/dev/null | grep -q procps; then
	# shellcheck disable=SC2016 # for the inner shell
	run -m 100m -v /:/machine:ro --cap-add=SYS_CHROOT "$image" busybox sh -c '
		for how in "" -b -k -m -h "-m -t" "-m -w -l -v"; do
			/bin/free $how | busybox sed "s/^/ours$how:/"
			busybox chroot /machine /usr/bin/free $how |
				busybox sed "s/^/procps$how:/"
		done
		busybox free | busybox sed "s/^/busybox:/"' >"$dir/beside"
	# WHOSE OPTIONS: what they print
	beside() {
		sed -n "s/^$1$2://p" "$dir/beside"
	}
	total() {
		beside "$@" | awk '/^Mem:/ { print $2 }'
	}
	for how in "" -b -k -m -h "-m -t" "-m -w -l -v"; do
		on="free $how in a container of 100 MiB"
		json=''
		is "$on: as many lines, as long as those of procps" \
			"$(beside ours "$how" | awk '{ print $1, length }')" \
			"$(beside procps "$how" | awk '{ print $1, length }')"
		is "$on: the same columns" "$(beside ours "$how" | head -n 1)" \
			"$(beside procps "$how" | head -n 1)"
	done
	is "free: its total is the limit" "$(total ours -b)" $((100 * MiB))
	is "free: so is it in MiB" "$(total ours -m)" 100
	is "free: so is it for people" "$(total ours -h)" 100Mi
	is "the free of procps shows the machine" "$(total procps -b)" \
		"$(meminfo MemTotal)"
	is "so does that of busybox" "$(total busybox '')" "$(total procps -k)"
else
	skip "beside the other free" "there is no free(1) of procps"
fi
is "a script reads it with awk" "$(run -m 100m "$image" busybox sh -c \
	"/bin/free -m | busybox awk '/^Mem:/ { print int(\$2 * 0.75) }'")" 75
is "or asks for one number" "$(run -m 100m "$image" /mymem-free --limit -m)" 100
is "and is told if nothing limits it" "$(run "$image" /mymem-free --limit \
	--require-limit; echo $?)" 3
is "a line for the log" "$(run -m 100m --cgroupns=private "$image" \
	/mymem-free --line | sed 's/, [0-9]*Mi available/, much available/')" \
	"memory 100Mi by cgroup / (memory.$([ "$version" -eq 1 ] &&
	echo limit_in_bytes || echo max)), much available, no pressure"
is "in an empty root it asks the kernel" "$(run -m 100m "$image" \
	busybox chroot /bin /free -b | awk '/^Mem:/ { print $2 }')" "$(meminfo MemTotal)"

out=$(run -m 50m --memory-swap 50m "$image" busybox sh -c '
	busybox tail /dev/zero; /mymem-free --oom' 2>&1)
like "a process that was killed is told of afterwards" "$out" \
	'^The kernel killed 1 process of this group for lack of memory\.$'
like "and why" "$(echo "$out" | tr '\n' ' ')" \
	'The group reached its own limit, [^ ]* \(50Mi\)\.'

# --- a limit on the parent only ----------------------------------------------

# The systemd driver takes slices as parents, and makes them itself.
if [ "$(docker info -f '{{.CgroupDriver}}')" != cgroupfs ]; then
	skip "a limit on the parent only" "the engine's cgroup driver is not cgroupfs"
else
	[ "$version" -eq 1 ] || echo +memory >"$memory/cgroup.subtree_control"
	mkdir -p "$memory$parent" && echo $((64 * MiB)) >"$limit_file"
	for ns in host private; do
		on="$ns cgroup namespace, 64 MiB on the parent"
		ask --cgroup-parent="$parent" --cgroupns=$ns
		case $version:$ns in
		1:*) # hierarchical_memory_limit tells
			is "$on: limit" "$(get limit)" $((64 * MiB))
			is "$on: from above" "$(get limit_by.kind)" cgroup-hidden
			;;
		2:host)
			is "$on: limit" "$(get limit)" $((64 * MiB))
			is "$on: where it is" "$(get limit_by.path)" \
				"/sys/fs/cgroup$parent"
			;;
		2:private) # nothing tells
			is "$on: not known to be complete" "$(hidden)" yes
			;;
		esac
	done
fi

# --- available ---------------------------------------------------------------

on="120 MiB of page cache in 160 MiB"
# shellcheck disable=SC2016 # $0 is for the container's shell
out=$(run -m 160m --cgroupns=private "$image" busybox sh -c '
	busybox dd if=/dev/zero of=/file bs=1M count=120 conv=fsync 2>/dev/null
	busybox cat /file >/dev/null
	echo "usage $(busybox cat $0)"
	/mymem-free --json' "$usage")
json=$(printf '%s\n' "$out" | grep -v '^usage ' | compact)
used=$(printf '%s\n' "$out" | sed -n 's/^usage //p')
naive=$((160 * MiB - ${used:-0}))
echo "# $on: limit - usage = $naive, available = $(get available)"
in_range "$on: is used" $naive 0 $((60 * MiB))
in_range "$on: is available all the same" "$(get available)" \
	$((140 * MiB)) $((160 * MiB))

on="60 MiB in a tmpfs in 160 MiB"
json=$(run -m 160m --tmpfs /t "$image" busybox sh -c '
	busybox dd if=/dev/zero of=/t/file bs=1M count=60 2>/dev/null
	/mymem-free --json' | compact)
in_range "$on: are not available" "$(get available)" $((90 * MiB)) $((105 * MiB))

# --- what people see ---------------------------------------------------------

json=
total=$(($(meminfo MemTotal) / 1024))
out=$(run -m 100m --cgroupns=private "$image" busybox sh -c '
	busybox free
	busybox cat /proc/meminfo
	/mymem-free | busybox sed s/^Mem:/Mine:/
	/mymem-free --explain')
number() { # FIRST WORD OF A LINE: the second one
	printf '%s\n' "$out" | awk -v word="$1" '$1 == word { print $2; exit }'
}
is "free in a 100 MiB container shows the host" "$(number Mem:)" $total
is "so does /proc/meminfo" "$(number MemTotal:)" $total
is "mymem-free shows the container" "$(number Mine:)" 102400
printf '%s\n' "$out" | grep -qi 'not visible'
result "mymem-free --explain tells of what it cannot see" $? "no 'not visible'"

done_testing
