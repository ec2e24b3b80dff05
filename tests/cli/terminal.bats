#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Tables on a terminal: their width and their colours.

load functions
load window

setup() {
	setup_program
	requires tmux
	cd "$BATS_TEST_TMPDIR" || return

	cat >bashrc <<-EOT
		PS1='> '
		unset HISTFILE
		memcoord() { '$(realpath "$(command -v "$MEMCOORD")")' -f '$config' "\$@"; }
	EOT
}

teardown() {
	close_terminal
}

# A shell on a terminal of $1 columns and $2 lines, with the variables $3.
open_shell() {
	open_terminal "$1" "$2" "env LC_ALL=C.UTF-8 $3 bash --noprofile --rcfile bashrc -i"
	will_show '>'
}

# Run the command line $1 on a clear screen; what it leaves there is in $output.
type_command() {
	printf '%s\n' "printf '\\e[H\\e[2J'" "$1" 'echo "ended: $?"' >script
	type_in ". ./script"
	press Enter
	will_show 'ended: *'
	output=$(screen | sed '/^ended: /,$d')
}

# The same, but for the table of the host, which is as wide as the path of the tests.
type_table_command() {
	type_command "$1"
	output=$(sed '1,/^$/d' <<<"$output")
}

# Compare $output with golden/$1.
like_golden() {
	local wanted=$BATS_TEST_DIRNAME/golden/$1

	[[ -z ${MEMCOORD_UPDATE_GOLDEN:-} ]] || printf '%s\n' "$output" >"$wanted"
	diff -u "$wanted" - <<<"$output"
}

@test "80 columns are enough for classify" {
	open_shell 80 40
	type_table_command "memcoord -c $(node traits) classify --interval 1"
	like_golden classify-80-columns
	type_table_command "memcoord -c $(node mixed) classify --interval 1"
	like_golden classify-80-columns-mixed
}

@test "a table that is broken into lines has every word of it" {
	open_shell 80 40
	type_table_command "memcoord -c $(node traits) classify --interval 1"
	[[ $output == *a\ passed-through\ device* ]]
	# the same words in another order
	diff <(xargs -n 1 <<<"$output" | sort) \
		<(program -c "$(node traits)" classify --interval 1 | sed 1,3d | xargs -n 1 | sort)
}

@test "a wide terminal is left as it is" {
	open_shell 130 40
	type_table_command "memcoord -c $(node mixed) stats -o NAME,STATE,WHY"
	[[ $output == "$(program -c "$(node mixed)" stats -o NAME,STATE,WHY | sed '1,/^$/d')" ]]
}

@test "what is not for a terminal does not depend on its width" {
	open_shell 40 40
	type_command "memcoord -c $(node mixed) classify --interval 1 >to-a-file"
	diff -u to-a-file <(program -c "$(node mixed)" classify --interval 1)
	type_command "memcoord -c $(node mixed) classify --interval 1 | cat >piped"
	diff -u piped <(program -c "$(node mixed)" classify --interval 1)
}

@test "--raw is one line for a domain, even on a narrow terminal" {
	open_shell 40 40
	type_command "memcoord -c $(node mixed) stats -rn -o NAME,WHY a-name*"
	[[ ${output//$'\n'/} == "a-name-"*"-to-be enough\\x20free" ]]
}

@test "classes have colours, on a terminal that has some" {
	open_shell 150 40
	type_command "memcoord -c $(node mixed) classify --interval 1"
	terminal capture-pane -p -e | grep -q $'\e\\[32mBALANCED'
	type_command "NO_COLOR=1 memcoord -c $(node mixed) classify --interval 1"
	run ! terminal_has_colours
	type_command "TERM=dumb memcoord -c $(node mixed) classify --interval 1"
	[[ $output == *BALANCED* ]]
	run ! terminal_has_colours
}

terminal_has_colours() {
	terminal capture-pane -p -e | grep -q $'\e\\[3'
}
