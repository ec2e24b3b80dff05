# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# How a bats test fails with a reason, and what it does without a program that it needs.

fail() {
	printf '%s\n' "$@" >&2
	return 1
}

# Skip the test unless the programs $@ are there. With REQUIRE_PROGRAMS it fails: where that
# is set, they have been installed.
requires() {
	local program

	for program; do
		command -v "$program" >/dev/null && continue
		[[ -z ${REQUIRE_PROGRAMS:-} ]] || fail "$program is not installed" || return
		skip "$program is not installed"
	done
}
