#!/bin/sh
# SPDX-License-Identifier: MIT
#
# quickstart.sh RELEASE DIRECTORY - tools/quickstart as newcomers run it: on a
# new Debian, which is made in DIRECTORY, and on the same one with what it needs
# installed; as root, with sudo and without, with and without control groups.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../support/tap.sh disable=SC2154 # it sets $dir
. "$here/../support/tap.sh"
debian=$here/../debian
release=$1 tree=$2

mkdir -p "$(dirname "$tree")"
"$debian/root" "$release" "$tree" >"$dir/log" 2>&1
case $? in
0) ;;
77) skip_all "$(cat "$dir/log")" ;;
*) bail_out "no $release: $(tail -n 1 "$dir/log")" ;;
esac
# shellcheck disable=SC2154 # the trap sets $code
trap 'code=$?; rm -rf --one-file-system "$tree"; (exit $code); tap_end' EXIT

"$debian/copy" "$tree/srv/a clone" || bail_out "no copy"
chroot "$tree" chown -R user: "/srv/a clone"

# run [-t] ACCOUNT SETUP COMMAND: by that account, after root's SETUP; leaves
# $output and $status.  -t throws away what is written.
run() {
	throw=''
	if [ "$1" = -t ]; then
		throw=-t
		shift
	fi
	# shellcheck disable=SC2086,SC2016 # no word or one; for the inner shell
	output=$("$debian/enter" $throw "$tree" sh -c '
		cd "/srv/a clone" && { eval "$2" >/tmp/setup 2>&1 || cat /tmp/setup; } &&
			exec runuser -u "$1" -- sh -c "$3"
	' sh "$@" 2>&1)
	status=$?
}

# NAME STATUS PATTERN...: how the last run has ended, and what it has printed.
ended() {
	name=$1
	wrong=''
	[ "$status" -eq "$2" ] || wrong="exit status $status instead of $2"
	shift 2
	for pattern; do
		printf '%s\n' "$output" | grep -Eq -e "$pattern" || wrong="$wrong
nothing like $pattern"
	done
	if [ -z "$wrong" ]; then
		pass "$name"
	else
		fail "$name" "$wrong
in:
$output"
	fi
}

# NAME PATTERN: nothing like that was printed.
silent() {
	none "$1: not $2" "$(printf '%s\n' "$output" | grep -E -e "$2")"
}

found=0
# NAME: a container of the size that was set, in a group that is gone.
limited() {
	ended "$1" 0 '^A control group of 100 MiB, to free:$' \
		'^Mem: +100 ' '^limit +104857600 bytes, by cgroup /.*/mymem-quickstart-'
	groups=$(printf '%s\n' "$output" |
		sed -n 's/^limit.*by cgroup \(.*mymem-quickstart.*\)/\1/p')
	found=$((found + 1))
	# shellcheck disable=SC2086 # one or more
	none "$1: the group is gone" "$(ls -d $groups 2>/dev/null)"
}

# NAME WHY: nothing that was made, the reason, and a captured one.
captured() {
	ended "$1" 0 "^No container can be limited here \\(.*$2.*\\); to see one, .*\\.$" \
		'^This one was captured' '^limit +419430400 bytes, by cgroup'
	silent "$1" '104857600 bytes, by|^A control group'
}

packages='gcc|meson.*|musl-tools.*|ninja-build.*|busybox-static.*'
quickstart=tools/quickstart

# --- a new machine -------------------------------------------------------------

run -t user : $quickstart
ended "nothing there, a user" 1 \
	"^Please run, as root: apt-get install --no-install-recommends( ($packages)){5}" \
	'^quickstart: .*\.$'
run -t root 'rm /usr/bin/apt-get' $quickstart
ended "nothing there, no apt" 1 \
	'^There is no apt-get here; .* gcc musl-tools meson ninja-build busybox-static$' \
	'^quickstart: .*\.$'
run -t root : "$quickstart --dokcer"
ended "a wrong option" 2 '^Usage: '
silent "a wrong option" Installing
run -t user : "$quickstart --help"
ended "--help" 0 '^Usage: ' '--docker'

run root 'apt-get -qq update
	apt-get -qqy install --no-install-recommends sudo mount
	echo "user ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/user' :
ended "sudo is installed" 0
run user : $quickstart
limited "nothing there, a user with sudo"
list=$(printf '%s\n' "$output" | sed -n '/^Installing/,/^What/p' | tr '\n' ' ')
for package in meson musl-tools ninja-build busybox-static gcc; do
	like "what is installed is listed: $package" "$list" "^Installing.* $package "
done

# --- the same one, where nothing is missing from now on -------------------------

run -t user : $quickstart
limited "again, a user with sudo"
silent "again, a user with sudo" 'Installing|Please|ninja|meson'
run -t root 'rm /usr/bin/apt-get /usr/bin/dpkg-query' \
	"$quickstart && cat build/quickstart/quickstart.log"
limited "again, root, without apt"
ended "again, root, without apt" 0 '^ninja: no work to do\.$'
silent "again, root, without apt" 'Installing|not found'

run -t root 'rm /etc/sudoers.d/user' "chown user: . && runuser -u user $quickstart"
captured "an ordinary user" 'Permission denied'
run -t root '
	umount -R /sys/fs/cgroup
	mount -t tmpfs -o ro none /sys/fs/cgroup' $quickstart
captured "no control groups" 'no memory controller is mounted'
# As where a platform has copied the files.
run -t root '
	umount -R /sys/fs/cgroup
	mount -t tmpfs none /sys/fs/cgroup
	mkdir /sys/fs/cgroup/memory
	echo 268435456 >/sys/fs/cgroup/memory/memory.limit_in_bytes' \
	"$quickstart; s=\$?; ls -d /sys/fs/cgroup/memory/my* /my*; exit \$s"
captured "plain files" '/sys/fs/cgroup/memory is not a control group'
# shellcheck disable=SC2016 # awk's
read_only='awk "\$3 ~ /^cgroup/ { print \$2 }" /proc/mounts |
	xargs -n 1 mount -o remount,bind,ro'
run -t root "$read_only" $quickstart
captured "read-only control groups" 'Read-only file system'
# As Docker has it, if it is not told otherwise.
run -t root "$read_only" \
	"setpriv --bounding-set=-sys_admin,-sys_resource,-sys_ptrace $quickstart"
captured "no privileges" 'Read-only file system'

tool=build/quickstart/mymem-free/mymem-free
run -t root : "ulimit -v 65536; tools/limited-container $tool"
captured "under a tighter limit" '67108864 bytes instead of 104857600'
run -t root : "$quickstart >/dev/full"
[ "$status" -ne 0 ]
is "on a full disk: exit status" $? 0

run -t root : "
	for run in 1 2; do $quickstart & done
	wait"
limited "two at a time"
is "two at a time: both" "$(printf '%s\n' "$groups" | sort -u | wc -l)" 2

# Something takes long, and somebody has had enough of it.
run -t root 'printf "#!/bin/sh\nsleep 100\n" >/usr/local/bin/free
	chmod 755 /usr/local/bin/free' "
	(seconds=30
	until members=\$(grep -l mymem-quickstart /proc/[0-9]*/cgroup) ||
		[ \$((seconds -= 1)) -eq 0 ]; do sleep 1; done
	echo in a group: \$members
	kill -INT -\$(cat /tmp/pid)) &
	setsid --wait sh -c 'echo \$\$ >/tmp/pid; exec $quickstart' >/tmp/out
	status=\$?
	find /sys/fs/cgroup -name \"mymem-quickstart-\$(cat /tmp/pid)*\"
	find /var/tmp -name 'mymem*'
	exit \$status"
ended "interrupted" 130 '^in a group: /proc/'
silent "interrupted" '^/sys/fs/cgroup|^/var/tmp'

# --- an engine -----------------------------------------------------------------

# With free(1) in the place of busybox.  What would start a service tells what
# it has been allowed.
run -t root 'apt-get -qqy install procps >/dev/null 2>&1 && rm -f /bin/busybox /usr/sbin/policy-rc.d &&
	printf "#!/bin/sh\n/usr/sbin/policy-rc.d; echo \$* gets \$? >>/tmp/policy\n" \
		>/usr/sbin/invoke-rc.d' "
	$quickstart --docker; status=\$?
	find /etc/systemd /etc/rc?.d | sed 's/^/starts: /'
	cat /proc/[0-9]*/cmdline | tr '\\000' '\\n' | sed 's/^/runs: /'
	ls /usr/sbin/policy-rc.d
	cat /tmp/policy
	exit \$status"
ended "--docker" 0 '(^| )docker\.io( |$)' \
	'^A container with docker run -m 100m, to free:$' '^Mem: +100 ' \
	'^limit +104857600 bytes, by cgroup /sys/fs/cgroup' \
	'^starts: .*K..docker' 'docker start gets 101$'
silent "--docker" '^starts: .*(\.wants/(docker|containerd)|rc[2-5]\.d/S..docker)'
silent "--docker" '^(runs: .*dockerd|runs: .*containerd|/usr/sbin/policy-rc\.d)'

is "containers were shown" "$found" 4
done_testing
