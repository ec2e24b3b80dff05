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

# Time two commands by turns, and print rows of their wall and CPU time.
# compare CASE GOAL NAME-OF-B ROUNDS COMMAND-A... -- COMMAND-B...
compare() {
	local case=$1 goal=$2 of=$3 wall_a wall_b cpu_a cpu_b figures

	shift 3
	figures=$(./tests/bench/alternate "$@")
	read -r wall_a wall_b cpu_a cpu_b <<<"$figures"
	row 'wall time' "$case" "$wall_a" ms "$wall_b" "$of" "$goal"
	row 'CPU time' "$case" "$cpu_a" ms "$cpu_b" "$of" "$goal"
}

# Print a host of libvirt's test driver with N domains, d0 and so on: make_node N
make_node() {
	local i

	echo '<node>'
	for ((i = 0; i < $1; i++)); do
		printf "<domain type='test'><name>d%d</name>
			<uuid>00000000-0000-4000-8000-%012x</uuid>
			<memory unit='MiB'>512</memory>
			<currentMemory unit='MiB'>256</currentMemory>
			<os><type>hvm</type></os>
			<devices><memballoon model='virtio'><stats period='1'/></memballoon></devices>
			</domain>\n" $i $i
	done
	echo '</node>'
}
