# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154 # theirs who source this
#
# For tests of what bash offers, to be sourced after tap.sh by a script that is called
# with PROGRAM COMPLETION, after it has set $completes, the function of that file.
[ $# -eq 2 ] || bail_out "usage: $0 PROGRAM COMPLETION"
command -v bash >/dev/null || skip_all "no bash"
tool=$1
completion=$2
touch "$dir/file"

# WORD...: what can follow; the last word is only begun.
offered() {
	# shellcheck disable=SC2016 # for bash
	bash -c '
		source "$1"
		COMP_WORDS=("${@:3}")
		COMP_CWORD=$(($# - 3))
		"$2" "$3"
		printf "%s\n" "${COMPREPLY[@]}" | sort' bash "$completion" "$completes" \
		"$tool" "$@"
}
