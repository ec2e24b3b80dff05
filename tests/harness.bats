#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The tools that the tests themselves rely on.

bats_require_minimum_version 1.5.0

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
	[[ -e $OLDPWD/libmemcoord-edge.a ]] || skip "not in a build tree"
	cd "$OLDPWD" || return
	run -1 "$BATS_TEST_DIRNAME/check-purity" libmemcoord-edge.a
	[[ $output == *"not ok 1 - "*"# libmemcoord-edge.a calls virConnectOpen"* ]]
}
