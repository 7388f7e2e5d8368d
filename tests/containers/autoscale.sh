#!/bin/sh
# SPDX-License-Identifier: MIT
#
# autoscale.sh AUTOSCALE_STATIC BUSYBOX
#
# A pool of workers in a container of 256 MiB: sized by what sysconf(3) says it
# is killed, sized by libmymem it does its work, and follows the limit and the
# pressure.  TAP on standard output.  Both programs must be static.  Needs root;
# starts an engine of its own where none answers.
#
# With CAST=FILE what a reader would type, and what was printed, is written
# there if all is well: tests/containers/publish makes documentation of it.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=docker-lib.sh
. "$here/docker-lib.sh"

[ $# -eq 2 ] || bail_out "usage: autoscale.sh AUTOSCALE_STATIC BUSYBOX"

start_engine "$2"
make_image "$1" autoscale "$2" bin/busybox

# --- a pool in a container ---------------------------------------------------

job=8 # MiB, autoscale's default
cast=$dir/out/cast

typed() { # WHAT A READER WOULD TYPE
	echo "\$ $*" >>"$cast"
}

# Without swap: what does not fit is killed, and not swapped out.
start() { # USER ARGUMENT...: a container named pool
	docker rm -f "$prefix-pool" >/dev/null 2>&1
	caught_up=0
	user=$1
	shift
	docker run -d --network=none --name="$prefix-pool" -m 256m \
		--memory-swap 256m --shm-size 256m --user="$user" "$image" \
		/autoscale "$@" >/dev/null || bail_out "the pool does not start"
}

log() {
	docker logs "$prefix-pool" 2>&1
}

details() {
	log
}

catch_up() { # with what it has printed since
	log | tail -n +$((caught_up + 1)) >>"$cast"
	caught_up=$(log | wc -l)
}

inspect() { # MEMBER OF .State
	docker inspect -f "{{.State.$1}}" "$prefix-pool"
}

workers() { # as many as it wants now
	log | sed -n 's/^ *[0-9.]* s *\([0-9]*\) workers\{0,1\}: .*/\1/p' |
		tail -n 1
}

within_pool() { # COMMAND...: in a shell in the container
	docker exec "$prefix-pool" busybox sh -c "$*"
}

used() { # MiB, at most in the last half second
	within_pool "for i in 1 2 3 4 5 6 7 8 9 10; do
		busybox cat $usage; busybox usleep 50000; done" |
		sort -n | awk -v MiB=$MiB 'END { print int($1 / MiB) }'
}

kills() {
	within_pool "busybox cat $events" |
		awk '$1 == "oom_kill" { print $2 }'
}

# await NAME SECONDS COMMAND...: until the command succeeds
await() {
	name=$1
	end=$(($(date +%s) + $2))
	shift 2
	until "$@"; do
		if [ "$(date +%s)" -ge $end ]; then
			result "$name" 1 "not in time: $*"
			return 1
		fi
		sleep 0.2
	done
	result "$name" 0
}

between() { # LOWEST HIGHEST: so many workers are wanted
	n=$(workers)
	[ "${n:-0}" -ge "$1" ] && [ "$n" -le "$2" ]
}

uses_at_most() { # MIB
	[ "$(used)" -le "$1" ]
}

heard_of() { # LIMIT IN MIB
	log | grep -q "the limit is $(($1 * MiB)) bytes"
}

find_memory
if [ "$version" -eq 1 ]; then
	usage=/sys/fs/cgroup/memory/memory.usage_in_bytes
	events=/sys/fs/cgroup/memory/memory.oom_control
else
	usage=/sys/fs/cgroup/memory.current
	events=/sys/fs/cgroup/memory.events
fi

# --- the same work, twice ----------------------------------------------------

jobs=400

typed "docker run -m 256m --memory-swap 256m demo" \
	"autoscale --jobs $jobs --size-by sysconf"
start 0 --jobs $jobs --size-by sysconf
code=$(docker wait "$prefix-pool")
catch_up
typed 'echo $?'
echo "$code" >>"$cast"
is "sized by sysconf: killed" "$code" 137
is "sized by sysconf: for lack of memory" "$(inspect OOMKilled)" true

for user in 1000 0; do
	on="sized by libmymem, user $user"
	start $user --jobs $jobs
	code=$(docker wait "$prefix-pool")
	is "$on: ends well" "$code" 0
	is "$on: not killed" "$(inspect OOMKilled)" false
	is "$on: all jobs are done" \
		"$(log | sed -n 's/.* \([0-9]*\) jobs done.*/\1/p')" $jobs
	most=$(log | sed -n 's/.* by \([0-9]*\) workers at most$/\1/p')
	in_range "$on: most of the memory is used" "$most" \
		$((256 * 70 / 100 / job)) $((256 * 80 / 100 / job))
done
typed "docker run -m 256m --memory-swap 256m demo autoscale --jobs $jobs"
catch_up
typed 'echo $?'
echo "$code" >>"$cast"

# --- a limit that changes ----------------------------------------------------

update() { # LIMIT IN MIB
	docker update -m "$1m" --memory-swap "$1m" "$prefix-pool" >/dev/null 2>&1
}

# The kernel gives no notice.  A limit below what is used is refused (v1), or
# kills (v2).  So who must live through a limit that is halved needs less than
# half; with 60 % to spare a fifth of the new limit is still free.
fit() { # LIMIT IN MIB: how many workers fit
	echo $(($1 * 40 / 100 / job))
}

on="halved and doubled"
typed "docker run --name pool -m 256m --memory-swap 256m --shm-size 256m \\"
echo "> demo autoscale --jobs 100000 --spare 60 &" >>"$cast"
start 0 --jobs 100000 --spare 60
await "$on: it grows to what fits" 20 between $(($(fit 256) - 2)) "$(fit 256)"
catch_up
for limit in 128 256; do
	typed "docker update -m ${limit}m --memory-swap ${limit}m pool"
	update $limit
	result "$on: $limit MiB: the kernel accepts it" $? "docker update"
	await "$on: $limit MiB: it hears of it" 5 heard_of $limit
	await "$on: $limit MiB: so many workers as fit" 20 between \
		$(($(fit $limit) - 2)) "$(fit $limit)"
	await "$on: $limit MiB: and no more memory" 10 uses_at_most \
		$(($(fit $limit) * job + 8))
	catch_up
done

# --- somebody else needs memory ----------------------------------------------

on="a neighbour"
take=$((256 - $(used) - 20)) # less than a tenth is left
typed "docker exec pool dd if=/dev/zero of=/dev/shm/neighbour bs=1M count=$take"
within_pool "busybox dd if=/dev/zero of=/dev/shm/neighbour bs=1M count=$take" \
	2>/dev/null
result "$on: gets its memory" $? "dd"
await "$on: the pool makes room" 10 between 1 $(($(fit 256) / 2))
catch_up
typed "docker exec pool rm /dev/shm/neighbour"
within_pool "busybox rm /dev/shm/neighbour"
await "$on gone: the pool grows again" 20 between \
	$(($(fit 256) - 2)) "$(fit 256)"
catch_up
typed "docker exec pool grep 'oom_kill ' $events"
echo "oom_kill $(kills)" >>"$cast"
is "nobody was killed" "$(kills)" 0
typed "docker stop pool"
docker stop -t 30 "$prefix-pool" >/dev/null
catch_up
is "ends well when it is told to" "$(inspect ExitCode)" 0

# --- a limit that goes down in steps -----------------------------------------

on="a fifth to spare"
start 0 --jobs 100000
await "$on: it grows to what fits" 20 between 22 25
if [ "$version" -eq 1 ]; then
	! update 128
	result "$on: a limit below what is used is refused" $? "docker update"
fi
for limit in 208 176 150 128; do # each above four fifths of the one before
	update $limit
	result "$on: $limit MiB: the kernel accepts it" $? "docker update"
	await "$on: $limit MiB: a fifth is free again" 10 uses_at_most \
		$((limit * 80 / 100 + 2))
done
in_range "$on: so many workers as fit" "$(workers)" 9 12
is "$on: nobody was killed" "$(kills)" 0

if [ -n "${CAST:-}" ] && [ "$tap_failed" -eq 0 ]; then
	{
		echo "# Linux $(uname -r | cut -d- -f1), cgroup v$version," \
			"Docker $(docker version -f '{{.Server.Version}}')"
		cat "$cast"
	} >"$CAST"
fi
done_testing
