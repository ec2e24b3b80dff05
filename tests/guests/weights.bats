#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What guests are worth: two that are equal but for their weights, both wanting more than
# there is.
#
# shellcheck disable=SC2016 # what is expanded in a guest is quoted here

setup_file() {
	load functions
	start_lab_or_skip
}

teardown_file() {
	load functions
	lab_stop
}

setup() {
	load functions
}

teardown() {
	if [ -n "${memcoord_pid:-}" ]; then
		kill -KILL "$memcoord_pid" 2>/dev/null || true
	fi
	[ -z "$BATS_ERROR_STATUS" ] || tail -n 100 "$BATS_TEST_TMPDIR/log" || true
	guest_stop plain heavy
}

# The size of "heavy" in percent of that of "plain", both in the same moment.
ratio_percent() {
	memcoord stats -nrb -o NAME,CURRENT heavy plain | awk '
		{ size[$1] = $2 }
		END { print int(size["heavy"] * 100 / size["plain"]) }'
}

is_shared_by_weight() {
	local percent
	percent=$(ratio_percent)
	[ "$percent" -ge 270 ] && [ "$percent" -le 330 ]
}

# Free memory of 85 % is what each of them is to have, and that is more than there is for
# both. Neither can fill what it gets: what a guest uses is not taken from it again, so that
# two that fill it as fast as they can are left with what they had when it became scarce.
@test "weights 100 and 300: what is scarce is shared one to three" {
	local cost_mib
	guest_define plain max=1536 current=256
	guest_define heavy max=1536 current=256
	guest_start plain heavy
	guest_settle plain heavy
	cost_mib=$((($(guest_rss plain) + $(guest_rss heavy)) / 1024))
	export CONFIG="host_capacity = \"$((cost_mib + 256 + 900)) MiB\"; host_reserve = \"256 MiB\";
		starvation_threshold = 85; waste_threshold = 95;
		domains = ( { match = \"heavy\"; weight = 300; } );"
	start_memcoord -v run
	await_log 30 'coordinating'
	guest_spawn plain 'grow 1 1300 60'
	guest_spawn heavy 'grow 1 1300 60'
	wait_until 60 is_shared_by_weight
	# and it stays so
	sleep 10
	is_shared_by_weight
	echo "# figures: weights 1 : 3 -> sizes 1 : $(ratio_percent | sed 's/..$/.&/')" >&3
	logged 'OVERLOAD'
	stop_memcoord
}
