#!/bin/sh
# SPDX-License-Identifier: MIT
#
# completion.sh MYMEM_FREE COMPLETION
#
# What bash offers after a part of a command line.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/tap.sh
. "$here/../support/tap.sh"
completes=_mymem_free
# shellcheck source=tests/support/completion.sh disable=SC2154 # it sets $tool
. "$here/../support/completion.sh"
mkdir "$dir/folder"

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
