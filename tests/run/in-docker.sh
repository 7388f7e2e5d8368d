#!/bin/sh
# SPDX-License-Identifier: MIT
#
# in-docker.sh BUSYBOX SCRIPT MYMEM_RUN [OPTION...]
#
# SCRIPT, such as matrix.py, in containers that have the programs of this
# machine: its /usr is mounted there, and the image has only what leads to it.
# Needs root; starts an engine of its own where none answers.
run=$(cd "$(dirname "$0")" && pwd)
here=$run/../containers
# shellcheck source=tests/containers/docker-lib.sh
. "$here/docker-lib.sh"

[ $# -ge 3 ] || bail_out "usage: in-docker.sh BUSYBOX SCRIPT MYMEM_RUN [OPTION...]"
script=$run/$2 program=$3
start_engine "$1"
shift 3
# Where /bin and /lib are no links to /usr, much would have to be copied.
[ -L /bin ] || skip_all "needs a machine whose /bin is a link to /usr/bin"
(
	cd / || exit
	# shellcheck disable=SC2046 # words
	tar -cf - $(find bin sbin lib* -maxdepth 0 -type l) --no-recursion etc \
		--recursion etc/passwd etc/group $(find etc -maxdepth 1 \
			-name 'ld.so*' -o -name alternatives -o -name 'java*' -o -name 'php*')
) | docker import - "$image" >"$dir/log" 2>&1 || bail_out "$(cat "$dir/log")"
"$script" "$program" container "$image" "$@"
status=$?
tap_done=yes
exit "$status"
