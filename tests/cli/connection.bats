#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Which libvirt is asked, and what is said when there is none.

load functions

# The URI that the program has connected to, with the options $@.
connected_to() {
	program "$@" stats -J | sed -n 's/^ *"uri": "\(.*\)",$/\1/p'
}

@test "-c, --connect= and --connect" {
	[[ $(connected_to -c test:///default) == test:///default ]]
	[[ $(connected_to -ctest:///default) == test:///default ]]
	[[ $(connected_to --connect=test:///default) == test:///default ]]
	[[ $(connected_to --connect test:///default) == test:///default ]]
}

@test "of two -c the last one counts" {
	[[ $(connected_to -c nonsense:/// -c test:///default) == test:///default ]]
}

@test "the file's uri is used" {
	echo 'uri = "test:///default";' >"$config"
	[[ $(connected_to) == test:///default ]]
}

@test "-c goes before the file's uri" {
	echo 'uri = "nonsense:///";' >"$config"
	[[ $(connected_to -c "$(node idle)") == "$(node idle)" ]]
}

@test "LIBVIRT_DEFAULT_URI is used when nothing else is said" {
	export LIBVIRT_DEFAULT_URI=test:///default
	[[ $(connected_to) == test:///default ]]
}

@test "the file's uri goes before LIBVIRT_DEFAULT_URI" {
	export LIBVIRT_DEFAULT_URI=nonsense:///
	echo 'uri = "test:///default";' >"$config"
	[[ $(connected_to) == test:///default ]]
}

@test "-c goes before LIBVIRT_DEFAULT_URI" {
	export LIBVIRT_DEFAULT_URI=nonsense:///
	[[ $(connected_to -c test:///default) == test:///default ]]
}

@test "no daemon behind the socket: status 1 and one line" {
	local command socket=$BATS_TEST_TMPDIR/no-socket

	# shellcheck disable=SC2086 # a command with its arguments
	for command in stats classify doctor dry-run once run get "set db-1 --clear"; do
		refuses_in_one_line 1 \
			"*memcoord: cannot connect to qemu+unix:///system*: * (is libvirtd or virtqemud running?)" \
			-c "qemu+unix:///system?socket=$socket" $command
	done
}

@test "the line begins with the program's name" {
	refuses_in_one_line 1 "memcoord: cannot connect to *" \
		-c "qemu+unix:///system?socket=$BATS_TEST_TMPDIR/no-socket" stats
}

@test "run --cycles 1 does not pass for a success either" {
	refuses_in_one_line 1 "*memcoord: cannot connect to *" \
		-c "qemu+unix:///system?socket=$BATS_TEST_TMPDIR/no-socket" run --cycles 1
}

@test "no such driver" {
	refuses_in_one_line 1 "memcoord: cannot connect to nonsense+unix:///*" \
		-c "nonsense+unix:///?socket=$BATS_TEST_TMPDIR/no-socket" stats
}

@test "an error of several lines is told in one" {
	printf '<node>\n<domain\n' >"$BATS_TEST_TMPDIR/node.xml"
	refuses_in_one_line 1 "memcoord: cannot connect to test:*/node.xml: *" \
		-c "test://$BATS_TEST_TMPDIR/node.xml" stats
}

@test "a node file that is missing" {
	refuses_in_one_line 1 "memcoord: cannot connect to test:*/missing.xml: *" \
		-c "test://$BATS_TEST_TMPDIR/missing.xml" stats
}

@test "nothing reaches the terminal that it would obey" {
	refuses_in_one_line 1 "memcoord:  [[]2Jno: no active domain *" \
		-c test:///default stats $'\e[2Jno'
	refuses_in_one_line 64 "memcoord: unknown command 'a b' *" $'a\nb'
}

@test "a password in the URI is not told, by libvirt neither" {
	local socket=$BATS_TEST_TMPDIR/no-socket

	refuses_in_one_line 1 "memcoord: cannot connect to test+unix://root:[*]@host/*" \
		-c "test+unix://root:secret@host/?socket=$socket" stats
	[[ $stderr != *secret* ]]
	refuses_in_one_line 1 "memcoord: cannot connect to *" \
		-c "test+unix://root:sec/ret@host/?socket=$socket" stats
	[[ $stderr != *ret@* ]]
}

@test "what is not UTF-8 is replaced" {
	refuses_in_one_line 64 "memcoord: unknown command 'gr??' *" $'gr\xfc\xdf'
}

@test "run --wait waits for libvirt" {
	local socket=$BATS_TEST_TMPDIR/no-socket

	expect 0 -c "qemu+unix:///system?socket=$socket" \
		run --wait --period 1 --cycles 2
	# said once, however often it tries
	[[ ${#stderr_lines[@]} == 1 ]]
	[[ ${stderr_lines[0]} == *"memcoord: cannot connect to "*"; trying again and again" ]]
}
