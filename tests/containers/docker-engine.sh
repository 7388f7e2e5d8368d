#!/bin/sh
# SPDX-License-Identifier: MIT
#
# docker-engine.sh running         - print the DOCKER_HOST of an engine that answers
# docker-engine.sh install         - have the programs of an engine; they stay
# docker-engine.sh start STATEDIR  - have an engine, print its DOCKER_HOST
# docker-engine.sh stop STATEDIR   - end the engine that start made, if it did
#
# An engine that already answers is used as it is.  Else start makes a private
# one that keeps everything below STATEDIR/engine and leaves the machine's
# network alone.  It installs nothing, except where CI is set: there a machine
# is new.  STATEDIR belongs on a disk: page cache of a tmpfs is not page cache.
#
# Exit: 0 ok, 1 the engine does not start or does not stop, 2 usage, 77 there
# is no engine and none can be started here.
set -u

# The client that came with the engine before one that was put elsewhere:
# clients refuse engines that are much older than they are.
PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH

here=$(cd "$(dirname "$0")" && pwd)
case $#:${1-} in
1:running | 1:install) ;;
2:start | 2:stop)
	mkdir -p "$2" || exit 1
	state=$(cd "$2" && pwd -P)/engine
	;;
*)
	echo "usage: $0 running|install|start STATEDIR|stop STATEDIR" >&2
	exit 2
	;;
esac

complain() {
	echo "docker-engine: $*" >&2
}

# Only an engine on this kernel will do: the groups and the memory of another
# machine, or of a virtual one that Docker Desktop made, are not those here.
answers() { # HOST
	[ "$(DOCKER_HOST=$1 timeout 20 docker info -f '{{.KernelVersion}}' \
		2>/dev/null)" = "$(uname -r)" ]
}

running() {
	command -v docker >/dev/null || return 77
	host=${DOCKER_HOST:-$(docker context inspect \
		-f '{{.Endpoints.docker.Host}}' 2>/dev/null)}
	host=${host:-unix:///var/run/docker.sock}
	case $host in
	unix://*) answers "$host" && echo "$host" ;;
	*) false ;;
	esac || return 77
}

install() {
	"$here/../../tools/install" dockerd=docker.io || return
	# Since Debian 13 the client is a package of its own.
	"$here/../../tools/install" docker=docker-cli
}

# The private engine and its helpers: dockerd, the containerd it starts and
# the shims all have a path below the state in their arguments.
engine_pids() {
	for proc in /proc/[0-9]*; do
		case $(cat "$proc/comm" 2>/dev/null) in
		dockerd | containerd*)
			tr '\0' ' ' 2>/dev/null <"$proc/cmdline" |
				grep -qF "$state/" && echo "${proc#/proc/}"
			;;
		esac
	done
}

wait_gone() { # TRIES
	tries=$1
	while [ -n "$(engine_pids)" ]; do
		[ $((tries -= 1)) -gt 0 ] || return 1
		sleep 0.2
	done
}

# The groups of the engine's containers, deepest first, in every hierarchy.
engine_groups() {
	parent=$(cat "$state/parent" 2>/dev/null)
	[ -n "$parent" ] || return
	awk '$3 ~ /^cgroup2?$/ { print $2 }' /proc/mounts | while read -r mount; do
		[ ! -d "$mount$parent" ] || find "$mount$parent" -depth -type d
	done
}

remove_group() { # DIRECTORY
	xargs kill -KILL 2>/dev/null <"$1/cgroup.procs"
	tries=25 # a group is busy until its last process has been reaped
	until rmdir "$1" 2>/dev/null || [ $((tries -= 1)) -eq 0 ]; do
		sleep 0.2
	done
}

stop() {
	[ -d "$state" ] || return 0
	pid=$(cat "$state/pid" 2>/dev/null)
	if engine_pids | grep -qx "${pid:-none}"; then
		kill -TERM "$pid" # dockerd ends its containers and its containerd
		wait_gone 150
	fi
	# What an engine that was killed has left behind.
	engine_pids | xargs kill -KILL 2>/dev/null
	wait_gone 25
	engine_groups | while read -r group; do remove_group "$group"; done
	# Shims have their sockets outside the state, wherever that is.
	cat "$state"/exec/containerd/daemon/*.task/*/*/address 2>/dev/null |
		sed -n 's|^unix:///run/|/run/|p' | xargs rm -f
	rmdir /run/containerd/s /run/containerd \
		/run/docker/plugins /run/docker 2>/dev/null
	[ ! -e "$state/new-key" ] || rm -f /etc/docker/key.json
	# Namespaces stay mounted after a stop.
	awk -v below="$state/" 'index($2, below) == 1 { print $2 }' /proc/mounts |
		sort -r | xargs -r umount -l
	if [ -n "$(engine_pids)$(engine_groups)" ] ||
		grep -qF " $state/" /proc/mounts; then
		complain "cannot clean up $state"
		return 1
	fi
	rm -rf "$state"
	rmdir "${state%/engine}" 2>/dev/null
	return 0
}

start() {
	mine=unix://$state/docker.sock
	if [ -S "$state/docker.sock" ] && answers "$mine"; then
		echo "$mine"
		return
	fi
	running && return
	if [ "$(id -u)" -ne 0 ]; then
		complain "only root can start an engine"
		return 77
	fi
	[ -z "${CI-}" ] || install
	if ! command -v dockerd >/dev/null; then
		complain "there is no dockerd; '$0 install' installs it"
		return 77
	fi
	if [ ${#state} -gt 60 ]; then
		complain "$state is too long for the sockets below it"
		return 1
	fi
	stop || return
	mkdir -p "$state" || return
	# The containers' groups get a parent of this engine's own: whatever is
	# below it is ours to remove.  The cgroupfs driver works with and without
	# systemd and takes plain paths as parents.
	echo "/mymem-test-engine-$$" >"$state/parent"
	echo '{}' >"$state/daemon.json" # and not /etc/docker/daemon.json
	[ -e /etc/docker/key.json ] || : >"$state/new-key" # dockerd 20.10 writes it
	setsid dockerd --config-file="$state/daemon.json" \
		--host="$mine" --pidfile="$state/pid" \
		--data-root="$state/data" --exec-root="$state/exec" \
		--storage-driver=vfs --exec-opt native.cgroupdriver=cgroupfs \
		--cgroup-parent="$(cat "$state/parent")" \
		--bridge=none --iptables=false --ip6tables=false \
		--ip-forward=false --ip-masq=false \
		</dev/null >"$state/log" 2>&1 &
	tries=60
	until answers "$mine"; do
		if [ $((tries -= 1)) -eq 0 ] || ! kill -0 $! 2>/dev/null; then
			complain "dockerd does not start:"
			tail -n 20 "$state/log" >&2
			stop
			return 1
		fi
		sleep 0.5
	done
	echo "$mine"
}

"$1"
