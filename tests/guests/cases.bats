#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The teaching cases of this problem on four real guests, and a host made scarce: what the
# policy fair has to reach. Each prints a line of figures. CASES_POLICY=classic puts the same
# load on another policy and only prints; CASES_BRIEF=1 leaves out the long ends. The names of
# those that run for every change begin with "gate:".
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
	load cases
}

teardown() {
	stop_sampling
	if [ -n "${memcoord_pid:-}" ]; then
		kill -KILL "$memcoord_pid" 2>/dev/null || true
	fi
	if [ -n "${CASES_KEEP:-}" ]; then
		mkdir -p "$CASES_KEEP/$BATS_TEST_NUMBER"
		cp "$BATS_TEST_TMPDIR"/{log,samples,sampler} "$CASES_KEEP/$BATS_TEST_NUMBER/" || true
	fi
	# not the verdicts of -v: several lines a second
	[ -z "$BATS_ERROR_STATUS" ] ||
		grep -Ev ': [A-Z]{6,}, ' "$BATS_TEST_TMPDIR/log" 2>/dev/null || true
	guest_stop "${guests[@]}"
}

# One guest grows until its kernel ends the load, the others idle:
# grow_alone CASE BUDGET RATE_MIB_S IDLE_USABLE_MIB
grow_alone() {
	local starved kills low
	boot_four 512
	coordinate "$2"
	guest_spawn vm1 "grow $3 0"
	await_load_end 240 vm1
	starved=$(starved_seconds vm1)
	expect_a_calm_end vm1
	expect_the_usual
	kills=$(kills_of "${guests[@]}")
	low=$(lowest_usable 'vm2 vm3 vm4')
	expect "size of vm1 at the highest, MiB" "$(highest_current vm1)" -eq "$maximum_mib"
	expect "usable of the idle ones at the lowest, MiB" "$low" -ge "$4"
	expect "starved seconds below the maximum" "$starved" -le 5
	expect "kills" "$kills" -le 1
	expect "kills in the idle ones" "$(kills_of vm2 vm3 vm4)" -eq 0
	conclude "$1" "idle ones' lowest usable $low MiB, starved $starved s, killed $kills"
}

# All four grow: grow_together CASE BUDGET RATE_MIB_S LIMIT_MIB. Sets kills, spread and
# starved, which are those at the time when the first load ended.
grow_together() {
	local name
	boot_four 512
	coordinate "$2"
	for name in "${guests[@]}"; do
		guest_spawn "$name" "grow $3 $4 8"
	done
	# then the others can go on with what that one had
	expect_within 240 "one load is over" one_has_no_load
	starved=$(starved_seconds "${guests[*]}")
	spread=$(peak_spread "$EPOCHSECONDS")
	await_load_end 240 "${guests[@]}"
	expect_to_be_taken_down "${guests[@]}"
	expect_a_calm_end "${guests[@]}"
	expect_the_usual
	kills=$(kills_of "${guests[@]}")
	expect "spread at the peak, percent" "$spread" -le 15
	figures="lowest usable $(lowest_usable "${guests[*]}") MiB, spread at the peak $spread %,"
	figures+=" starved $starved s, killed $kills"
}

one_has_no_load() {
	local name

	for name in "${guests[@]}"; do
		if has_no_load "$name"; then
			return 0
		fi
	done
	return 1
}

@test "gate: case 1 tight: one grows without bound, and the idle ones must give" {
	# 60 MiB and more are for those who starve only; here all can have what they need
	grow_alone "case 1 tight" 3584 21 90
}

@test "gate: case 2, 6144 MiB: all four grow together" {
	grow_together "case 2, 6144 MiB" 6144 21 1000
	expect "kills" "$kills" -eq 0
	expect "starved seconds" "$starved" -le 5
	conclude "case 2, 6144 MiB" "$figures"
}

# Leave 350 MiB more in the guest at 40 MiB a second, three times, with pauses; then end.
load_in_steps() {
	guest_spawn "$1" '
		for step in 1 2 3; do
			grow 40 350 &
			sleep 14
		done
		sleep 4
		killall grow
		wait'
}

@test "gate: scarce host: two need what the other two hold" {
	local name starved kills low
	boot_four 1024
	for name in "${guests[@]}"; do
		guest_fill "$name" 80
		[ "$(guest_rss "$name")" -gt $((950 * 1024)) ]
	done
	coordinate $(($(cost_mib) + 400 + 256)) 256
	load_in_steps vm1
	load_in_steps vm2
	await_load_end 150 vm1 vm2
	starved=$(starved_seconds 'vm1 vm2')
	expect_a_calm_end vm1 vm2
	expect_the_usual
	kills=$(kills_of "${guests[@]}")
	low=$(lowest_usable 'vm3 vm4')
	expect "kills" "$kills" -eq 0
	expect "starved seconds" "$starved" -le 5
	expect "usable of the idle ones at the lowest, MiB" "$low" -ge 60
	# what they were to use was there
	expect "use of vm1 at the highest, MiB" "$(highest_used vm1)" -ge 1100
	expect "use of vm2 at the highest, MiB" "$(highest_used vm2)" -ge 1100
	conclude "scarce host" \
		"idle ones' lowest usable $low MiB, starved $starved s, killed $kills"
}

@test "case 1: one grows without bound on a host that has enough" {
	grow_alone "case 1" 0 21 60
}

@test "case 2, 10240 MiB: all four grow without bound and reach their maximum" {
	local name
	grow_together "case 2, 10240 MiB" 10240 21 0
	for name in "${guests[@]}"; do
		expect "size of $name at the highest, MiB" "$(highest_current "$name")" \
			-eq "$maximum_mib"
	done
	expect "kills" "$kills" -le 4
	expect "starved seconds below the maximum" "$starved" -le 5
	conclude "case 2, 10240 MiB" "$figures"
}

@test "case 2, 6144 MiB, without bound: the shortage is the same for all" {
	grow_together "case 2, 6144 MiB, without bound" 6144 21 0
	expect "kills" "$kills" -le 4
	conclude "case 2, 6144 MiB, without bound" "$figures"
}

# The budget is such that vm2 cannot reach its maximum without what vm1 had.
@test "case 3: what the first has freed goes to the second" {
	local end_s starved kills low
	boot_four 512
	coordinate 4096
	guest_spawn vm1 'grow 21 512 3'
	guest_spawn vm2 'grow 21 0'
	await_load_end 120 vm1
	end_s=$EPOCHSECONDS
	expect "use of vm1 at the highest, MiB" "$(highest_used vm1)" -ge 600
	expect_within 60 "vm1 is below 900 MiB" is_down_to vm1 900
	await_load_end 240 vm2
	starved=$(starved_seconds 'vm1 vm2')
	expect_a_calm_end vm2
	expect_the_usual
	kills=$(kills_of "${guests[@]}")
	low=$(lowest_usable 'vm3 vm4')
	expect "size of vm1 from 60 s after its end on, MiB" \
		"$(highest_current vm1 $((end_s + 60)))" -le 900
	expect "size of vm2 at the highest, MiB" "$(highest_current vm2)" -eq "$maximum_mib"
	expect "usable of the idle ones at the lowest, MiB" "$low" -ge 60
	expect "starved seconds below the maximum" "$starved" -le 5
	expect "kills" "$kills" -le 1
	expect "kills but in vm2" "$(kills_of vm1 vm3 vm4)" -eq 0
	conclude "case 3" "idle ones' lowest usable $low MiB, starved $starved s, killed $kills"
}

# Two workers take 256 MiB each within a second. No balloon can win that race, so the guest
# may lose a worker, but not again and again.
@test "stress -m 2: the guest is served in the end, and nobody else is harmed" {
	local low
	boot_four 512
	coordinate 4096
	guest_spawn vm1 '
		until stress -q -m 2 -t 40; do sleep 2; done
		touch /tmp/served'
	expect_within 150 "stress runs for 40 s" guest_run vm1 'test -e /tmp/served'
	expect_the_usual
	low=$(lowest_usable 'vm2 vm3 vm4')
	expect "size of vm1 at the highest, MiB" "$(highest_current vm1)" -ge 600
	expect "usable of the others at the lowest, MiB" "$low" -ge 60
	expect "kills in the others" "$(kills_of vm2 vm3 vm4)" -eq 0
	conclude "stress -m 2" "idle ones' lowest usable $low MiB, killed $(kills_of vm1)"
}
