# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What parts of the benchmark that are scripts have in common; the rows are run's.

# Print a row: row NAME CASE VALUE UNIT [REFERENCE OF [GOAL]]
row() {
	jq -nc --arg name "$1" --arg case "$2" --argjson value "$3" --arg unit "$4" \
		--argjson reference "${5:-null}" --arg of "${6:-}" --arg goal "${7:-}" \
		'$ARGS.named | with_entries(select(.value != null and .value != ""))'
}

# Tell why nothing is measured, and end: skip WHY
skip() {
	jq -nc --arg skipped "$1" '{$skipped}'
	exit 0
}

# End as skip does unless the programs $@ are there.
requires() {
	local program

	for program; do
		command -v "$program" >/dev/null || skip "$program is not installed"
	done
}

# Print the median of the numbers on standard input.
median() {
	sort -g | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

# Run two commands (functions) by turns, so that both meet the same machine, and print the
# median milliseconds of each; what they print is dropped. alternate ROUNDS A B
alternate() {
	local rounds=$1 a=$2 b=$3 i begun middle end times_a=() times_b=()

	for ((i = 0; i < rounds; i++)); do
		begun=${EPOCHREALTIME/[.,]/}
		"$a" >/dev/null
		middle=${EPOCHREALTIME/[.,]/}
		"$b" >/dev/null
		end=${EPOCHREALTIME/[.,]/}
		times_a+=($((middle - begun)))
		times_b+=($((end - middle)))
	done
	printf '%s\n' "${times_a[@]}" | median | awk '{ printf "%.3f ", $1 / 1000 }'
	printf '%s\n' "${times_b[@]}" | median | awk '{ printf "%.3f\n", $1 / 1000 }'
}
