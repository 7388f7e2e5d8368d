# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# shellcheck disable=SC2154 # $json is theirs who source it
# json.sh - to be sourced: what mymem-free --json has said, $json, without blanks.

compact() {
	tr -d ' \t\n'
}

# get MEMBER, get OBJECT.MEMBER: objects and arrays are folded from the inside
# out, until only the members asked for are left.
get() {
	case $1 in
	*.*) set -- "${1#*.}" -n 's/.*"'"${1%.*}"'":{\([^{}]*\)}.*/\1/p' ;;
	*) set -- "$1" -e 's/^{\(.*\)}$/\1/' -e :fold -e 's/{[^{}]*}/-/g' \
		-e 's/\[[^][]*\]/-/g' -e tfold ;;
	esac
	json_member=$1
	shift
	printf '%s\n' "$json" | sed "$@" | tr ',' '\n' |
		sed -n 's/^"'"$json_member"'":"\{0,1\}\([^"]*\)"\{0,1\}$/\1/p'
}

flags() { # separated by blanks
	printf '%s\n' "$json" |
		sed -n 's/.*"flags":\[\([^]]*\)\].*/\1/p' | tr -d '"' | tr ',' ' '
}

details() { # of a failure
	echo "${json:-nothing was printed}"
}
