# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What all tests with processes share.

# Wait for a child that should end soon, and kill it after 30 s: a program that hangs must
# not hang the tests. Status: the child's.
await_end() {
	local status=0

	# It ends by itself: a signal could come while it still has the traps of bats.
	# shellcheck disable=SC2016 # for the inner shell
	bash -c 'for ((i = 0; i < 300; i++)); do
			sleep 0.1
			kill -0 "$1" || exit 0
		done
		kill -KILL "$1"' guard "$1" </dev/null >/dev/null 2>&1 3>&- &
	wait "$1" || status=$?
	return "$status"
}
