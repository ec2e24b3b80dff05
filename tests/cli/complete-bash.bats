#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Completion in bash: what is offered, compared with the help texts; and typed by hand.

load functions
load completion
load window

setup() {
	setup_program
	prepare_completion
}

teardown() {
	close_terminal
}

# What is offered for the line $1 with the cursor at its end, a line each, as bash would
# put it there. Called as bash calls it, but nobody has to type.
offered() {
	# shellcheck disable=SC2016 # for the inner shell
	bash --norc --noprofile -c '
		for file in /usr/share/bash-completion/bash_completion "$1"; do
			[[ ! -r $file ]] || . "$file"
		done
		COMP_LINE=$2 COMP_POINT=${#2}
		read -ra COMP_WORDS <<<"${2//[=:]/ & }"
		[[ $2 != *" " ]] || COMP_WORDS+=("")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		_memcoord "${COMP_WORDS[0]}" "${2##*[ =:]}" "${COMP_WORDS[-2]}"
		((${#COMPREPLY[@]} == 0)) || printf "%s\n" "${COMPREPLY[@]}"
	' bash "$completions/bash/memcoord" "$1"
}

# Exactly the words $2... are offered for the line $1, in any order.
offers() {
	local line=$1

	shift
	diff -u --label wanted --label "offered for: $line" \
		<((($# == 0)) || printf '%s\n' "$@" | sort) <(offered "$line" | sort)
}

@test "commands are those of --help" {
	mapfile -t words < <(memcoord --help | listed Commands)
	((${#words[@]} >= 6))
	offers "memcoord " "${words[@]}"
	offers "memcoord -q -c test:///default --config x " "${words[@]}"
	offers "memcoord cla" classify
}

@test "options of every command are those of its --help" {
	local command

	for command in "" $(memcoord --help | listed Commands); do
		# shellcheck disable=SC2086 # none is none
		mapfile -t words < <(memcoord $command --help | listed_options | sed 's/=.*/=/')
		((${#words[@]} >= 3))
		offers "memcoord $command${command:+ }-" "${words[@]}"
		offers "memcoord $command${command:+ }--" "${words[@]}"
	done
}

# What the help texts call arguments that nobody can complete.
readonly free_arguments="SECONDS N SIZE [FIRST-]LAST"

@test "every argument of an option is completed, or is known not to be" {
	local command option argument

	for command in "" $(memcoord --help | listed Commands); do
		while IFS= read -r option; do
			argument=${option#*=}
			[[ $option == *=* && $argument != FILE ]] || continue
			[[ " $free_arguments " != *" $argument "* ]] || continue
			[[ -n $(offered "memcoord $command ${option%%=*}=") ]] ||
				fail "memcoord $command $option: nothing is offered; list" \
					"the values in --help, or put $argument into free_arguments"
		done < <(memcoord ${command:+"$command"} --help | listed_options)
	done
}

@test "every operand of a command is completed, or is known not to be" {
	local command line operand operands

	for command in $(memcoord --help | listed Commands); do
		line="memcoord $command "
		operands=$(memcoord "$command" --help | sed -n '1s/.*\[OPTION...\] *//p')
		for operand in $operands; do
			operand=${operand//[][.]/}
			[[ " $free_arguments " == *" $operand "* || -n $(offered "$line") ]] ||
				fail "$line$operand: nothing is offered; list the values in" \
					"--help, or put $operand into free_arguments"
			line+="x "
		done
	done
}

@test "columns of every table are those of its --help" {
	local command n=0

	for command in $(commands_with Columns); do
		mapfile -t words < <(memcoord "$command" --help | listed Columns)
		offers "memcoord $command -o " "${words[@]}"
		offers "memcoord $command --output=" "${words[@]}"
		n=$((n + 1))
	done
	((n >= 5))
}

@test "a list of columns goes on behind a comma, without those that are there" {
	local rest

	rest=$(offered "memcoord dry-run -o NAME,FROM,")
	run ! grep -qx -e NAME,FROM,NAME -e NAME,FROM,FROM <<<"$rest"
	grep -qx NAME,FROM,TO <<<"$rest"
	offers "memcoord dry-run --output NAME,CH" NAME,CHANGE
	offers "memcoord dry-run --output=NAME,CH" NAME,CHANGE
	offers "memcoord dry-run -oNAME,CH" -oNAME,CHANGE
	offers "memcoord dry-run -nro NAME,CH" NAME,CHANGE
	offers "memcoord dry-run -nroNAME,CH" -nroNAME,CHANGE
}

@test "columns in lower case" {
	offers "memcoord stats -o swap" SWAP-IN SWAP-OUT
	offers "memcoord stats -o name,free%" NAME,FREE%
}

@test "words that the help text lists itself" {
	offers "memcoord set x --managed=" yes no
	offers "memcoord set x --managed y" yes
}

@test "policies are those of --help" {
	local command n=0

	for command in $(commands_with Policies); do
		mapfile -t words < <(memcoord "$command" --help | listed Policies)
		offers "memcoord $command --policy " "${words[@]}"
		n=$((n + 1))
	done
	((n >= 5))
	offers "memcoord run --policy=fair," # only simulate takes several
	offers "memcoord simulate --policy=fair,n" fair,none
}

@test "scenarios are those that come with memcoord" {
	mapfile -t words < <(memcoord simulate --list | sed 's/ .*//')
	((${#words[@]} > 10))
	offers "memcoord simulate " "${words[@]}"
	offers "memcoord simulate --seeds 1-2 tc1 --period=2 her" herd
}

@test "connection URIs" {
	mkdir libvirt
	echo 'uri_aliases = [ "attic=qemu+ssh://root@attic/system", ]' >libvirt/libvirt.conf
	export LIBVIRT_DEFAULT_URI=xen:///system
	offers "memcoord -c " attic qemu:///system qemu:///session qemu+ssh:// test:///default \
		xen:///system
	offers "memcoord --connect=qemu:" ///system ///session
	offered "memcoord -c qemu+ssh://" | grep -qx //localhost/system
}

@test "domains of the connection on the line" {
	requires jq
	mapfile -t words < <(memcoord -c "$(node mixed)" stats -J | jq -r '.domains[].name')
	((${#words[@]} == 8))
	words=("${words[@]/with a space/with\\ a\\ space}")
	offers "memcoord -c $(node mixed) stats " "${words[@]}"
	offers "memcoord -c $(node mixed) -q dry-run --explain --interval 1 db" db-1 db-2
	offers "memcoord --connect=$(node mixed) classify -o NAME db" db-1 db-2
	offers "memcoord --conn $(node mixed) classify -- db" db-1 db-2
	echo "uri = \"$(node mixed)\";" >my.conf
	offers "memcoord -f my.conf once db" db-1 db-2
}

@test "a domain is not offered twice" {
	offers "memcoord -c $(node mixed) stats db-1 db-" db-2
}

@test "a domain with an odd name" {
	local reply

	make_odd_host
	reply=$(offered "memcoord -c $odd_uri stats ")
	eval "[[ $reply == \"\$odd_name\" ]]"
	# bash breaks words at colons
	[[ $(offered "memcoord -c $odd_uri stats a\\ b\\'c\\\"d\\\\e\\\$f\\[g\\]\\*é:") == \
	'h=i\,j\;k' ]]
}

@test "commands without operands have none" {
	offers "memcoord run "
	offers "memcoord -c test:///default run x"
	offers "memcoord nope "
	offers "memcoord nope --"
	offers "memcoord --check-config stats --nope="
}

@test "nothing is offered, and nothing said, when libvirt is away" {
	run --separate-stderr offered "memcoord -c qemu+unix:///system?socket=/nowhere stats "
	[[ -z $output$stderr ]]
	run --separate-stderr offered "memcoord -c nonsense stats "
	[[ -z $output$stderr ]]
	run --separate-stderr offered "memcoord -f /nowhere stats "
	[[ -z $output$stderr ]]
	rm "$bin/memcoord"
	PATH=$bin:/usr/bin:/bin
	run --separate-stderr offered "memcoord-that-is-not-there stats "
	[[ -z $output$stderr ]]
}

@test "a libvirt that hangs is not waited for" {
	local begun

	replace_program <<-EOT
		#!/bin/sh
		[ "\$#" = 2 ] && [ "\$2" = --help ] && echo 'Usage: x [OPTION...] [DOMAIN...]' && exit
		[ "\$#" = 1 ] && exit
		exec sleep 60
	EOT
	rm "$bin/timeout"
	begun=$SECONDS
	offers "memcoord stats "
	((SECONDS - begun < 30))
}

@test "a new command, option or list needs no change of the completion" {
	replace_program <<-'EOT'
		#!/bin/sh
		if [ "$1" = --help ]; then
			echo 'Usage: memcoord [OPTION...] COMMAND [OPTION...]'
			echo '      --depth=N              How deep'
			echo '  -k, --knob=KNOB            Which knob'
			echo
			printf 'Commands:\n  frobnicate turn knobs\n'
		else
			echo 'Usage: memcoord frobnicate [OPTION...] KNOB [BODY=VALUE...]'
			echo '      --frequency=HERTZ      How often'
			echo
			printf 'Knobs:\n  left       the left one\n  right      the right one\n\n'
			printf 'Values:\n  hot        text\n\n'
			printf 'Bodies:\n  some       text\n\n'
		fi
	EOT
	offers "memcoord " frobnicate
	offers "memcoord --" --depth= --knob=
	offers "memcoord frobnicate --" --frequency=
	offers "memcoord --depth 3 frobnicate r" right
	offers "memcoord frobnicate --frequency 5 right " some=
	offers "memcoord frobnicate right x " some=
	offers "memcoord frobnicate right x some=" hot
}

# Begin an interactive bash on a terminal; $1: what it reads first.
open_bash() {
	cat >bashrc <<-EOT
		$1
		PS1='> '
		unset HISTFILE
		bind 'set bell-style none'
		bind 'set completion-query-items 0'
		bind 'set page-completions off'
		bind 'set show-all-if-ambiguous on'
	EOT
	open_terminal 150 40 "exec bash --noprofile --rcfile '$PWD/bashrc' -i"
	will_show '>'
}

# Type text and keys; $1: the line that comes of it, and then begin a new one.
line_becomes() {
	local wanted=$1

	shift
	while (($# > 0)); do
		type_in "$1"
		press Tab
		shift
	done
	will_show "> $wanted"
	press C-u C-l
	eventually screen_is_clear
}

screen_is_clear() {
	[[ $(screen) == '>'* && $(screen) != *$'\n'* ]]
}

# The same with or without the library that most systems have.
types_well() {
	local long

	line_becomes 'memcoord classify' "memcoord cla"
	line_becomes 'memcoord --connect=test:///default stats --json' \
		"memcoord --conn" "te" "sta" "--js"
	line_becomes 'memcoord stats --output=NAME,CURRENT' "memcoord stats --ou" "na" ",cur"
	line_becomes 'memcoord stats -o FREE% x' "memcoord stats -o free%" " x"
	line_becomes 'memcoord run --policy=classic' "memcoord run --po" "cl"
	touch "my file.conf" plain.conf
	line_becomes 'memcoord -f my\\ file.conf' "memcoord -f my"
	line_becomes 'memcoord --config=my\\ file.conf' "memcoord --config=my"
	line_becomes 'memcoord simulate ./plain.conf' "memcoord simulate ./pl"
	line_becomes 'memcoord run >plain.conf' "memcoord run >pl"
	line_becomes 'memcoord run > plain.conf' "memcoord run > pl"
	line_becomes 'true; memcoord -c test:///default stats test' \
		"true; memcoord -c test:///default stats t"
	make_odd_host
	long="memcoord -c $odd_uri stats -nro NAME"
	line_becomes "*${odd_uri##*/}*a\\\\ b\\\\'c*\\;k" "$long a"
	line_becomes "*${odd_uri##*/}*\\'a b\\'*;k\\'" "$long 'a"
	type_in "$long a"
	press Tab
	will_show '*;k'
	press Enter
	will_show 'a\\x20b*'
}

@test "typed in bash with bash-completion" {
	[[ -r /usr/share/bash-completion/bash_completion ]] ||
		skip "bash-completion is not installed"
	# found by its name, as when it is installed
	mkdir -p share/bash-completion/completions
	ln -s "$(realpath "$completions/bash/memcoord")" share/bash-completion/completions/
	open_bash "XDG_DATA_DIRS='$PWD/share'; . /usr/share/bash-completion/bash_completion"
	types_well
	line_becomes 'sudo memcoord --connect=test:///default run' \
		"sudo memcoord --connect=te" "ru"
}

@test "typed in bash without bash-completion" {
	open_bash ". '$completions/bash/memcoord'"
	types_well
}

@test "typed in bash, words are broken as COMP_WORDBREAKS says" {
	open_bash "COMP_WORDBREAKS=' '; . '$completions/bash/memcoord'"
	line_becomes 'memcoord --connect=test:///default stats --output=NAME,CURRENT' \
		"memcoord --connect=te" "stats --ou" "na" ",cur"
}

@test "typed in bash, all that fits is listed" {
	local word

	open_bash ". '$completions/bash/memcoord'"
	type_in "memcoord "
	press Tab
	for word in $(memcoord --help | listed Commands); do
		will_show "*$word*"
	done
}
