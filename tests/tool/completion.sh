#!/bin/sh
# SPDX-License-Identifier: MIT
#
# completion.sh MYMEM_FREE COMPLETION
#
# What bash offers after a part of a command line.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/tap.sh
. "$here/../support/tap.sh"

[ $# -eq 2 ] || bail_out "usage: $0 MYMEM_FREE COMPLETION"
command -v bash >/dev/null || skip_all "no bash"
tool=$1
completion=$2
touch "$dir/file"
mkdir "$dir/folder"

# WORD...: what can follow; the last word is only begun.
offered() {
	# shellcheck disable=SC2016 # for bash
	bash -c '
		source "$1"
		COMP_WORDS=("${@:2}")
		COMP_CWORD=$(($# - 2))
		_mymem_free "$2"
		printf "%s\n" "${COMPREPLY[@]}" | sort' bash "$completion" "$tool" "$@"
}

is "every option" "$(offered --)" "$("$tool" --help | grep -Eo -e '^.{6}--[a-z-]+' |
	grep -Eo -e '--.*' | sort)"
like "letters, too" "$(offered -)" '^-h$'
is "what is begun" "$(offered --av)" --available
is "what is begun in two ways" "$(offered --m | tr '\n' ' ')" \
	"--max --mebi --mega --meminfo --metrics --min "
is "levels" "$(offered --exec-on '' | tr '\n' ' ')" "critical low medium "
is "a directory" "$(offered --sysroot "$dir/fo")" "$dir/folder"
none "no file where a directory is wanted" "$(offered --sysroot "$dir/fi")"
like "a process" "$(offered --pid "$$")" "^$$\$"
is "conditions" "$(offered --wait av)" 'available>='
is "thresholds" "$(offered --check '')" 'warn=20%,crit=10%'
none "nothing for a number" "$(offered -c '')"
like "a command" "$(offered --exec-on low prin)" '^printf$'
is "its arguments" "$(offered --exec-on low printf "$dir/fi")" "$dir/file"
like "it is for mymem-free" "$(bash -c 'source "$1"; complete -p mymem-free' bash \
	"$completion")" '-F _mymem_free mymem-free$'
done_testing
