# shellcheck shell=sh
# SPDX-License-Identifier: MIT
#
# ask.sh - for guest/test-*: TAP, and what mymem-free says.
# shellcheck disable=SC2034 # they use the variables

MiB=1048576
groups=/sys/fs/cgroup
count=0

is() { # NAME GOT WANTED
	count=$((count + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $count - $1"
	else
		echo "not ok $count - $1"
		printf "# got '%s', wanted '%s'\n# %s\n" "$2" "$3" \
			"$(printf '%s\n' "${json:-nothing was printed}" | tr -d '\n')"
	fi
}

finish() {
	echo "1..$count"
	exit 0
}

skip_all() { # REASON
	echo "1..0 # SKIP $1"
	exit 0
}

# ask COMMAND...: what mymem-free --json says when COMMAND runs it.
ask() {
	json=$("$@" /test/mymem-free --json | tr -d ' \t\n')
}

# get MEMBER or OBJECT.MEMBER of $json: objects and arrays are folded from the
# inside out, until only the members asked for are left.
get() {
	case $1 in
	*.*) set -- "${1#*.}" -n 's/.*"'"${1%.*}"'":{\([^{}]*\)}.*/\1/p' ;;
	*) set -- "$1" -e 's/^{\(.*\)}$/\1/' -e :fold -e 's/{[^{}]*}/-/g' \
		-e 's/\[[^][]*\]/-/g' -e tfold ;;
	esac
	member=$1
	shift
	printf '%s\n' "$json" | sed "$@" | tr ',' '\n' |
		sed -n 's/^"'"$member"'":"\{0,1\}\([^"]*\)"\{0,1\}$/\1/p'
}

flags() { # separated by blanks
	printf '%s\n' "$json" |
		sed -n 's/.*"flags":\[\([^]]*\)\].*/\1/p' | tr -d '"' | tr ',' ' '
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
