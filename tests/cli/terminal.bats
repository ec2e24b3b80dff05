#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Tables on a terminal: their width, their colours, and --watch.

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

# Type a command line that goes on, with what it writes in the file raw, and wait until
# it has drawn three times.
watch_in() {
	# what another window has shown does not count
	rm -f raw
	terminal pipe-pane "cat >'$PWD/raw'"
	type_in "$1"
	press Enter
	eventually has_drawn 3
}

# It has begun $1 times at the top.
has_drawn() {
	[[ -e raw ]] && (($(grep -o $'\e\\[H' raw | wc -l) >= $1))
}

# Every picture is whole when the next one begins.
is_free_of_flicker() {
	run ! grep -q $'\e\\[2J' raw
	tr -d '\r\n' <raw | sed $'s/\e\\[H/\\\n/g' | sed '1d;$d' >pictures
	run ! grep -v $'NAME.*db-1.*\e\\[J$' pictures
}

@test "--watch draws in the same place, for every command that does not act" {
	local command

	for command in "stats" "stats --interval 1" "classify --interval 1" \
		"dry-run --interval 1" "dry-run --explain --interval 1"; do
		open_shell 100 50
		watch_in "memcoord -c $(node mixed) $command --watch 1"
		is_free_of_flicker
		[[ $(screen | grep -c '^URI') == 1 && $(screen) == URI* ]]
	done
}

@test "Ctrl-C ends --watch as it ends any program, and leaves the terminal as it was" {
	open_shell 100 50
	type_command "stty -a >before"
	watch_in "memcoord -c $(node mixed) stats --watch 1"
	press C-c
	will_show '>'
	[[ $(screen) == *$'\n^C'*$'\n>' ]]
	type_in "echo status: \$?"
	press Enter
	will_show 'status: 130'
	type_command "stty -a >after"
	diff before after
	# the cursor is there
	[[ $(terminal display-message -p '#{cursor_flag}') == 1 ]]
}

@test "--watch on a small screen says that there is more" {
	open_shell 100 5
	watch_in "memcoord -c $(node traits) stats --watch 1 -n"
	will_show '(4 more lines)'
	[[ $(screen) == plain*locked*huge*'(4 more lines)' ]]
}

@test "--watch does not clear the last letter of a line that is as wide as the terminal" {
	open_shell 106 50
	watch_in "memcoord -c $(node traits) classify --interval 1 --watch 1 -n"
	grep -q 'keeps its memory in place' raw
	run ! grep -q $'in place\e\\[K' raw
	open_shell 107 50
	watch_in "memcoord -c $(node traits) classify --interval 1 --watch 1 -n"
	grep -q $'in place\e\\[K' raw
}

@test "--watch follows the size of the terminal" {
	open_shell 120 50
	watch_in "memcoord -c $(node traits) classify --interval 1 --watch 1 -n"
	shows '*a passed-through device keeps its memory in place'
	terminal resize-window -x 80 -y 50
	will_show '*a passed-through device'
	terminal resize-window -x 120 -y 50
	will_show '*a passed-through device keeps its memory in place'
	# nothing of the longer picture is left
	[[ $(screen | wc -l) == 7 ]]
}

@test "--watch --json is not drawn: one document comes after another" {
	open_shell 100 50
	terminal pipe-pane "cat >'$PWD/raw'"
	type_in "memcoord -c test:///default stats -J --watch 1 -o NAME"
	press Enter
	eventually has_documents 2
	run ! grep -q $'\e\\[[HJK]' raw
}

has_documents() {
	(($(grep -c '^  "domains"' raw) >= $1))
}

@test "--watch on a terminal that obeys nothing prints one table after another" {
	open_shell 100 50 TERM=dumb
	terminal pipe-pane "cat >'$PWD/raw'"
	type_in "memcoord -c test:///default stats --watch 1 -n -o NAME"
	press Enter
	eventually has_lines 3
	run ! grep -q $'\e' raw
}

has_lines() {
	(($(grep -c '^test' raw) >= $1))
}
