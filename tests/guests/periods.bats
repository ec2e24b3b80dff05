#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Statistics periods that others set while memcoord runs, of which libvirt tells nobody; and
# what becomes of those that memcoord has borrowed.
#
# shellcheck disable=SC2016 # what is expanded in the guest is quoted here

setup_file() {
	load functions
	start_lab_or_skip
	guest_define vm max=2048 current=512 stats=10
	guest_start vm
	guest_settle vm
}

teardown_file() {
	load functions
	lab_stop
}

setup() {
	load functions
	export CONFIG='idle_reclaim = false;'
	others_set 10
}

teardown() {
	if [ -n "${memcoord_pid:-}" ]; then
		kill -KILL "$memcoord_pid" 2>/dev/null || true
	fi
	[ -z "$BATS_ERROR_STATUS" ] || cat "$BATS_TEST_TMPDIR/log" "$BATS_TEST_TMPDIR/seen" 2>/dev/null || true
}

# As virt-manager, cockpit, CloudStack and administrators do.
others_set() {
	lab_virsh -q dommemstat vm --live --period "$1"
}

# What libvirt has, not what memcoord knows: it has no element for 0.
period() {
	local seconds

	seconds=$(lab_virsh dumpxml vm | sed -n "s/.*<stats period='\([0-9]*\)'.*/\1/p")
	echo "${seconds:-0}"
}

# The element of the running domain; nothing: there is none.
mark() {
	lab_virsh -q metadata vm urn:memcoord:borrowed:1 --live 2>/dev/null || true
}

has_period() {
	[ "$(period)" = "$1" ]
}

coordinate() {
	start_memcoord -v run
	await_log 20 'vm: (statistics period set to 1 s|its statistics period is still)'
	wait_until 10 has_period 1
}

# Have the guest look at itself every second; its answers are slow when it is short of memory.
watch_itself() {
	watcher=$(guest_spawn vm 'while :; do
		awk "/^Mem(Total|Available):/ { printf \"%d \", \$2 } END { print \"\" }" /proc/meminfo
		sleep 1
	done')
}

# "TOTAL AVAILABLE" of each second, in KiB, comes into the file seen.
end_watching() {
	guest_run vm "kill -9 -$watcher; cat /tmp/spawn.$watcher" >"$BATS_TEST_TMPDIR/seen"
}

# Seconds in which less than 5 % was available.
starved_seconds() {
	awk '$2 * 20 < $1 { n++ } END { print n + 0 }' "$BATS_TEST_TMPDIR/seen"
}

has_no_load() {
	guest_run vm '! pidof grow >/dev/null'
}

# The guest is to grow from 512 MiB to 1.5 GiB; after 3 s its period is changed:
# grow_while_others_set SECONDS
grow_while_others_set() {
	local kills

	lab_virsh -q setmem vm 512M --live
	wait_until 60 guest_settled vm
	kills=$(guest_oom_kills vm)
	coordinate
	watch_itself
	guest_spawn vm 'grow 40 1300 10'
	sleep 3
	others_set "$1"
	wait_until 90 has_no_load
	end_watching
	echo "# figures: period $1 s: starved $(starved_seconds) s, at the least $(awk '
		!n++ || $2 < low { low = $2 } END { print int(low / 1024) }' "$BATS_TEST_TMPDIR/seen") MiB" >&3
	[ "$(wc -l <"$BATS_TEST_TMPDIR/seen")" -ge 20 ]
	[ "$(starved_seconds)" = 0 ]
	[ "$(guest_oom_kills vm)" = "$kills" ]
	logged "vm: its statistics period is now $1 s, as others have set it"
	has_period 1
	stop_memcoord
	has_period "$1"
	[ -z "$(mark)" ]
}

@test "gate: a period of 60 s that somebody sets while the guest grows: it does not starve" {
	grow_while_others_set 60
}

@test "a period of 0 that somebody sets while the guest grows: it does not starve" {
	grow_while_others_set 0
}

@test "at the end others keep the period that they want by then" {
	coordinate
	[ "$(mark)" = '<borrowed stats-period="10" set="1"/>' ]
	others_set 7
	stop_memcoord
	has_period 7
	[ -z "$(mark)" ]
}

@test "memcoord is killed: the next one gives back the original period" {
	coordinate
	kill -KILL "$memcoord_pid"
	wait "$memcoord_pid" || true
	has_period 1
	[ "$(mark)" = '<borrowed stats-period="10" set="1"/>' ]
	refute has_persistent_period_of_ours
	coordinate
	logged 'vm: its statistics period is still 1 s for an earlier coordinator, it was 10 s'
	stop_memcoord
	has_period 10
	[ -z "$(mark)" ]
}

# The persistent definition is none of our business.
has_persistent_period_of_ours() {
	lab_virsh dumpxml --inactive vm | grep -Eq "period='1'|urn:memcoord:borrowed"
}

@test "a period that was borrowed elsewhere comes with its mark" {
	coordinate
	kill -KILL "$memcoord_pid"
	wait "$memcoord_pid" || true
	lab_virsh -q save vm "$LAB_DIR/home/vm.save"
	lab_virsh -q restore "$LAB_DIR/home/vm.save"
	has_period 1
	coordinate
	stop_memcoord
	has_period 10
	[ -z "$(mark)" ]
}
