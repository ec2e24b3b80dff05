# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A terminal to type into and to look at: a tmux of the test's own, with one window.

# Open a terminal of $1 columns and $2 lines in which the command line $3 runs.
open_terminal() {
	requires tmux
	close_terminal
	tmux_socket=$BATS_TEST_TMPDIR/tmux-$((++n_terminals))
	terminal -f /dev/null new-session -d -x "$1" -y "$2" "$3"
}

# Speak with that tmux. The one that the tests may run in is another.
terminal() {
	TMUX='' tmux -u -S "$tmux_socket" "$@" 3>&-
}

close_terminal() {
	[[ -z ${tmux_socket:-} ]] || terminal kill-server 2>/dev/null || true
}

# Type the texts $@.
type_in() {
	local text

	for text; do
		terminal send-keys -l -- "$text"
	done
}

# Press the keys $@, such as Tab, Enter or C-c.
press() {
	terminal send-keys "$@"
}

# What is on the screen, without the empty lines below.
screen() {
	terminal capture-pane -p | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'
}

# A line of the screen matches the glob $1.
shows() {
	local line

	while IFS= read -r line; do
		# shellcheck disable=SC2053 # a glob
		[[ $line != $1 ]] || return 0
	done <<<"$(screen)"
	return 1
}

# A line of the screen comes to match the glob $1.
will_show() {
	eventually shows "$1" || fail "no line like: $1" "$(screen)"
}
