# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034 # theirs who source this

# PREFIX: makes a group of that name and six characters, $group_new.  Its lock is
# gone with the last process of the script, however that ends, and then any test
# removes it; one may before it is taken.
group_new() {
	while :; do
		group_new=$(mktemp -d "$1.XXXXXX") || return
		chmod 755 "$group_new"
		command exec 8<"$group_new" || continue
		flock 8 || return
		[ ! -d "$group_new" ] || return 0
	done
}
