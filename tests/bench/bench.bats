#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What measures is tested with parts that only say that they have measured something.

bats_require_minimum_version 1.5.0

setup() {
	command -v jq >/dev/null || skip "jq is not installed"
	bench=$BATS_TEST_DIRNAME
	golden=$BATS_TEST_DIRNAME/golden
	mkdir -p "$BATS_TEST_TMPDIR/tests/bench"
	cd "$BATS_TEST_TMPDIR" || return
	cat >rows <<-END
		{"name": "wall time", "case": "10 guests", "value": 1.1, "unit": "ms", "reference": 1, "of": "bare call", "goal": "ratio <= 1.15"}
		{"name": "wall time", "case": "60 guests", "value": 1.1501, "unit": "ms", "reference": 1, "of": "bare call", "goal": "ratio <= 1.15"}
		{"name": "calls", "value": 1, "goal": "value == 1"}
		{"name": "share given back", "value": 0.456789, "goal": "value >= 0.5"}
		{"name": "instructions", "value": 1234567.89}
		{"name": "growth", "value": -0.00123456, "unit": "KiB"}
		{"name": "faults", "case": "1 guest", "skipped": "it did not boot"}
	END
	part rows 'cat rows'
	part absent "echo '{\"skipped\": \"no guests here\"}'"
}

# A part NAME that does what $2 says.
part() {
	printf '#!/bin/sh\n%s\n' "$2" >"tests/bench/bench-$1"
	chmod +x "tests/bench/bench-$1"
}

# Compare standard input with a golden file; MEMCOORD_UPDATE_GOLDEN=1 writes it.
is_golden() {
	if [[ -n ${MEMCOORD_UPDATE_GOLDEN:-} ]]; then
		cat >"$golden/$1"
	else
		diff -u "$golden/$1" -
	fi
}

# The table below the facts of the machine.
only_table() {
	sed '1,/^$/d'
}

@test "run and report print a table" {
	run -0 --separate-stderr "$bench/run" bench.json rows absent
	only_table <<<"$output" | is_golden bench.txt
}

@test "report --markdown" {
	"$bench/run" bench.json rows absent 2>/dev/null >/dev/null
	"$bench/report" --markdown bench.json | only_table | is_golden bench.md
}

@test "the JSON has machine, ratios and verdicts" {
	"$bench/run" bench.json rows absent 2>/dev/null >/dev/null
	[[ $(jq -c '.machine | keys' bench.json) == '["commit","compiler","cores","cpu",'* ]]
	jq -c '.rows[]' bench.json | is_golden bench.jsonl
}

@test "a part that fails is said to, and what it had measured stays" {
	part fails "echo '{\"name\": \"first\", \"value\": 1}'; exit 3"
	run -1 --separate-stderr "$bench/run" bench.json fails rows
	[[ $(jq -c '.rows[:2] | map(.value, .skipped)' bench.json) == '[1,null,null,"it failed"]' ]]
	[[ $(jq '.rows | length' bench.json) == 9 ]]
}

@test "a part that does not keep to the rules fails" {
	local line

	for line in 'oops' '{"name": "text", "value": "1"}' '{"value": 1}' \
		'{"name": "no ratio", "value": 1, "goal": "ratio <= 1"}' \
		'{"name": "no goal", "value": 1, "goal": "small"}'; do
		part wrong "echo '$line'"
		run -1 "$bench/run" bench.json wrong
		[[ $(jq -r '.rows[].skipped' bench.json) == "it failed" ]]
	done
	run -1 "$bench/run" bench.json missing
}

@test "wrong usage" {
	run -64 "$bench/run" bench.json
	run -64 "$bench/report"
}
