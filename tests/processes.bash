# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What all tests with processes share.

# Wait for a child that should end soon, and kill it after 30 s: a program that hangs must
# not hang the tests. Status: the child's.
await_end() {
	local guard status=0

	(
		sleep 30
		kill -KILL "$1"
	) >/dev/null 2>&1 3>&- &
	guard=$!
	wait "$1" || status=$?
	kill "$guard" 2>/dev/null || true
	return "$status"
}
