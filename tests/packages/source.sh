# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154
#
# For tests that need the source alone, to be sourced after tap.sh and build.sh.

# DIRECTORY: makes it, with the files of the project, without what was built.
copy_source() {
	mkdir -p "$1" || bail_out "no $1"
	if [ -e "$source/.git" ]; then
		git -C "$source" ls-files -z --cached --others --exclude-standard
	else
		(cd "$source" && find . -type d -exec test -d '{}/meson-private' \; \
			-prune -o ! -type d -print0)
	fi | tar -C "$source" --null -T - -cf - | tar -C "$1" -xf -
	[ -f "$1/meson.build" ] || bail_out "cannot copy $source"
}
