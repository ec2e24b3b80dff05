#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# shellcheck disable=SC1091,SC2016 # what is expanded in a guest is quoted here
#
# Does the lab itself do what lib.sh says? Run it alone: bats tests/guests/lab-selftest.bats

setup_file() {
	. "$BATS_TEST_DIRNAME/lib.sh"
	local status=0
	LAB_HOOKS=1 lab_start || status=$?
	if [ "$status" = 77 ]; then
		skip "no tests with real guests on this machine"
	fi
	[ "$status" = 0 ]
	guest_define plain
	guest_define nodriver max=512 driver=no
	guest_define noballoon max=512 balloon=none
	guest_start plain nodriver noballoon
	guest_settle plain
}

teardown_file() {
	. "$BATS_TEST_DIRNAME/lib.sh"
	lab_stop
}

setup() {
	. "$BATS_TEST_DIRNAME/lib.sh"
}

at_most() {
	[ "$1" -le "$2" ]
}

figure_at_most() {
	at_most "$(guest_balloon "$1" "$2")" "$3"
}

rss_at_most() {
	at_most "$(guest_rss "$1")" "$2"
}

# Processes of a lab's directory that are not zombies, whoever runs them.
processes_below() {
	grep -lsF -- "$1/" /proc/[0-9]*/cmdline
}

@test "wait_until: succeeds at once, and says what it waited for in vain" {
	wait_until 1 true
	run wait_until 1 test -e /nonexistent
	[ "$status" = 1 ]
	[ "$output" = "wait_until: not within 1 s: test -e /nonexistent" ]
}

@test "lab_run: an unprivileged user, its own libvirtd, standard input and status" {
	[ "$(lab_run id -un)" = "$LAB_USER" ]
	[ "$(lab_run id -u)" != 0 ]
	lab_run virsh list --name | grep -qx plain
	lab_run virsh -c qemu:///session list --name | grep -qx plain
	[ "$(echo word | lab_run cat)" = word ]
	run lab_run sh -c 'exit 7'
	[ "$status" = 7 ]
}

@test "LAB_URI: also for a client run by whoever started the lab" {
	lab_virsh list --name | grep -qx plain
}

@test "lab_install: programs from where the lab's user cannot read" {
	mkdir -m 700 "$BATS_TEST_TMPDIR/private"
	printf '#!/bin/sh\necho installed\n' >"$BATS_TEST_TMPDIR/private/mc-try"
	lab_install "$BATS_TEST_TMPDIR/private/mc-try"
	cd "$BATS_TEST_TMPDIR/private"
	[ "$(lab_run mc-try)" = installed ]
}

@test "lab_spawn: LAB_PID is the program itself" {
	lab_spawn "$BATS_TEST_TMPDIR/out" sh -c 'trap "echo bye; exit 5" TERM
		echo up; while :; do sleep 0.1; done'
	wait_until 5 grep -q up "$BATS_TEST_TMPDIR/out"
	kill -TERM "$LAB_PID"
	local status=0
	wait "$LAB_PID" || status=$?
	[ "$status" = 5 ]
	grep -q bye "$BATS_TEST_TMPDIR/out"
}

@test "guest_run: exact output, status, quoting, and kernel messages kept out" {
	run guest_run plain 'echo "two  words"; echo '\''$HOME \ "'\''; exit 3'
	[ "$status" = 3 ]
	[ "$output" = $'two  words\n$HOME \\ "' ]
	[ "$(guest_run plain 'printf bare' | od -An -c | tr -d ' ')" = bare ]
	[ "$(guest_run plain 'for i in $(seq 300); do echo line $i; done' | md5sum)" = \
		"$(for i in $(seq 300); do echo "line $i"; done | md5sum)" ]
	[ "$(guest_run plain 'for i in 1 2 3; do echo "<0>noise" >/dev/kmsg; echo $i; done')" = \
		$'1\n2\n3' ]
}

@test "guest_run: a command that takes too long is killed, the guest goes on" {
	local status=0
	GUEST_TIMEOUT=2 guest_run plain 'sleep 1234' || status=$?
	[ "$status" = 124 ]
	[ "$(guest_run plain 'pidof sleep || echo none')" = none ]
}

# Send "echo hi" with a pause in the middle, and wait for the answer.
ask_in_parts() {
	local line
	printf '7 5 ZWNob' >&8
	sleep 1.5
	printf 'yBoaQ==\n' >&8
	while IFS= read -r -t 10 -u 8 line; do
		[[ $line != hi ]] || return 0
	done
	return 1
}

@test "guest_start: a first request that arrives in parts is not lost" {
	guest_define parts max=256
	lab_virsh start parts >/dev/null
	guest_hold_pty parts
	guest_with_pty parts guest_read_ready parts
	guest_with_pty parts ask_in_parts
	guest_stop parts
}

@test "guest_run: several at a time" {
	local i
	for i in 1 2 3 4; do
		guest_run plain "echo mine $i" >"$BATS_TEST_TMPDIR/$i" 3>&- &
	done
	wait
	for i in 1 2 3 4; do
		[ "$(cat "$BATS_TEST_TMPDIR/$i")" = "mine $i" ]
	done
}

@test "shrinking shows in the guest and in what it costs the host" {
	guest_fill plain
	[ "$(guest_rss plain)" -gt 460000 ]
	[ "$(guest_meminfo plain MemTotal)" -gt 420000 ]
	lab_run virsh setmem plain 200M --live
	wait_until 20 figure_at_most plain current 204800
	[ "$(guest_meminfo plain MemTotal)" -lt 180000 ]
	[ "$(guest_meminfo plain MemFree)" -lt 180000 ]
	wait_until 10 rss_at_most plain 320000
	lab_run virsh setmem plain 512M --live
	wait_until 20 guest_settled plain
	[ "$(guest_meminfo plain MemTotal)" -gt 420000 ]
	[ "$(guest_oom_kills plain)" = 0 ]
}

@test "a guest without the driver takes the request and does not move" {
	[ "$(guest_run nodriver 'lsmod | grep -c balloon')" = 0 ]
	local before
	before=$(guest_balloon nodriver current)
	lab_run virsh setmem nodriver 200M --live
	sleep 2
	[ "$(guest_balloon nodriver current)" = "$before" ]
	run guest_balloon nodriver usable
	[ "$status" = 1 ]
}

@test "a guest without a balloon device refuses" {
	run lab_run virsh setmem noballoon 200M --live
	[ "$status" != 0 ]
	[[ $output == *"balloon device"* ]]
	guest_stop nodriver noballoon
	run guest_pid noballoon
	[ "$status" = 1 ]
}

@test "a load grows at its rate, libvirt's figures follow" {
	local before pid
	# Not a figure from before the balloon moved.
	sleep 2
	before=$(guest_balloon plain usable)
	pid=$(guest_spawn plain 'echo "it'\''s $$"; grow -v 50 200')
	sleep 7
	[ "$(guest_run plain "head -n 1 /tmp/spawn.$pid")" = "it's $pid" ]
	[ "$(guest_run plain "tail -n 1 /tmp/spawn.$pid")" = "200 MiB" ]
	# Not all of it: some 50 MiB may come from the lists of free pages that Linux keeps per CPU
	# and does not count as free.
	[ $((before - $(guest_balloon plain usable))) -gt 130000 ]
	guest_run plain "kill -- -$pid"' && sleep 1 && test -z "$(pidof grow)"'
	[ "$(guest_run plain 'grow 0 10 0 && echo done')" = "done" ]
	guest_run plain 'stress -q -m 1 --vm-bytes 20M -t 1'
}

@test "the out-of-memory killer takes the load, not the agent" {
	run guest_run plain 'grow 0 0'
	[ "$status" = 137 ]
	[ "$(guest_oom_kills plain)" = 1 ]
	grep -q "Killed process .*grow" "$LAB_DIR/log/plain.console"
}

@test "swap on zram, a page cache from disk, no statistics" {
	guest_define swap max=512 current=300 zram=300 disk=400
	guest_define nostats max=512 current=300 stats=0
	guest_define reporting max=512 current=300 freepagereporting=on
	guest_start swap nostats reporting
	guest_settle swap nostats reporting

	guest_run swap 'grow 0 320 0'
	[ "$(guest_oom_kills swap)" = 0 ]
	sleep 2
	[ "$(guest_balloon swap swap_out)" -gt 20000 ]
	guest_fill_cache swap 150
	sleep 2
	[ "$(guest_balloon swap disk_caches)" -gt 140000 ]
	[ $(($(guest_balloon swap usable) - $(guest_balloon swap unused))) -gt 80000 ]

	run lab_run virsh dumpxml nostats
	[[ $output != *"<stats"* ]]
	local stamp
	stamp=$(guest_balloon nostats last-update)
	sleep 2
	[ "$(guest_balloon nostats last-update)" = "$stamp" ]

	guest_fill reporting
	wait_until 20 rss_at_most reporting 330000
}

@test "guests outlive a libvirtd that is killed" {
	local pid
	pid=$(guest_pid plain)
	lab_kill_libvirtd
	run lab_virsh list
	[ "$status" != 0 ]
	[ "$(guest_run plain 'echo alive')" = alive ]
	lab_restart_libvirtd
	[ "$(guest_pid plain)" = "$pid" ]
	[ "$(guest_balloon plain current)" = 524288 ]
	lab_run virsh setmem plain 400M --live
	wait_until 20 figure_at_most plain current 409600
}

@test "guest_reboot: a new boot, and the balloon's target again" {
	guest_run plain 'touch /tmp/before'
	guest_reboot plain
	guest_run plain 'test ! -e /tmp/before'
	wait_until 20 figure_at_most plain current 409600
}

@test "a stopped QEMU: guest_run gives up, guest_stop takes it away" {
	local status=0
	guest_stop swap reporting
	kill -STOP "$(guest_pid nostats)"
	GUEST_TIMEOUT=1 guest_run nostats true || status=$?
	[ "$status" = 124 ]
	guest_stop nostats
	run lab_run virsh dominfo nostats
	[ "$status" != 0 ]
}

# Start plain in the background, off as it was: begin_start SECONDS_OF_HOOK
begin_start() {
	lab_arm_hook plain prepare "$1"
	lab_virsh start plain >/dev/null 3>&- &
	wait_until 10 lab_hook_runs plain prepare
}

@test "lab_arm_hook: a start takes so long, and libvirtd holds the domain" {
	local begun_s=$SECONDS
	guest_stop plain
	guest_define plain
	begin_start 4
	run timeout 1 virsh -c "$LAB_URI" domstate plain
	[ "$status" = 124 ]
	wait $!
	[ $((SECONDS - begun_s)) -ge 4 ]
	refute_hook plain prepare
	# only that one
	lab_virsh destroy plain
}

refute_hook() {
	if lab_hook_runs "$1" "$2"; then
		return 1
	fi
}

@test "lab_disarm_hooks: they end at once" {
	local begun_s=$SECONDS
	begin_start 100
	lab_disarm_hooks
	wait $!
	[ $((SECONDS - begun_s)) -le 10 ]
	refute_hook plain prepare
	guest_hold_pty plain
	guest_await plain
}

@test "a libvirtd that was started again has hooks, too" {
	lab_restart_libvirtd
	lab_arm_hook plain release 2
	lab_virsh destroy plain 3>&- &
	wait_until 5 lab_hook_runs plain release
	wait $!
	lab_disarm_hooks
	guest_start plain
}

@test "lab_start_second: a guest is migrated to another host, and back" {
	lab_start_second
	guest_settle plain
	[ "$(lab_on_second lab_virsh list --name)" = "" ]
	guest_run plain 'touch /tmp/travels'
	lab_virsh migrate --live plain "$LAB_SECOND_URI" \
		--migrateuri "unix://$LAB_DIR/second/run/plain"
	[ "$(lab_virsh domstate plain)" = "shut off" ]
	lab_on_second guest_hold_pty plain
	guest_run plain 'test -e /tmp/travels'
	[ "$(lab_on_second guest_balloon plain current)" = 524288 ]
	lab_on_second lab_virsh migrate --live plain "$LAB_URI" \
		--migrateuri "unix://$LAB_DIR/run/plain"
	guest_hold_pty plain
	guest_run plain 'test -e /tmp/travels'
	# they are two
	lab_kill_libvirtd
	[ "$(lab_on_second lab_virsh list --name)" = "" ]
	lab_restart_libvirtd
	lab_virsh list --name | grep -qx plain
}

@test "lab_stop leaves nothing, whatever state the lab is in, and may be called again" {
	local dir pid
	# A second lab; the first one goes on.
	unset LAB_DIR LAB_URI
	LAB_HOOKS=1 lab_start
	lab_start_second
	dir=$LAB_DIR
	guest_define one
	guest_define two
	guest_start one
	lab_arm_hook two prepare 1000
	lab_virsh start two >/dev/null 2>&1 3>&- &
	wait_until 10 lab_hook_runs two prepare
	lab_spawn "$BATS_TEST_TMPDIR/out" sleep 1000
	pid=$LAB_PID
	kill -STOP "$(guest_pid one)"
	lab_kill_libvirtd
	lab_stop
	lab_stop
	[ ! -e "$dir" ]
	run processes_below "$dir"
	[ "$output" = "" ]
	run kill -0 "$pid"
	[ "$status" != 0 ]
}

@test "a lab ends with its owner, even when that one is killed" {
	local owner dir
	bash -c '. "$1"; lab_start; guest_define one; lab_virsh start one
		echo "$LAB_DIR" >"$2"; while :; do sleep 0.2; done' \
		bash "$BATS_TEST_DIRNAME/lib.sh" "$BATS_TEST_TMPDIR/dir" \
		>/dev/null 2>&1 </dev/null 3>&- &
	owner=$!
	wait_until 30 test -s "$BATS_TEST_TMPDIR/dir"
	dir=$(cat "$BATS_TEST_TMPDIR/dir")
	[ -d "$dir" ]
	kill -KILL "$owner"
	wait_until 10 test ! -e "$dir"
	run processes_below "$dir"
	[ "$output" = "" ]
}
