#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What doctor finds in real guests. What it prints as cures is carried out as it stands.

setup_file() {
	load functions
	start_lab_or_skip
	# Starts first: only after a minute it is clear that it has no driver.
	guest_define mute max=128 current=96 driver=no
	guest_define vm max=384 current=256 stats=0 autodeflate=on
	guest_start mute vm
	guest_settle vm
}

teardown_file() {
	load functions
	lab_stop
}

setup() {
	load functions
	export CONFIG=
}

teardown() {
	local pid
	for pid in ${memcoord_pid:-} ${rival_pid:-}; do
		kill -KILL "$pid" 2>/dev/null || true
	done
	for pid in $(lab_pids qemu); do
		kill -CONT "$pid" 2>/dev/null || true
	done
}

# What doctor says of the host and of a domain.
examine() {
	memcoord doctor --interval "${interval_s:-1}" "$@" >"$BATS_TEST_TMPDIR/doctor" || true
	cat "$BATS_TEST_TMPDIR/doctor"
}

# The status of a check in what was said last: verdict NAME CHECK.
verdict() {
	awk -v head="  $1: Checking $2 " '
		index($0, head) == 1 {
			sub(/^.* : /, "")
			print $1
			exit
		}' "$BATS_TEST_TMPDIR/doctor"
}

# The first cure of a check in what was said last: cure NAME CHECK.
cure() {
	awk -v head="  $1: Checking $2 " '
		index($0, head) == 1 { inside = 1; next }
		inside && /^        / { print substr($0, 9); seen = 1; next }
		inside && (seen || /^  [^ ]/) { exit }
	' "$BATS_TEST_TMPDIR/doctor"
}

# Carry out what is in the file commands, in the lab's environment, as it stands.
carry_out() {
	local trace=$BATS_TEST_TMPDIR/trace
	# the lab's user has to read it
	chmod 755 "$BATS_RUN_TMPDIR" "${BATS_TEST_TMPDIR%/*}" "$BATS_TEST_TMPDIR"
	(lab_exec timeout 60 sh -ex "$BATS_TEST_TMPDIR/commands") >"$trace" 2>&1 3>&- &
	# The test guests do not obey a power button.
	if grep -q ' shutdown ' "$BATS_TEST_TMPDIR/commands"; then
		wait_until 20 grep -q 'being shutdown' "$trace"
		lab_virsh destroy "$1"
	fi
	await_end $! || {
		cat "$trace" >&2
		return 1
	}
}

# doctor finds it, its cure is carried out, and doctor finds it no more:
# expect_to_cure NAME STATUS CHECK
expect_to_cure() {
	wait_until 40 has_status "$@"
	cat "$BATS_TEST_TMPDIR/doctor"
	cure "$1" "$3" >"$BATS_TEST_TMPDIR/commands"
	[ -s "$BATS_TEST_TMPDIR/commands" ]
	carry_out "$1"
	wait_until 60 has_status "$1" PASS "$3"
}

# has_status NAME STATUS CHECK
has_status() {
	examine "$1" >/dev/null
	[ "$(verdict "$1" "$3")" = "$2" ]
}

@test "nothing is changed" {
	LIBVIRT_DEBUG=1 LIBVIRT_LOG_OUTPUTS="1:file:$BATS_TEST_TMPDIR/calls" examine
	[ "$(grep -cE 'virDomain(Set|Create|Destroy|Resume|Define)' "$BATS_TEST_TMPDIR/calls")" = 0 ]
	# it has just been started
	[ "$(verdict mute "for reports of its guest")" = WARN ]
}

@test "cured by its commands: no statistics period" {
	expect_to_cure vm WARN "for a statistics period"
	has_persistent_period vm
}

@test "cured by its commands: paused" {
	lab_virsh suspend vm
	expect_to_cure vm WARN "that it runs"
}

@test "cured by its commands: settings that cannot be read" {
	lab_virsh metadata vm urn:memcoord:domain:1 --key memcoord \
		--set '<settings weight="much"/>' --live --config
	expect_to_cure vm WARN "the settings in its metadata"
	refute lab_virsh metadata vm urn:memcoord:domain:1 --config
}

@test "cured by its commands: less than its floor" {
	CONFIG='domains = ({ match = "vm"; floor = "320 MiB"; });'
	expect_to_cure vm WARN "its floor"
	[ "$(guest_balloon vm current)" = $((320 * 1024)) ]
}

@test "cured by its commands: more than its ceiling" {
	CONFIG='domains = ({ match = "vm"; ceiling = "256 MiB"; });'
	expect_to_cure vm WARN "its ceiling"
	guest_settle vm
}

@test "cured by its commands: a stopped QEMU" {
	kill -STOP "$(guest_pid vm)"
	expect_to_cure vm FAIL "that its QEMU answers"
}

@test "cured by its commands: another coordinator" {
	(exec -a momd sleep 120) 3>&- &
	rival_pid=$!
	examine vm
	[ "$(verdict host "for another coordinator")" = WARN ]
	cure host "for another coordinator" >"$BATS_TEST_TMPDIR/commands"
	grep -qx "kill $rival_pid" "$BATS_TEST_TMPDIR/commands"
	sh -ex "$BATS_TEST_TMPDIR/commands"
	examine vm
	[ "$(verdict host "for another coordinator")" = PASS ]
}

@test "memcoord itself is no rival" {
	start_memcoord run --period 1
	await_log 20 'coordinating'
	examine vm
	grep -q "another coordinator .*: PASS (memcoord runs, with pid $memcoord_pid)" \
		"$BATS_TEST_TMPDIR/doctor"
	stop_memcoord
	memcoord_pid=
}

@test "cured by its commands: no balloon, no room, no way out" {
	guest_define bare max=192 current=192 balloon=none
	lab_virsh start bare
	expect_to_cure bare FAIL "for a balloon device"
	# it comes with its period
	[ "$(verdict bare "for a statistics period")" = PASS ]
	# what is done already is not asked for again
	cure bare "for room to grow" | head -n 1 >"$BATS_TEST_TMPDIR/commands"
	grep -q 'setmaxmem bare 384MiB' "$BATS_TEST_TMPDIR/commands"
	carry_out bare
	expect_to_cure bare WARN "for room to grow"
	refute grep -q setmaxmem "$BATS_TEST_TMPDIR/commands"
	expect_to_cure bare WARN "that its guest outlives a burst"
	refute grep -q FAIL "$BATS_TEST_TMPDIR/doctor"
	guest_stop bare
}

@test "a domain that is transient has no definition to edit" {
	guest_define passing max=64 current=64 balloon=none
	lab_virsh undefine passing
	lab_virsh create "$LAB_DIR/guests/passing/xml"
	examine passing
	[ "$(verdict passing "for a balloon device")" = FAIL ]
	[ -z "$(cure passing "for a balloon device")" ]
	grep -q 'It is transient' "$BATS_TEST_TMPDIR/doctor"
	guest_stop passing
}

@test "a guest that has lost its driver, and one that has none" {
	# one period and a second longer have to pass
	interval_s=2
	guest_run vm 'rmmod virtio_balloon'
	wait_until 20 has_status vm FAIL "that they are fresh"
	cure vm "that they are fresh" | grep -q 'modprobe'
	wait_until 90 has_status mute FAIL "for reports of its guest"
	cure mute "for reports of its guest" | grep -qx 'modprobe virtio_balloon'
	# these guests have no modprobe
	guest_run vm 'insmod /modules/virtio_balloon.ko'
	guest_run mute 'insmod /modules/virtio_balloon.ko'
	wait_until 20 has_status vm PASS "that they are fresh"
	wait_until 20 has_status mute PASS "for reports of its guest"
}
