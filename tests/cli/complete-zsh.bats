#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Completion in zsh, typed by hand: what is offered is what the help texts have.

load functions
load completion
load window

setup() {
	setup_program
	requires zsh tmux
	prepare_completion
	cat >.zshrc <<-EOT
		fpath=('$completions/zsh' \$fpath)
		autoload -Uz compinit
		compinit -u -D
		bindkey -e
		unsetopt beep list_beep
		setopt no_auto_menu no_list_ambiguous
		zstyle ':completion:*' verbose no # words only
		LISTMAX=1000
		PS1='> ' RPS1=
	EOT
	open_terminal 150 60 "ZDOTDIR='$PWD' exec zsh -d -i"
	will_show '>'
}

teardown() {
	close_terminal
}

screen_is_clear() {
	[[ $(screen) == '>'* && $(screen) != *$'\n'* ]]
}

begin_anew() {
	press C-u C-l
	eventually screen_is_clear
}

# Type texts, with a tab behind each; $1: the line that comes of them.
line_becomes() {
	local wanted=$1

	shift
	while (($# > 0)); do
		type_in "$1"
		press Tab
		shift
	done
	will_show "> $wanted"
	begin_anew
}

# Exactly the words of the file $2 are listed below the line.
lists_exactly() {
	screen | tail -n +2 | tr -s ' ' '\n' | grep . | sort -u |
		diff -u --label wanted --label "listed for: $1" "$2" - >"$2.diff"
}

# Exactly the words on stdin are listed for the line $1.
lists() {
	sort -u >wanted
	type_in "$1"
	press Tab
	eventually lists_exactly "$1" wanted || fail "$(<wanted.diff)"
	begin_anew
}

@test "commands are those of --help" {
	memcoord --help | listed Commands | lists "memcoord "
}

@test "options of every command are those of its --help" {
	local command

	for command in "" $(memcoord --help | listed Commands); do
		memcoord ${command:+"$command"} --help | listed_options | sed 's/=.*//' |
			lists "memcoord $command${command:+ }--"
	done
}

@test "columns of every table are those of its --help" {
	local command

	for command in $(commands_with Columns); do
		memcoord "$command" --help | listed Columns | lists "memcoord $command -o "
	done
}

@test "policies are those of --help" {
	local command

	for command in $(commands_with Policies); do
		memcoord "$command" --help | listed Policies | lists "memcoord $command --policy="
	done
}

@test "words that the help text lists itself" {
	printf '%s\n' yes no | lists "memcoord set x --managed="
}

@test "scenarios are those that come with memcoord" {
	memcoord simulate --list | sed 's/ .*//' | lists "memcoord simulate "
}

@test "domains of the connection on the line" {
	printf '%s\n' db-1 db-2 | lists "memcoord -q -c $(node mixed) stats db"
	printf '%s\n' db-1 db-2 | lists "memcoord --connect=$(node mixed) classify -o NAME db"
	echo "uri = \"$(node mixed)\";" >my.conf
	printf '%s\n' db-1 db-2 | lists "memcoord -f my.conf dry-run --explain db"
	line_becomes "*stats db-1 db-2" "memcoord -c $(node mixed) stats db-1 d"
}

@test "a domain with an odd name" {
	make_odd_host
	type_in "memcoord -c $odd_uri stats -nro NAME a"
	press Tab
	will_show '*;k'
	press Enter
	will_show 'a\\x20b*'
}

@test "options, values, files" {
	line_becomes 'memcoord classify' "memcoord cla"
	line_becomes 'memcoord --connect=test:///default stats --json' \
		"memcoord --conn" "te" "sta" "--js"
	line_becomes 'memcoord stats --output=NAME,CURRENT,*' "memcoord stats --ou" "na" "cur"
	line_becomes 'memcoord stats -nro NAME,FREE%*' "memcoord stats -nro NAME,free%"
	line_becomes 'memcoord run --policy=classic' "memcoord run --po" "cl"
	line_becomes 'memcoord simulate --policy=none,classic*' \
		"memcoord simulate --policy=none,cl"
	touch "my file.conf"
	line_becomes 'memcoord -f my\\ file.conf' "memcoord -f my"
	line_becomes 'memcoord --config=my\\ file.conf' "memcoord --config=my"
	line_becomes 'memcoord simulate ./my\\ file.conf' "memcoord simulate ./my"
}

@test "nothing is said when libvirt is away" {
	type_in "memcoord -c nonsense stats x"
	press Tab
	type_in "yz"
	will_show '> memcoord -c nonsense stats xyz'
	[[ $(screen) == '> memcoord -c nonsense stats xyz' ]]
}

@test "a new command, option or list needs no change of the completion" {
	replace_program <<-'EOT'
		#!/bin/sh
		if [ "$1" = --help ]; then
			echo 'Usage: memcoord [OPTION...] COMMAND [OPTION...]'
			echo '      --depth=N              How deep'
			echo
			printf 'Commands:\n  frobnicate turn knobs: [all]\n'
		else
			echo 'Usage: memcoord frobnicate [OPTION...] KNOB [BODY=VALUE...]'
			echo '  -f, --frequency=HERTZ      How often: [often]'
			echo
			printf 'Knobs:\n  left       the left: [one]\n  right      the other\n\n'
			printf 'Values:\n  hot        text\n\n'
			printf 'Bodies:\n  some       text\n\n'
		fi
	EOT
	line_becomes 'memcoord frobnicate' "memcoord f"
	line_becomes 'memcoord frobnicate --frequency=' "memcoord frobnicate --f"
	printf '%s\n' left right | lists "memcoord --depth 3 frobnicate -f 3 "
	line_becomes 'memcoord frobnicate right some=hot' "memcoord frobnicate r" "s" "h"
	line_becomes 'memcoord frobnicate right x some=' "memcoord frobnicate r" "x s"
}
