#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The alerts fire when they must, and only then.

load ../cli/functions

rules=$BATS_TEST_DIRNAME/../../data/prometheus/memcoord.rules.yml

setup() {
	requires promtool
}

teardown() {
	:
}

@test "promtool finds nothing wrong with the alerts" {
	run promtool check rules --lint=all --lint-fatal "$rules"
	[[ $status == 0 ]] || fail "$output"
}

@test "each alert fires when it must, and does not when it must not" {
	run promtool test rules "$BATS_TEST_DIRNAME/rules.test.yml"
	[[ $status == 0 ]] || fail "$output"
}

@test "each alert is tried both ways" {
	local alert cases=$BATS_TEST_DIRNAME/rules.test.yml

	while read -r alert; do
		grep -qE "alertname: $alert, exp_alerts: \[\]" "$cases" ||
			fail "$alert: nothing tells when it does not fire"
		grep -qE "^ *alertname: $alert$" "$cases" ||
			fail "$alert: nothing tells when it fires"
	done < <(sed -n 's/^ *- alert: //p' "$rules")
}
