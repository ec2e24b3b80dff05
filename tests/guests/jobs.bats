#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Libvirt is busy with one guest: it is dumped, migrated, started or stopped with a hook that
# takes its time, or its QEMU does not die. Meanwhile another guest needs more memory, second by
# second, and gets it. The names of those that run for every change begin with "gate:".
#
# shellcheck disable=SC2016 # what is expanded in a guest is quoted here

setup_file() {
	load functions
	load jobs
	LAB_HOOKS=1 start_lab_or_skip
	lab_start_second
	define_guests hungry held late
	start_guests hungry held
}

teardown_file() {
	load functions
	lab_stop
}

setup() {
	load functions
	load cases
	load jobs
	[ "$BATS_TEST_NUMBER" = 1 ] || put_back
}

teardown() {
	if [ -n "${memcoord_pid:-}" ]; then
		kill -KILL "$memcoord_pid" 2>/dev/null || true
	fi
	let_go
	if [ -n "${CASES_KEEP:-}" ]; then
		mkdir -p "$CASES_KEEP/$BATS_TEST_NUMBER"
		cp "$BATS_TEST_TMPDIR"/{log,memory} "$CASES_KEEP/$BATS_TEST_NUMBER/" \
			2>/dev/null || true
	fi
	# not the verdicts of -v: several lines a second
	[ -z "$BATS_ERROR_STATUS" ] ||
		grep -Ev ': (used|[A-Z]{6,},) ' "$BATS_TEST_TMPDIR/log" 2>/dev/null || true
}

# It will need more memory, and for that a call that waits for the job.
make_held_needy() {
	guest_spawn held 'grow 25 200 60'
	# until it does, and the call has been made
	sleep 7
}

# ---- a kind each ----

@test "gate: another guest is dumped" {
	begin_coordinating
	dump_begin held
	make_held_needy
	grow_meanwhile
	expect_growth
	has_job held Dump || misses+=("the dump is over already")
	dump_end
	expect_to_go_on held
	finish "dump"
}

@test "another guest is migrated" {
	begin_coordinating
	migration_begin held
	make_held_needy
	grow_meanwhile
	expect_growth
	has_job held 'Outgoing migration' || misses+=("the migration is over already")
	migration_abort held
	expect_to_go_on held
	finish "migration"
}

@test "gate: another guest is started, and a hook of 30 s holds it" {
	begin_coordinating
	hooked_start 30
	grow_meanwhile
	expect_growth
	expect_figures_in_time late
	expect_all_in_time late doctor --interval 1
	lab_hook_runs late prepare || misses+=("the hook is over already")
	await_job
	await_late
	expect_to_go_on late
	finish "hook at prepare"
}

# libvirt waits for 10 s before it kills what does not end
@test "another guest is destroyed whose QEMU is stopped" {
	run_late
	begin_coordinating
	await_log 20 'late: (BALANCED|WASTING|STARVING)'
	kill -STOP "$(guest_pid late)"
	begin_job "$LAB_DIR/bin/virsh" -c "$LAB_URI" destroy late
	grow_meanwhile
	expect_growth
	await_job
	has_state late 'shut off'
	expect_to_go_on held
	finish "destroy"
}

# ---- what takes longer ----

@test "nothing holds anybody up: the load alone can be followed" {
	begin_coordinating
	grow_meanwhile
	expect_growth
	finish "nothing"
}

# By then calls have waited for the job for 30 s, and failed.
@test "another guest is dumped for a minute" {
	begin_coordinating
	dump_begin held
	make_held_needy
	sleep 30
	grow_meanwhile
	expect_growth
	sleep 3
	has_job held Dump || misses+=("the dump is over already")
	dump_end
	expect_to_go_on held
	finish "dump of 60 s"
}

@test "another guest is migrated for a minute" {
	begin_coordinating
	migration_begin held
	make_held_needy
	sleep 30
	grow_meanwhile
	expect_growth
	sleep 3
	has_job held 'Outgoing migration' || misses+=("the migration is over already")
	migration_end held
	has_state held 'shut off'
	expect_within 10 "hungry is judged" logged_since 'hungry: (BALANCED|WASTING|STARVING)'
	finish "migration of 60 s"
}

# Until it is here it is paused, with hardly any figures.
@test "another guest is migrated to this host" {
	begin_coordinating
	migration_back_begin held
	grow_meanwhile
	expect_growth
	lab_on_second has_job held 'Outgoing migration' || misses+=("it is back already")
	migration_back_end held
	guest_hold_pty held
	expect_to_go_on held
	finish "migration to this host"
}

@test "another guest is destroyed, and a hook of 30 s at release holds it" {
	run_late
	begin_coordinating
	await_log 20 'late: (BALANCED|WASTING|STARVING)'
	hooked_destroy 30
	grow_meanwhile
	expect_growth
	lab_hook_runs late release || misses+=("the hook is over already")
	await_job
	run_late
	expect_to_go_on late
	finish "hook at release"
}

# Domains whose QEMU runs, but not the guest: no processor is needed for these.
define_ten() {
	local i
	for i in $(seq 10); do
		guest_stop "tiny$i"
		guest_define "tiny$i" max=64 current=64
		lab_arm_hook "tiny$i" prepare 5
	done
}

# When hungry has begun to grow and has not got anything yet.
start_ten() {
	local i
	sleep 1
	for i in $(seq 10); do
		lab_virsh start --paused "tiny$i" >/dev/null &
	done
	wait_until 10 ten_hooks_run && touch "$BATS_TEST_TMPDIR/ten"
	wait
}

ten_hooks_run() {
	[ "$(find "$LAB_DIR/armed" -name 'tiny*.runs' | wc -l)" = 10 ]
}

ten_are_seen() {
	[ "$(tail -n "+$marked_line" "$BATS_TEST_TMPDIR/log" | grep -o 'tiny[0-9]*: FROZEN' |
		sort -u | wc -l)" = 10 ]
}

@test "ten guests are started at once, each with a hook of 5 s" {
	begin_coordinating
	define_ten
	start_ten 3>&- &
	grow_meanwhile
	expect_growth
	[ -e "$BATS_TEST_TMPDIR/ten" ] || misses+=("the ten were not started at once")
	expect_within 20 "the ten are seen" ten_are_seen
	expect_to_go_on held
	guest_stop tiny{1..10}
	finish "ten starts"
}

# ---- other commands of memcoord ----

@test "the commands while a hook holds a guest" {
	begin_coordinating
	hooked_start 60
	sleep 3
	expect_commands_in_time late
	run memcoord once --interval 1
	[ "$status" = 1 ]
	[[ $output == *"pid $memcoord_pid"* ]]
	expect_no_misses
}

@test "the commands while a hook holds a guest, and nobody coordinates" {
	hooked_start 60
	expect_commands_in_time late
	expect_in_time late dry-run --interval 1
	expect_in_time late once --interval 1
	expect_no_misses
}

@test "the commands while a guest is dumped" {
	begin_coordinating
	dump_begin held
	make_held_needy
	expect_commands_in_time held
	expect_no_misses
}

@test "the commands while a QEMU is stopped" {
	begin_coordinating
	kill -STOP "$(guest_pid held)"
	sleep 3
	expect_commands_in_time held
	expect_no_misses
}

@test "the commands while a guest is destroyed whose QEMU is stopped" {
	run_late
	begin_coordinating
	kill -STOP "$(guest_pid late)"
	begin_job "$LAB_DIR/bin/virsh" -c "$LAB_URI" destroy late
	sleep 1
	expect_figures_in_time late
	expect_no_misses
}

# ---- the reasons ----

has_reason() {
	[ "$(domain_word "$1" REASON)" = "$2" ]
}

@test "reason: a guest that is dumped has a job" {
	begin_coordinating
	dump_begin held
	make_held_needy
	wait_until 20 has_reason held has-job
	dump_end
	expect_to_go_on held
	expect_no_misses
}

@test "reason: a guest that is migrated has a job" {
	begin_coordinating
	migration_begin held
	make_held_needy
	wait_until 20 has_reason held has-job
	migration_abort held
	expect_to_go_on held
	expect_no_misses
}

# The first call about it hangs; of the others libvirt leaves its figures out.
@test "reason: a guest whose QEMU is stopped is busy" {
	begin_coordinating
	kill -STOP "$(guest_pid held)"
	wait_until 20 has_reason held busy
	kill -CONT "$(guest_pid held)"
	expect_to_go_on held
	expect_no_misses
}
