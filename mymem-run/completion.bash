# SPDX-License-Identifier: MIT
# bash completion for mymem-run(1): its options, then a command with its own.
_mymem_run()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} i
	local of=

	# The command is the first word that is no option and no option's value.
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--)
			of=$((i + 1))
			break
			;;
		--*=*) ;;
		--mode | --report | --reserve | --on-low | --on-medium | --signal | \
			--kill-after | --victim) ((i++)) ;;
		-*) ;;
		=) ((i++)) ;;
		*)
			of=$i
			break
			;;
		esac
	done
	if [[ $of && $COMP_CWORD -gt $of ]]; then
		if declare -F _command_offset >/dev/null; then
			_command_offset "$of"
		else
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		fi
		return
	fi
	case $prev in
	--mode)
		mapfile -t COMPREPLY < <(compgen -W 'auto preload trap mount none' -- "$cur")
		return
		;;
	--on-low | --on-medium | --signal)
		mapfile -t COMPREPLY < <(compgen -A signal -- "$cur")
		return
		;;
	--victim)
		mapfile -t COMPREPLY < <(compgen -W 'all largest' -- "$cur")
		return
		;;
	--reserve)
		mapfile -t COMPREPLY < <(compgen -W '10% 64M' -- "$cur")
		return
		;;
	--kill-after)
		mapfile -t COMPREPLY < <(compgen -W '2s 500ms' -- "$cur")
		return
		;;
	--report)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	esac
	if [[ ! $of && $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$("$1" --help 2>/dev/null |
			grep -Eo -e '^ +(-[A-Za-z],? ?)?(--[a-z-]+)?' |
			tr ', ' '\n\n' | grep -e -)" -- "$cur")
	else
		mapfile -t COMPREPLY < <(compgen -c -- "$cur")
	fi
}
complete -o filenames -F _mymem_run mymem-run
