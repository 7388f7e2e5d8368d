#!/bin/sh
# SPDX-License-Identifier: MIT
#
# completion.sh MYMEM_RUN COMPLETION
#
# What bash offers after a part of a command line.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/tap.sh
. "$here/../support/tap.sh"
completes=_mymem_run
# shellcheck source=tests/support/completion.sh disable=SC2154 # it sets $tool
. "$here/../support/completion.sh"

is "every option" "$(offered --)" "$("$tool" --help | grep -Eo -e '^.{5}--[a-z-]+' |
	grep -Eo -e '--.*' | sort)"
is "what is begun" "$(offered --mo)" --mode
is "modes" "$(offered --mode '' | tr '\n' ' ')" "auto mount none preload trap "
is "victims" "$(offered --victim '' | tr '\n' ' ')" "all largest "
is "signals" "$(offered --guard --on-low SIGUSR | tr '\n' ' ')" "SIGUSR1 SIGUSR2 "
is "a file" "$(offered --report "$dir/fi")" "$dir/file"
like "a command" "$(offered prin)" '^printf$'
like "a command after options" "$(offered --verbose --mode trap prin)" '^printf$'
like "a command after --" "$(offered -- prin)" '^printf$'
is "its arguments" "$(offered --mode trap cat "$dir/fi")" "$dir/file"
none "its options are not these" "$(offered cat --mo)"
like "it is for mymem-run" "$(bash -c 'source "$1"; complete -p mymem-run' bash \
	"$completion")" '-F _mymem_run mymem-run$'
done_testing
