# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A terminal for tests, by tmux: a shell runs in it, and what is on it can be read. To be
# loaded after functions.bash.

in_terminal() {
	tmux -S "$terminal" -u -f /dev/null "$@" 3>&-
}

# Open a terminal of $1 columns and $2 lines, with the variables $3...
open_terminal() {
	requires tmux
	locale -a | grep -qix 'c\.utf-\?8' || skip "there is no locale C.UTF-8"
	# Another one each time: the server of the one before may just be ending.
	n_terminals=$((${n_terminals:-0} + 1))
	terminal=$BATS_TEST_TMPDIR/tmux$n_terminals
	rm -f "$BATS_TEST_TMPDIR"/{before,after,pid}
	in_terminal new-session -d -x "$1" -y "$2" \
		env LC_ALL=C.UTF-8 TERM=screen-256color PS1='ready> ' HISTFILE= "${@:3}" \
		bash --norc --noprofile
	eventually shows '^ready>'
}

# A program that is still in it is killed: under sanitizers one that is hung up for a second
# time while it looks for leaks never ends.
close_terminal() {
	is_gone || kill -KILL "$(running_pid)" 2>/dev/null || true
	take_terminal_away
}

take_terminal_away() {
	[[ -z ${terminal:-} ]] || in_terminal kill-server || true
}

# Have the shell carry out $1.
type_line() {
	in_terminal send-keys -l "$1"
	in_terminal send-keys Enter
}

# Press keys, by their names in tmux.
press() {
	in_terminal send-keys "$@"
}

resize() {
	in_terminal resize-window -x "$1" -y "$2"
}

# What is on the terminal, without spaces at the ends of lines.
screen() {
	in_terminal capture-pane -p
}

# Is there a line that matches the extended regular expression?
shows() {
	screen | grep -Eq -e "$1"
}

shows_not() {
	! shows "$1"
}

# The line $1, from 1 on, matches.
line_shows() {
	screen | sed -n "$1p" | grep -Eq -e "$2"
}

# Fail with what is on the terminal.
fail_with_screen() {
	fail "$@" "$(screen)"
}

# Start memcoord with the arguments $@ in the shell; its pid is in the file pid, and its
# exit status will be on the terminal.
start_in_terminal() {
	printf 'exec %q -f %q' "$(command -v "$MEMCOORD")" "$config" >"$BATS_TEST_TMPDIR/run"
	printf ' %q' "$@" >>"$BATS_TEST_TMPDIR/run"
	type_line "stty -a >$BATS_TEST_TMPDIR/before"
	eventually test -s "$BATS_TEST_TMPDIR/before"
	type_line "clear; sh -c 'echo \$\$ >$BATS_TEST_TMPDIR/pid; . $BATS_TEST_TMPDIR/run'; echo status: \$?"
	eventually test -s "$BATS_TEST_TMPDIR/pid"
}

running_pid() {
	cat "$BATS_TEST_TMPDIR/pid"
}

is_gone() {
	[[ ! -s $BATS_TEST_TMPDIR/pid ]] || ! kill -0 "$(running_pid)" 2>/dev/null
}

# The modes in the file $1 are those from before the program, whatever the size is now.
modes_are_as_before() {
	diff -u <(sed 's/rows.*columns [0-9]*//' "$BATS_TEST_TMPDIR/before") \
		<(sed 's/rows.*columns [0-9]*//' "$1")
}

# The program ends with $1, and the terminal is as it was before: its modes, its screen,
# its cursor, and a shell that does what is typed.
leaves_terminal_sane() {
	eventually shows "^status: $1\$" || fail_with_screen "it did not end with $1"
	type_line "stty -a >$BATS_TEST_TMPDIR/after; echo as be''fore"
	eventually shows '^as before$'
	modes_are_as_before "$BATS_TEST_TMPDIR/after"
	[[ $(in_terminal display -p '#{alternate_on} #{cursor_flag}') == "0 1" ]]
}

# What is on the terminal is golden/$1, but for the URI and the clock in the first line.
screen_is() {
	diff -u "$BATS_TEST_DIRNAME/golden/$1" <(screen | sed '1d')
}

# The same; MEMCOORD_UPDATE_GOLDEN=1 writes it anew.
golden_screen() {
	if [[ -n ${MEMCOORD_UPDATE_GOLDEN:-} ]]; then
		screen | sed '1d' >"$BATS_TEST_DIRNAME/golden/$1"
	fi
	screen_is "$1"
}
