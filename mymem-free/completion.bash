# SPDX-License-Identifier: MIT
# bash completion for mymem-free(1): the options are those that it tells of itself.
_mymem_free()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} i

	# After --exec-on LEVEL comes a command, with what belongs to it.
	for ((i = 1; i < COMP_CWORD - 1; i++)); do
		if [[ ${COMP_WORDS[i]} == --exec-on ]]; then
			if ((COMP_CWORD == i + 2)); then
				mapfile -t COMPREPLY < <(compgen -c -- "$cur")
			else
				mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			fi
			return
		fi
	done
	case $prev in
	--exec-on)
		mapfile -t COMPREPLY < <(compgen -W 'low medium critical' -- "$cur")
		;;
	--sysroot)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		;;
	--pid)
		mapfile -t COMPREPLY < <(compgen -W "$(cd /proc && echo [0-9]*)" -- "$cur")
		;;
	--check)
		mapfile -t COMPREPLY < <(compgen -W 'warn=20%,crit=10%' -- "$cur")
		;;
	--wait)
		mapfile -t COMPREPLY < <(compgen -W \
			'available>= used<= limit>= pressure<=' -- "$cur")
		;;
	-s | --seconds | -c | --count | --workers | --percent | --reserve | --min | \
		--max | --ignore | --timeout)
		COMPREPLY=()
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -W "$("$1" --help 2>/dev/null |
			grep -Eo -e '^ +(-[A-Za-z],? ?)?(--[a-z-]+)?' |
			tr ', ' '\n\n' | grep -e -)" -- "$cur")
		;;
	esac
}
complete -o filenames -F _mymem_free mymem-free
