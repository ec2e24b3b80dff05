#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The tools that the tests themselves rely on.

bats_require_minimum_version 1.5.0

# shellcheck source=tests/requires.bash
. "${BATS_TEST_DIRNAME:-.}/requires.bash"

count() {
	"$BATS_TEST_DIRNAME/count-results" "$@"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cat >a.log <<-EOF
		1..6
		ok 1 - one
		not ok 2 - two # 2
		# ok 3 - a comment
		ok 3 - three # SKIP no such program
		ok 4
		not ok 5 - five # TODO later
		okay, this is output
		ok 6 - six
	EOF
	cat >b.trs <<-EOF
		:test-result: PASS 1 - one
		:test-result: SKIP 2 - two # SKIP because
		:test-result: FAIL 3 - three
		:test-result: ERROR - exited with status 1
		:global-test-result: ERROR
		:recheck: yes
		:copy-in-global-log: yes
	EOF
	printf ':test-result: PASS 1 - one\n:global-test-result: PASS\n' >c.trs
}

@test "count-results of TAP" {
	run -1 count a.log
	[[ $output == "4 passed, 1 failed, 1 skipped" ]]
}

@test "count-results of a .trs" {
	run -1 count b.trs
	[[ $output == "1 passed, 2 failed, 1 skipped" ]]
	run -0 count c.trs
	[[ $output == "1 passed, 0 failed, 0 skipped" ]]
}

@test "count-results sums up" {
	run -1 count a.log b.trs c.trs
	[[ $output == "6 passed, 3 failed, 2 skipped" ]]
}

@test "count-results counts no test twice" {
	cp a.log b.log
	cp a.log test-suite.log
	run -1 count b.log b.trs test-suite.log c.trs ./test-suite.log
	[[ $output == "2 passed, 2 failed, 1 skipped" ]]
}

@test "count-results of nothing is no success" {
	: >empty.log
	run -1 count empty.log
	[[ $output == "0 passed, 0 failed, 0 skipped" ]]
	run -64 count
}

@test "count-results of a missing file fails" {
	run -1 count c.trs missing.trs
}

@test "check-purity finds what the edge calls" {
	[[ -e $OLDPWD/src/libvirt/liblibvirt.a ]] || skip "not in a build tree"
	cd "$OLDPWD" || return
	run -1 "$BATS_TEST_DIRNAME/check-purity" src/libvirt/liblibvirt.a
	[[ $output == *"not ok 1 - "*"# src/libvirt/liblibvirt.a calls virConnectOpen"* ]]
}

# A build tree in which every fuzz target prints its input's name and is content but with
# "bad" ones.
make_fuzz_tree() {
	local source program

	mkdir -p tree/tests/fuzz
	echo 'fuzz-targets:' >tree/Makefile
	for source in "$BATS_TEST_DIRNAME"/fuzz/fuzz-*.c; do
		program=tree/tests/fuzz/$(basename "$source" .c)
		cat >"$program" <<-'EOF'
			#!/bin/sh
			echo '#9 DONE   cov: 7 ft: 8'
			echo 'stat::number_of_executed_units: 9'
			[ "${0##*/}" != "$BAD" ] || {
				echo nasty >found/size-crash-1
				echo 'artifact_prefix; Test unit written to found/size-crash-1'
				exit 77
			}
		EOF
		chmod +x "$program"
	done
}

@test "fuzz/run tells how much was tried, and goes on after a crash" {
	make_fuzz_tree
	export FUZZ_BUILD=$PWD/tree FUZZ_SECONDS=1
	BAD='' run -0 --separate-stderr "$BATS_TEST_DIRNAME/fuzz/run" size traits
	[[ ${lines[0]} == 1..2 ]]
	[[ ${lines[1]} == "ok 1 - fuzz-size: 9 runs, 7 edges" ]]
	[[ ${lines[2]} == "ok 2 - fuzz-traits: 9 runs, 7 edges" ]]

	BAD=fuzz-size run -1 --separate-stderr "$BATS_TEST_DIRNAME/fuzz/run" size traits
	[[ ${lines[1]} == "not ok 1 - fuzz-size" ]]
	[[ ${lines[2]} == "# input: $PWD/tree/found/size-crash-1" ]]
	[[ ${lines[3]} == "# base64: $(echo nasty | base64)" ]]
	[[ ${lines[4]} == "ok 2 - fuzz-traits"* ]]
}

@test "fuzz/run does not pass when nothing could be built" {
	make_fuzz_tree
	printf 'fuzz-targets:\n\tfalse\n' >tree/Makefile
	FUZZ_BUILD=$PWD/tree run -99 --separate-stderr "$BATS_TEST_DIRNAME/fuzz/run" size
	[[ $output == "Bail out!"* ]]
}

@test "fuzz/replay tells which input breaks what" {
	local replay=$BATS_TEST_DIRNAME/fuzz/replay

	make_fuzz_tree
	mkdir tree/found
	cd tree
	srcdir=$BATS_TEST_DIRNAME/.. BAD='' run -0 "$replay"
	[[ $output == *"- fuzz-config: memcoord.conf"* && $output != *"not ok"* ]]
	[[ ${lines[-1]} == "1..$((${#lines[@]} - 1))" ]]
	srcdir=$BATS_TEST_DIRNAME/.. BAD=fuzz-size run -1 "$replay"
	[[ $output == *"not ok "*" - fuzz-size: no-unit"* ]]
}

# virsh looks for the terminal of its session, whatever its standard input is.
@test "no virsh of the lab has a terminal on which it would start an agent of polkit" {
	requires script
	mkdir bin image
	touch image/vmlinuz image/initrd.gz
	cat >bin/virsh <<-'EOF'
		#!/bin/sh
		if (: </dev/tty) 2>/dev/null; then echo "$1: terminal"; else echo "$1: none"; fi >>"$SEEN"
	EOF
	cat >probe <<-'EOF'
		. "$1/guests/lib.sh"
		LAB_DIR=$PWD/lab LAB_URI=test:///default LAB_USER=$(id -un)
		lab_make_dirs image
		virsh bare
		lab_virsh list
		lab_answers
		lab_run virsh run
		lab_run sh -c 'exec virsh exec'
		lab_spawn out virsh spawn
		wait "$LAB_PID"
	EOF
	chmod +x bin/virsh
	export SEEN=$PWD/seen PATH=$PWD/bin:$PATH
	# shellcheck disable=SC2016 # for that shell
	SHELL=/bin/bash script -qec "bash -eu probe '$BATS_TEST_DIRNAME'" /dev/null </dev/null
	diff -u - seen <<-'EOF'
		bare: terminal
		-q: none
		-q: none
		run: none
		exec: none
		spawn: none
	EOF
}
