#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Settings in the metadata of a real domain, set by memcoord and by virsh, under a running
# coordinator.

setup_file() {
	load functions
	start_lab_or_skip
	guest_define vm max=768 current=512
	guest_define off
	guest_start vm
}

teardown_file() {
	load functions
	lab_stop
}

setup() {
	load functions
	export CONFIG='period = 1;'
	memcoord set vm --clear --live --config
}

teardown() {
	if [ -n "${memcoord_pid:-}" ]; then
		kill -KILL "$memcoord_pid" 2>/dev/null || true
	fi
	[ -z "$BATS_ERROR_STATUS" ] || cat "$BATS_TEST_TMPDIR/log" 2>/dev/null || true
}

# As the manual page has it: virsh_metadata live|config [OPTION...]
virsh_metadata() {
	lab_run virsh -q metadata vm urn:memcoord:domain:1 "--$1" "${@:2}"
}

# It has no such metadata.
virsh_has_none() {
	refute virsh_metadata "$1" 2>"$BATS_TEST_TMPDIR/errors"
	grep -q 'metadata not found' "$BATS_TEST_TMPDIR/errors"
}

# What holds for a domain: settings NAME [--config]
settings() {
	memcoord get "${@:2}" -rn -o MANAGED,FLOOR,CEILING,WEIGHT,SOURCE "$1"
}

# Only what is logged from now on counts.
forget_log() {
	: >"$BATS_TEST_TMPDIR/log"
}

# Is it left alone or not, in all cycles from now on?
await_left_out() {
	await_log 10 'vm: UNMANAGED, its settings leave it out'
	forget_log
	await_log 10 'vm: '
	refute logged 'vm: (BALANCED|WASTING|STARVING|UNKNOWN)'
}

await_managed() {
	await_log 10 'vm: (BALANCED|WASTING|STARVING|UNKNOWN)'
	forget_log
	await_log 10 'vm: '
	refute logged 'vm: UNMANAGED'
}

@test "set is seen by a running coordinator, without its lock and without a restart" {
	start_memcoord -v run
	await_managed
	memcoord set vm --managed no
	await_left_out
	memcoord set vm --managed yes
	await_managed
	stop_memcoord
}

@test "virsh has the same effect" {
	start_memcoord -v run
	await_managed
	virsh_metadata live --key memcoord --set '<settings managed="no" weight="7"/>'
	await_left_out
	[ "$(settings vm)" = 'no 50M - 7 metadata' ]
	[ "$(virsh_metadata live)" = '<settings managed="no" weight="7"/>' ]
	virsh_metadata live --remove
	await_managed
	stop_memcoord
	virsh_metadata config --key memcoord --set '<settings weight="8"/>'
	[ "$(settings vm)" = 'yes 50M - 100 default' ]
	[ "$(settings vm --config)" = 'yes 50M - 8 metadata' ]
	virsh_metadata config --remove
}

@test "live and persistent settings do not touch each other" {
	memcoord set vm --floor 100M
	virsh_has_none config
	memcoord set vm --config --weight 7
	[ "$(settings vm)" = 'yes 100M - 100 metadata' ]
	[ "$(settings vm --config)" = 'yes 50M - 7 metadata' ]
	memcoord set vm --live --config --ceiling 600M
	[ "$(settings vm)" = 'yes 100M 600M 100 metadata' ]
	[ "$(settings vm --config)" = 'yes 50M 600M 7 metadata' ]
	[ "$(virsh_metadata live)" = '<settings floor="100 MiB" ceiling="600 MiB"/>' ]
	memcoord set vm --floor default --ceiling default
	virsh_has_none live
	[ "$(settings vm --config)" = 'yes 50M 600M 7 metadata' ]
}

# Each of these reads what there is, adds its own and writes all of it.
@test "what is set at once is all there" {
	local floor pair pid pids

	for _ in 1 2 3; do
		memcoord set vm --clear --live --config
		pids=()
		for floor in 100M 101M; do # the last one has it
			memcoord set vm --floor "$floor" 3>&- &
			pids+=($!)
		done
		for pair in 'ceiling 600M' 'weight 7' 'managed no'; do
			# shellcheck disable=SC2086 # an option and its argument
			memcoord set vm --$pair 3>&- &
			pids+=($!)
			# shellcheck disable=SC2086
			memcoord set vm --config --$pair 3>&- &
			pids+=($!)
		done
		memcoord set vm --config --floor 100M 3>&- &
		pids+=($!)
		memcoord set "$(lab_virsh domuuid vm | xargs)" --config --weight 7 3>&- &
		pids+=($!)
		for pid in "${pids[@]}"; do
			wait "$pid"
		done
		[[ $(settings vm) =~ ^'no 10'[01]'M 600M 7 metadata'$ ]]
		[ "$(settings vm --config)" = 'no 100M 600M 7 metadata' ]
	done
}

@test "a domain that was never started" {
	run memcoord set off --weight 7
	[ "$status" = 1 ]
	[[ $output == "memcoord: off: it is not running (--config alone "* ]]
	memcoord set off --config --weight 7 --managed no
	[ "$(settings off --config)" = 'no 50M - 7 metadata' ]
	# by its UUID
	memcoord set "$(lab_run virsh domuuid off | xargs)" --config --clear
	[ "$(settings off --config)" = 'yes 50M - 100 default' ]
}

@test "bad metadata is told of once by the coordinator, and ignored" {
	local what='vm: its metadata is ignored: weight must be'

	start_memcoord -v run
	await_managed
	virsh_metadata live --key memcoord --set '<settings managed="no" weight="0"/>'
	await_log 10 "$what"
	sleep 3
	[ "$(grep -c "$what" "$BATS_TEST_TMPDIR/log")" = 1 ]
	[ "$(memcoord get -rn -o MANAGED vm 2>"$BATS_TEST_TMPDIR/errors")" = yes ]
	grep -q "^memcoord: $what" "$BATS_TEST_TMPDIR/errors"
	run memcoord set vm --weight 7
	[ "$status" = 1 ]
	[[ $output == *"(--clear takes it back)" ]]
	virsh_metadata live --key memcoord --set '<settings managed="never"/>'
	await_log 10 'vm: its metadata is ignored: managed must be yes or no'
	memcoord set vm --clear
	virsh_has_none live
	stop_memcoord
}

@test "moves heed what a domain has chosen" {
	# coordinators of other tests may have taken all that it wastes
	lab_virsh setmem vm 512M --live
	guest_settle vm
	CONFIG='policy = "classic";'
	wait_until 30 plans_moves 1
	memcoord set vm --managed no
	plans_moves 0
	# what it has
	memcoord set vm --managed yes --floor 512M
	plans_moves 0
	memcoord set vm --clear
	wait_until 10 plans_moves 1
}

# Last, because it leaves a guest that is not up.
@test "of a restart only the persistent settings come out" {
	memcoord set vm --floor 100M --weight 5
	memcoord set vm --config --weight 7
	lab_virsh destroy vm
	lab_virsh start vm
	[ "$(settings vm)" = 'yes 50M - 7 metadata' ]
	[ "$(settings vm --config)" = 'yes 50M - 7 metadata' ]
}
