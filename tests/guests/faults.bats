#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What goes wrong on a host that runs for a year: QEMUs that hang, a libvirtd that dies,
# guests that come, go and reboot. Everybody else goes on being balanced.
#
# shellcheck disable=SC2016 # what is expanded in a guest is quoted here

setup_file() {
	load functions
	start_lab_or_skip
	guest_define vm1 max=768 current=400
	guest_define vm2 max=768 current=400
	guest_start vm1 vm2
	guest_settle vm1 vm2
}

teardown_file() {
	load functions
	lab_stop
}

setup() {
	load functions
	# idle guests stay as they are
	export CONFIG='idle_reclaim = false;'
}

teardown() {
	local pid
	if [ -n "${memcoord_pid:-}" ]; then
		kill -KILL "$memcoord_pid" 2>/dev/null || true
	fi
	for pid in $(lab_pids qemu) $(lab_pids libvirtd); do
		kill -CONT "$pid" 2>/dev/null || true
	done
	[ -z "$BATS_ERROR_STATUS" ] || cat "$BATS_TEST_TMPDIR/log" 2>/dev/null || true
	lab_answers || lab_restart_libvirtd
	guest_run vm2 'killall grow' || true
	put_back vm1 vm2
}

# Let the guests have what they were defined with.
put_back() {
	local name
	for name; do
		lab_virsh setmem "$name" 400M --live
	done
	guest_settle "$@"
}

# memcoord knows both guests.
run_memcoord() {
	start_memcoord -v run --period 1
	await_log 20 'vm1: (BALANCED|WASTING)'
	await_log 20 'vm2: (BALANCED|WASTING)'
}

stop_qemu() {
	kill -STOP "$(guest_pid "$1")"
}

resume_qemu() {
	kill -CONT "$(guest_pid "$1")"
}

# Only what is logged from now on counts.
forget_log() {
	: >"$BATS_TEST_TMPDIR/log"
}

has_grown() {
	logged "$1: .* \(\+.*\) from"
}

# The guest needs more and gets it: serve NAME SECONDS
expect_to_be_served() {
	guest_spawn "$1" 'grow 30 250 20'
	wait_until "$2" has_grown "$1"
}

# What the rest of a process's life is to take at most, in ms.
ends_within() {
	local begun=${EPOCHREALTIME/./} status=0
	await_end "$memcoord_pid" || status=$?
	local took_ms=$(((${EPOCHREALTIME/./} - begun) / 1000))
	memcoord_pid=
	echo "ended with $status after $took_ms ms"
	[ "$status" = 0 ] && [ "$took_ms" -le "$1" ]
}

@test "a stopped QEMU: it is shown as such, the others are balanced, and it comes back" {
	run_memcoord
	stop_qemu vm1
	await_log 10 'vm1: UNKNOWN, the hypervisor gave no figures'
	forget_log
	expect_to_be_served vm2 12
	logged 'vm1: UNKNOWN, the hypervisor gave no figures'
	forget_log
	resume_qemu vm1
	await_log 15 'vm1: (BALANCED|WASTING)'
	refute logged 'vm1: .* ->'
	stop_memcoord
}

@test "two QEMUs stop at once: that is not taken for a libvirtd that hangs" {
	guest_define vm3 max=384 current=300
	guest_start vm3
	guest_settle vm3
	run_memcoord
	await_log 20 'vm3: (BALANCED|WASTING)'
	forget_log
	stop_qemu vm1
	stop_qemu vm3
	await_log 15 'vm1: UNKNOWN, the hypervisor gave no figures'
	await_log 15 'vm3: UNKNOWN, (the hypervisor gave no figures|libvirt does not answer)'
	expect_to_be_served vm2 12
	refute logged 'connection lost|skipping this cycle'
	forget_log
	resume_qemu vm1
	resume_qemu vm3
	await_log 15 'vm1: (BALANCED|WASTING)'
	await_log 15 'vm3: (BALANCED|WASTING)'
	stop_memcoord
	guest_stop vm3
}

@test "a stopped QEMU does not keep a signal waiting" {
	run_memcoord
	stop_qemu vm1
	# in the middle of the call that hangs
	sleep 0.5
	kill -TERM "$memcoord_pid"
	ends_within 1500
	logged 'stopping as asked'
}

@test "a stopped QEMU does not keep the other commands waiting" {
	stop_qemu vm1
	run memcoord stats -nr -o NAME,REASON
	[ "$status" = 0 ]
	[[ $output == *"vm1 busy"* ]]
	[[ $output == *"vm2 "* ]]
	run memcoord once --interval 1
	[ "$status" = 0 ]
}

@test "somebody else's command sits on a domain: it is skipped, not waited for" {
	local fifo=$LAB_DIR/log/fifo
	run_memcoord
	mkfifo -m 666 "$fifo"
	# returns when somebody reads
	lab_virsh qemu-monitor-command vm1 --hmp "pmemsave 0 4096 \"$fifo\"" \
		>/dev/null 2>&1 3>&- &
	await_log 15 'vm1: UNKNOWN, the hypervisor gave no figures'
	forget_log
	expect_to_be_served vm2 12
	timeout 10 cat "$fifo" >/dev/null
	rm "$fifo"
	forget_log
	await_log 15 'vm1: (BALANCED|WASTING)'
	stop_memcoord
}

# Ask for all figures without an end: ask_for_ever
ask_for_ever() {
	lab_spawn /dev/null setsid sh -c 'while :; do virsh -q domstats --balloon --nowait; done'
	askers+=("$LAB_PID")
}

@test "who asks at the same time takes no figures away" {
	local askers=() pid n_blind
	ask_for_ever
	ask_for_ever
	ask_for_ever
	for _ in $(seq 40); do
		memcoord stats -nr -o NAME,REASON
	done >"$BATS_TEST_TMPDIR/seen"
	for pid in "${askers[@]}"; do
		kill -KILL -- "-$pid"
	done
	[ "$(wc -l <"$BATS_TEST_TMPDIR/seen")" -ge 80 ]
	n_blind=$(grep -c ' busy' "$BATS_TEST_TMPDIR/seen" || true)
	echo "$n_blind of 80 were without figures"
	[ "$n_blind" = 0 ]
}

@test "libvirtd is killed and comes back: memcoord goes on where it was" {
	local fds
	run_memcoord
	fds=$(open_files)
	forget_log
	lab_kill_libvirtd
	await_log 10 'connection lost'
	await_log 10 'trying again and again'
	lab_restart_libvirtd
	await_log 15 'connected again after'
	expect_to_be_served vm2 12
	# nothing is left of the old connection
	wait_until 10 has_no_more_files_than "$fds"
	stop_memcoord
}

open_files() {
	find "/proc/$memcoord_pid/fd" -mindepth 1 | wc -l
}

has_no_more_files_than() {
	[ "$(open_files)" -le "$1" ]
}

@test "a thousand connections leave nothing behind" {
	local before after
	ASAN_OPTIONS=quarantine_size_mb=1 "${MEMCOORD%/*}/tests/guests/reconnect" "$LAB_URI" 1000 >"$BATS_TEST_TMPDIR/left"
	{ read -ra before && read -ra after; } <"$BATS_TEST_TMPDIR/left"
	echo "# figures: open files and resident KiB after 100 connections ${before[*]}," \
		"after 1000 ${after[*]}" >&3
	[ "${after[0]}" = "${before[0]}" ]
	# less than a connection needs; under a sanitizer, that one tells of every byte
	[ "${after[1]}" -lt $((before[1] + 5000)) ]
}

@test "libvirtd is killed while a balloon moves: its target is not forgotten" {
	run_memcoord
	guest_spawn vm2 'grow 30 250 20'
	wait_until 12 has_grown vm2
	lab_kill_libvirtd
	forget_log
	lab_restart_libvirtd
	await_log 15 'connected again after'
	await_log 15 'vm2: (BALANCED|STARVING|WASTING)'
	refute logged 'vm2: .* \(-'
	stop_memcoord
}

@test "memcoord itself is killed: the next one goes on without a jump" {
	local size
	run_memcoord
	guest_spawn vm2 'grow 30 250 20'
	wait_until 12 has_grown vm2
	kill -KILL "$memcoord_pid"
	wait "$memcoord_pid" || true
	size=$(guest_balloon vm2 current)
	run_memcoord
	sleep 8
	refute logged 'vm[12]: .* \(-'
	[ "$(guest_balloon vm2 current)" -ge "$size" ]
	stop_memcoord
}

@test "the balloon driver is unloaded: the guest has its maximum, and is left alone" {
	CONFIG='idle_reclaim = true;'
	guest_define rogue max=512 current=400
	guest_start rogue
	guest_settle rogue
	run_memcoord
	await_log 20 'rogue: .* to the host: it wastes'
	guest_run rogue 'rmmod virtio_balloon'
	await_log 30 'rogue: UNKNOWN, its statistics are too old'
	forget_log
	# it is reckoned with what it has now, and asked for nothing; what it was asked for last
	# may be withdrawn
	wait_until 10 has_size rogue 512
	sleep 6
	refute logged 'rogue: .* -> .* \((-|\+[1-9])'
	stop_memcoord
	guest_stop rogue
}

has_size() {
	[ "$(guest_balloon "$1" current)" = $(($2 * 1024)) ]
}

@test "libvirtd is not there yet: run --wait waits for it" {
	lab_kill_libvirtd
	start_memcoord -v run --period 1 --wait
	await_log 10 'cannot connect .* trying again and again'
	lab_restart_libvirtd
	await_log 10 'coordinating'
	await_log 10 'vm1: (BALANCED|WASTING)'
	stop_memcoord
}

@test "libvirtd hangs: memcoord says so, ends in time if asked, else carries on afterwards" {
	local daemon
	daemon=$(lab_pids libvirtd)
	run_memcoord
	forget_log
	kill -STOP "$daemon"
	await_log 20 'libvirt does not answer in time'
	kill -TERM "$memcoord_pid"
	ends_within 1500
	start_memcoord -v run --period 1 --wait
	await_log 30 'libvirt does not answer in time.* trying again and again'
	kill -CONT "$daemon"
	await_log 40 'coordinating'
	await_log 20 'vm2: (BALANCED|WASTING)'
	stop_memcoord
}

@test "a guest that is paused, resumed, destroyed and started again" {
	run_memcoord
	lab_virsh suspend vm1
	await_log 10 'vm1: FROZEN, it is not running'
	forget_log
	lab_virsh resume vm1
	await_log 10 'vm1: (BALANCED|WASTING)'
	guest_define passing max=384 current=300
	forget_log
	guest_start passing
	await_log 20 'passing: (BALANCED|WASTING)'
	lab_virsh destroy passing
	forget_log
	await_log 10 'vm1: (BALANCED|WASTING)'
	sleep 1.5
	forget_log
	sleep 2.5
	refute logged 'passing:'
	guest_stop passing
	stop_memcoord
}

@test "an administrator changes a size: noticed, said, and respected" {
	CONFIG='idle_reclaim = true;'
	run_memcoord
	await_log 20 'vm1: .* to the host: it wastes'
	wait_until 60 is_at_rest vm1
	forget_log
	lab_virsh setmem vm1 600M --live
	await_log 15 'vm1: somebody else has changed its memory'
	# other commands hear of it
	memcoord classify vm1 -nr -o MODE,REASON | grep -x 'GROW-ONLY foreign'
	# it wastes all the same
	await_log 15 'vm1: (WASTING|UNKNOWN|UNMANAGED|BALANCED)'
	forget_log
	sleep 12
	refute logged 'vm1: .* ->'
	[ "$(guest_balloon vm1 current)" = 614400 ]
	stop_memcoord
}

# The guest swaps though it has memory, because what runs in a control group may not have more.
# Memory that it is short of itself it would be given before it has to swap.
@test "a guest swaps after a shrink: it gets back what was taken, and is left in peace" {
	CONFIG='idle_reclaim = true;'
	guest_define hurt max=1024 current=1000 zram=600
	guest_start hurt
	guest_settle hurt
	guest_run hurt '
		mkdir -p /cg && mount -t cgroup2 none /cg &&
		echo +memory >/cg/cgroup.subtree_control &&
		mkdir /cg/small && echo 40M >/cg/small/memory.max'
	start_memcoord -v run --period 1
	await_log 40 'hurt: .* to the host: it wastes'
	guest_spawn hurt 'echo 0 >/cg/small/cgroup.procs; grow 20 200 1'
	await_log 20 'hurt: .* from the host: its guest suffered from being shrunk: undone'
	forget_log
	wait_until 20 is_at_least hurt 999
	await_log 20 'hurt: WASTING'
	sleep 10
	refute logged 'hurt: .* to the host'
	stop_memcoord
	guest_stop hurt
}

is_at_least() {
	[ "$(guest_balloon "$1" current)" -ge $(($2 * 1024)) ]
}

# Has memcoord asked nothing of it for 5 s?
is_at_rest() {
	local before
	before=$(grep -c "$1: .* ->" "$BATS_TEST_TMPDIR/log")
	sleep 5
	[ "$(grep -c "$1: .* ->" "$BATS_TEST_TMPDIR/log")" = "$before" ]
}

@test "a guest reboots: it is told of at once, and left in peace for a while" {
	run_memcoord
	lab_virsh reset vm1
	CONFIG='idle_reclaim = true;'
	write_config
	kill -HUP "$memcoord_pid"
	await_log 60 'vm1: .*: its guest has just started'
	refute logged 'vm1: .* to the host: it wastes'
	stop_memcoord
	guest_await vm1
}
