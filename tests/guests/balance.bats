#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The main job on real guests: serve the starved, take back from the wasteful.
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
	# the original rules, whose moves can be told beforehand
	export CONFIG='policy = "classic";'
}

teardown() {
	local guest
	if [ -n "${memcoord_pid:-}" ]; then
		kill -KILL "$memcoord_pid" 2>/dev/null || true
	fi
	[ -z "$BATS_ERROR_STATUS" ] || cat "$BATS_TEST_TMPDIR/log" 2>/dev/null || true
	for guest in $(lab_run virsh list --name --all); do
		guest_stop "$guest"
	done
}

# Define, start and wait for guests of the same kind: boot "NAMES" key=value...
boot() {
	local names=$1 name
	shift
	for name in $names; do
		guest_define "$name" "$@"
	done
	# shellcheck disable=SC2086 # names
	guest_start $names
	# shellcheck disable=SC2086
	guest_settle $names
}

# Leave the guest 13 % free, and go on growing by 5 MiB a second.
press() {
	guest_spawn "$1" '
		total=$(awk "/^MemTotal:/ { print \$2 }" /proc/meminfo)
		usable=$(awk "/^MemAvailable:/ { print \$2 }" /proc/meminfo)
		stress -q --vm 1 --vm-keep --vm-bytes $((usable - total * 13 / 100))K &
		while sleep 1; do stress -q --vm 1 --vm-keep --vm-bytes 5M & done'
	# filling takes its time where the processors are busy
	wait_until 60 is_short "$1"
}

# Is less than 15 % of the balloon usable?
is_short() {
	[ $(($(guest_balloon "$1" usable) * 100)) -lt $(($(guest_balloon "$1" current) * 15)) ]
}

has_grown_to() {
	[ "$(guest_total_mib "$1")" -ge "$2" ]
}

@test "a starved guest is served first from a wasteful one, then from the host" {
	boot hungry max=1024 current=512
	boot "idle1 idle2" max=1024 current=330
	local before
	before=$(guest_total_mib hungry)
	press hungry
	start_memcoord run --period 3
	await_log 60 'hungry: .* from idle[12]: it starves and a domain gives'
	await_log 90 'hungry: .* from the host: it starves and the host gives'
	# the guests themselves see it
	wait_until 90 has_grown_to hungry $((before + 200))
	stop_memcoord
	[ "$(first_logged 'hungry: .* from idle')" -lt "$(first_logged 'hungry: .* from the host')" ]
	[ "$(guest_total_mib idle1)" -lt 300 ]
	[ "$(guest_total_mib idle2)" -lt 300 ]
	[ "$(guest_oom_kills hungry)" = 0 ]
	# neither below its floor, and no persistent definition changed
	[ "$(guest_balloon idle1 current)" -ge $((50 * 1024)) ]
	[ "$(persistent_kib hungry)" = $((512 * 1024)) ]
	[ "$(persistent_kib idle1)" = $((330 * 1024)) ]
}

@test "memory of wasteful guests returns to the host" {
	boot "idle1 idle2" max=1024 current=768
	guest_fill idle1 96
	guest_fill idle2 96
	local rss1 rss2
	rss1=$(guest_rss idle1)
	rss2=$(guest_rss idle2)
	[ "$rss1" -gt $((600 * 1024)) ]
	start_memcoord run --period 2
	await_log 60 'idle1: .* to the host: it wastes and nobody starves'
	await_log 60 'idle2: .* to the host: it wastes and nobody starves'
	wait_until 60 rss_below idle1 $((rss1 - 250 * 1024))
	wait_until 60 rss_below idle2 $((rss2 - 250 * 1024))
	stop_memcoord
	[ "$(guest_oom_kills idle1)" = 0 ]
	[ "$(guest_meminfo idle1 MemAvailable)" -gt $((60 * 1024)) ]
}

@test "with nothing to do no call is made that changes anything" {
	boot "calm1 calm2" max=512 current=128
	LIBVIRT_DEBUG=1 LIBVIRT_LOG_OUTPUTS="1:file:$BATS_TEST_TMPDIR/calls" \
		memcoord run --period 4 --cycles 8 # who may grow is watched: a look a second
	# who is there is found out once; an idle cycle is one call about those
	[ "$(count_calls "$BATS_TEST_TMPDIR/calls" virConnectGetAllDomainStats)" = 1 ]
	[ "$(count_calls "$BATS_TEST_TMPDIR/calls" virDomainListGetStats)" = 7 ]
	[ "$(grep -c 'virDomainSet' "$BATS_TEST_TMPDIR/calls")" = 0 ]
	# nor is a domain asked on its own again and again: once at its start
	[ "$(count_calls "$BATS_TEST_TMPDIR/calls" virDomainGetXMLDesc)" = 2 ]
	[ "$(count_calls "$BATS_TEST_TMPDIR/calls" virDomainMemoryStats)" = 0 ]

	rm "$BATS_TEST_TMPDIR/calls"
	LIBVIRT_DEBUG=1 LIBVIRT_LOG_OUTPUTS="1:file:$BATS_TEST_TMPDIR/calls" memcoord stats
	[ "$(count_calls "$BATS_TEST_TMPDIR/calls" virConnectGetAllDomainStats)" = 1 ]
	[ "$(count_calls "$BATS_TEST_TMPDIR/calls" virDomainGetXMLDesc)" = 0 ]
}

@test "dry-run predicts what once does, and changes nothing itself" {
	boot "idle calm" max=1024 current=256
	lab_run virsh setmem idle 640M --live
	guest_settled_at idle 640
	sleep 3
	memcoord dry-run --json >"$BATS_TEST_TMPDIR/predicted"
	[ "$(guest_balloon idle current)" = $((640 * 1024)) ]
	memcoord once --json >"$BATS_TEST_TMPDIR/done"
	cat "$BATS_TEST_TMPDIR/predicted" "$BATS_TEST_TMPDIR/done"
	local who='.moves[] | [.name, .reason, .with, .from]'
	[ "$(jq -c "$who" "$BATS_TEST_TMPDIR/predicted")" = \
		"$(jq -c "$who" "$BATS_TEST_TMPDIR/done")" ]
	[ "$(jq '.moves | length' "$BATS_TEST_TMPDIR/done")" = 1 ]
	[ "$(jq -r '.moves[0].result' "$BATS_TEST_TMPDIR/done")" = "done" ]
	# the guest's own use differs a little from one moment to the next
	jq -s '.[0].moves[0].to - .[1].moves[0].to | fabs | . < 8 * 1024 * 1024' \
		"$BATS_TEST_TMPDIR/predicted" "$BATS_TEST_TMPDIR/done" | grep -qx true
	local to_kib
	to_kib=$(jq '.moves[0].to / 1024 | floor' "$BATS_TEST_TMPDIR/done")
	wait_until 20 current_at_most idle "$to_kib"
}

guest_settled_at() {
	wait_until 20 guest_settled "$1" $(($2 * 1024))
}

@test "without guests run says so and ends well" {
	run memcoord run --period 1
	[ "$status" = 0 ]
	[[ $output == *"no active domain is left, stopping" ]]
}

@test "run ends when the last guest has gone" {
	boot short max=256 current=256
	start_memcoord run --period 1
	await_log 20 'coordinating'
	sleep 2
	kill -0 "$memcoord_pid"
	guest_stop short
	await_end "$memcoord_pid"
	logged 'no active domain is left, stopping'
}

@test "a guest that starts later is noticed" {
	boot early max=256 current=256
	start_memcoord run --period 1
	await_log 20 'coordinating'
	boot late max=1024 current=768
	await_log 60 'late: .* to the host'
	stop_memcoord
}

@test "a missing statistics period is set live, and put back at the end" {
	boot mute max=1024 current=768 stats=0
	run memcoord classify -nr -o REASON mute
	[ "$output" = no-stats-period ]
	# read-only commands do not set it
	[ "$(domain_field mute PERIOD)" = 0 ]
	start_memcoord run --period 1
	await_log 20 'mute: statistics period set to 1 s'
	await_log 40 'mute: .* to the host'
	[ "$(domain_field mute PERIOD)" = 1 ]
	stop_memcoord
	[ "$(domain_field mute PERIOD)" = 0 ]
	refute has_persistent_period mute
	# once does the same, and acts on the first reports
	lab_run virsh setmem mute 900M --live
	guest_settled_at mute 900
	memcoord once -nr -o NAME,WITH,RESULT | grep -qx 'mute (host) done'
	[ "$(domain_field mute PERIOD)" = 0 ]
}

@test "a period that is longer than stats_period is shortened" {
	boot slow max=512 current=256 stats=10
	CONFIG='policy = "classic"; stats_period = 2;' start_memcoord run --period 1
	await_log 20 'slow: statistics period set to 2 s'
	stop_memcoord
	[ "$(domain_field slow PERIOD)" = 10 ]
}

@test "no balloon: listed with the reason, and left alone" {
	guest_define bare max=512 balloon=none
	guest_start bare
	memcoord classify -nr -o NAME,CLASS,REASON | grep -qx 'bare UNMANAGED no-balloon'
	LIBVIRT_DEBUG=1 LIBVIRT_LOG_OUTPUTS="1:file:$BATS_TEST_TMPDIR/calls" \
		memcoord run --period 1 --cycles 3
	[ "$(count_calls "$BATS_TEST_TMPDIR/calls" virDomainSetMemoryFlags)" = 0 ]
}

@test "a paused guest is frozen: its figures stay, nothing is asked of it" {
	boot held max=1024 current=768
	lab_run virsh suspend held
	memcoord classify -nr -o NAME,STATE,CLASS,REASON |
		grep -qx 'held paused FROZEN not-running'
	plans_moves 0
	lab_run virsh resume held
	wait_until 20 plans_moves 1
}

# Row 4: its kernel hangs in a panic, while its QEMU goes on running.
@test "a guest that has been silent for too long is unknown and not shrunk" {
	boot gone max=1024 current=768
	CONFIG='waste_threshold = 99;' start_memcoord -v run --period 1
	await_log 20 'gone: BALANCED'
	guest_spawn gone 'sleep 1
		echo 0 >/proc/sys/kernel/panic
		echo c >/proc/sysrq-trigger'
	await_log 40 'gone: UNKNOWN, its statistics are too old'
	[ "$(domain_field gone STATE)" = running ]
	# by its last figures it wastes
	echo 'waste_threshold = 50;' >"$BATS_TEST_TMPDIR/memcoord.conf"
	kill -HUP "$memcoord_pid"
	await_log 20 'settings reloaded'
	sleep 4
	stop_memcoord
	refute logged 'gone: .* -> '
	[ "$(guest_balloon gone current)" = $((768 * 1024)) ]
}

@test "the maximum is never exceeded" {
	boot small max=560 current=512
	start_memcoord run --period 1
	press small
	await_log 60 'small: .* -> 560 MiB'
	sleep 4
	stop_memcoord
	refute logged 'cannot change'
	[ "$(guest_balloon small current)" = $((560 * 1024)) ]
}

@test "a guest that ends between the two looks does not hold up the others" {
	boot "stays goes" max=1024 current=768
	local pid
	exec_memcoord once --interval 8 --json >"$BATS_TEST_TMPDIR/done" \
		2>"$BATS_TEST_TMPDIR/log" 3>&- &
	pid=$!
	sleep 2
	guest_stop goes
	wait "$pid"
	jq -e '.moves | map(.name) == ["stays"]' "$BATS_TEST_TMPDIR/done"
}

@test "host_reserve and host_capacity bound what the host gives" {
	boot hungry max=1024 current=512
	# what the guest costs now and 40 MiB above a reserve of 64 MiB
	local budget_kib
	budget_kib=$(($(guest_rss hungry) + (64 + 40) * 1024))
	press hungry
	sleep 3
	CONFIG+=" host_reserve = \"64 MiB\"; host_capacity = \"$budget_kib KiB\";"
	start_memcoord -v run --period 1
	sleep 20
	stop_memcoord
	# its use has grown far beyond the budget by now, so nothing can have been granted
	refute logged 'hungry: .* from the host'
	current_at_most hungry $((512 * 1024))
}

@test "a second coordinator of the same libvirt is refused and told the first one's pid" {
	boot calm max=512 current=256
	start_memcoord run --period 1
	await_log 20 'coordinating'
	run memcoord once
	[ "$status" = 1 ]
	[[ $output == *"pid $memcoord_pid"* ]]
	# looking is allowed
	memcoord classify -n
	memcoord dry-run -n
	stop_memcoord
	memcoord once -n
}

# grown starts below what the policy gives it: what it is given must be taken back first.
# What it starts with is enough for it and the 60 MiB that it keeps when its load is over: about 200 MiB of it are not usable,
# of which 45 are what its kernel keeps free once it has used huge pages.
@test "on_exit = restore puts back what every guest had, whatever the balloons did before" {
	boot shrunk max=1024 current=768
	boot grown max=1024 current=320
	guest_fill shrunk 96
	local pid
	pid=$(guest_spawn grown 'stress -q --vm 1 --vm-keep --vm-bytes 150M')
	CONFIG='policy = "fair"; on_exit = "restore";' start_memcoord run --period 1
	await_log 60 'shrunk: 768 MiB -> '
	await_log 60 'grown: 320 MiB -> '
	wait_until 60 moved_away shrunk 768
	wait_until 60 moved_away grown 320
	guest_run grown "kill -- -$pid"
	sleep 3
	kill -TERM "$memcoord_pid"
	await_log 5 'domains to be put back to what they had at the start: 2'
	await_end "$memcoord_pid"
	cat "$BATS_TEST_TMPDIR/log"
	logged 'every domain has what it had at the start'
	guest_settled shrunk $((768 * 1024))
	guest_settled grown $((320 * 1024))
	[ "$(guest_oom_kills shrunk)" = 0 ]
	[ "$(guest_oom_kills grown)" = 0 ]
	[ "$(persistent_kib shrunk)" = $((768 * 1024)) ]
}

# Is the balloon at least 16 MiB away from that many MiB?
moved_away() {
	local away_kib=$(($(guest_balloon "$1" current) - $2 * 1024))
	[ "${away_kib#-}" -ge $((16 * 1024)) ]
}
