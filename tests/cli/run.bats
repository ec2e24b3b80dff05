#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The commands that act: run and once.

load functions

@test "run --cycles" {
	expect 0 -c test:///default run --cycles 2 --period 1
	[[ -z $output ]]
	[[ ${stderr_lines[0]} == *"memcoord: coordinating test:///default every 1 s, policy fair" ]]
	[[ ${stderr_lines[1]} == *"memcoord: test: statistics period set to 1 s" ]]
}

@test "run dates its messages, though a journal is somebody else's" {
	local stamp='^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} memcoord: '

	expect 0 -c "$(node idle)" run
	[[ ${stderr_lines[0]} =~ $stamp ]]
	JOURNAL_STREAM=8:1 expect 0 -c "$(node idle)" run
	[[ ${stderr_lines[0]} =~ $stamp ]]
}

@test "run ends when no domain is active, and says so" {
	expect 0 -c "$(node idle)" run
	[[ -z $output ]]
	[[ ${#stderr_lines[@]} == 2 ]]
	[[ ${stderr_lines[1]} == *"memcoord: no active domain is left, stopping" ]]
}

@test "run --wait stays without domains" {
	expect 0 -c "$(node idle)" run --wait --cycles 2 --period 1
	[[ $stderr != *"no active domain"* ]]
}

@test "run -q says nothing about what goes well" {
	expect 0 -q -c test:///default run --cycles 1
	[[ -z $output && -z $stderr ]]
}

@test "run -v tells each domain's class and why" {
	expect 0 -v -c "$(node mixed)" run --cycles 1 --policy classic
	[[ $stderr == *"memcoord: db-1: UNKNOWN, no second sample yet"* ]]
	expect 0 -v -c "$(node mixed)" run --cycles 1
	[[ $stderr == *"memcoord: db-1: BALANCED, enough free"* ]]
	[[ $stderr == *"memcoord: db-1: used 1 GiB, rate +0.0 MiB/s, "*"share "* ]]
	[[ $stderr == *"memcoord: no-balloon: UNMANAGED, it has no balloon device"* ]]
	[[ $stderr == *"memcoord: crashed: FROZEN, it is not running"* ]]
}

@test "run borrows statistics periods of running domains with a balloon only" {
	expect 0 -c "$(node mixed)" run --cycles 1
	[[ $stderr == *"memcoord: db-2: statistics period set to 1 s"* ]]
	[[ $stderr == *"memcoord: with a space: statistics period set to 1 s"* ]]
	[[ $(grep -c "to 1 s" <<<"$stderr") == 2 ]]
}

locked_kib() {
	awk '/^VmLck:/ { print $2 }' "/proc/$pid/status"
}

@test "run locks its memory as a service, and only then" {
	! grep -q __asan_init "$(command -v "$MEMCOORD")" || skip "that sanitizer makes mlockall() do nothing"
	NOTIFY_SOCKET=@memcoord-test start -v -c test:///default run --period 3600
	eventually has_said "statistics period set to 1 s"
	has_said "memory is not locked: " || (($(locked_kib) > 0))
	stop TERM 0
	start -v -c test:///default run --period 3600
	eventually has_said "statistics period set to 1 s"
	run ! has_said "memory is not locked: "
	(($(locked_kib) == 0))
	stop TERM 0
}

# SIGTERM and SIGINT end run at once, however long its period.
@test "SIGTERM ends run with status 0" {
	start -c test:///default run --period 3600
	eventually has_said "statistics period set to 1 s"
	stop TERM 0
	has_said "memcoord: stopping as asked"
	has_said "statistics period set to 0 s"
}

@test "SIGINT ends run with status 0" {
	start -c test:///default run --period 3600
	eventually has_said "statistics period set to 1 s"
	stop INT 0
	has_said "memcoord: stopping as asked"
}

# As Ctrl-C does to 'memcoord run 2>&1 | tee log': the reader is gone when run says good-bye.
@test "run ends cleanly though nobody reads its messages any more" {
	local status=0

	mkfifo "$BATS_TEST_TMPDIR/pipe"
	sed '/statistics period set/q' <"$BATS_TEST_TMPDIR/pipe" >/dev/null 3>&- &
	local reader=$!
	"$MEMCOORD" -f "$config" -c test:///default run --period 3600 \
		2>"$BATS_TEST_TMPDIR/pipe" 3>&- &
	pid=$!
	wait "$reader"
	kill -TERM "$pid"
	await_end "$pid" || status=$?
	pid=
	[[ $status == 0 ]]
}

@test "SIGTERM ends run --wait without domains" {
	start -c "$(node idle)" run --wait --period 3600
	eventually has_said "coordinating"
	stop TERM 0
}

@test "SIGTERM ends run --wait without libvirt" {
	start -c "qemu+unix:///system?socket=$BATS_TEST_TMPDIR/no-socket" \
		run --wait --period 3600
	eventually has_said "trying again and again"
	stop TERM 0
}

@test "SIGHUP reads the configuration again" {
	echo 'period = 3600;' >"$config"
	start -c test:///default run
	eventually has_said "coordinating test:///default every 3600 s, policy fair"
	echo 'period = 7;' >"$config"
	kill -HUP "$pid"
	eventually has_said "memcoord: settings reloaded: every 7 s, policy fair"
	stop TERM 0
}

@test "SIGHUP takes over new rules for single domains" {
	echo 'period = 1; domains = ( { match = "nobody"; } );' >"$config"
	start -c test:///default -v run
	eventually has_said "coordinating test:///default"
	echo 'period = 1; domains = ( { match = "te?t"; managed = false; } );' >"$config"
	run ! has_said "its settings leave it out"
	kill -HUP "$pid"
	eventually has_said "test: UNMANAGED, its settings leave it out"
	: >"$config"
	kill -HUP "$pid"
	eventually has_said "settings reloaded" 2
	stop TERM 0
}

@test "SIGHUP keeps what the command line said" {
	echo 'period = 5;' >"$config"
	start -c test:///default run --period 3600
	eventually has_said "coordinating test:///default every 3600 s"
	echo 'period = 7; uri = "test:///other";' >"$config"
	kill -HUP "$pid"
	eventually has_said "settings reloaded: every 3600 s"
	run ! has_said "uri has changed"
	stop TERM 0
}

@test "SIGHUP with a bad file: says so, and goes on with the old settings" {
	echo 'period = 1;' >"$config"
	start -v -c test:///default run
	eventually has_said "coordinating test:///default every 1 s"
	echo 'period = 0;' >"$config"
	kill -HUP "$pid"
	eventually has_said \
		"memcoord: $config:1: period must be .* 3600; the old settings stay"

	# More cycles, each of a second as before.
	local n

	n=$(grep -c "memcoord: test: " "$err")
	eventually has_said "memcoord: test: " $((n + 2))

	rm "$config"
	kill -HUP "$pid"
	eventually has_said \
		"memcoord: $config: No such file or directory; the old settings stay"

	echo 'period = 3600;' >"$config"
	kill -HUP "$pid"
	eventually has_said "settings reloaded: every 3600 s"
	stop TERM 0
}

@test "SIGHUP does not change the connection" {
	echo 'uri = "test:///default";' >"$config"
	start run --period 3600
	eventually has_said "coordinating test:///default"
	echo 'uri = "test:///other";' >"$config"
	kill -HUP "$pid"
	eventually has_said "memcoord: uri has changed: that takes effect after a restart"
	eventually has_said "settings reloaded"
	stop TERM 0
}

@test "once borrows statistics periods and gives them back" {
	expect 0 -c "$(node mixed)" once --interval 1
	[[ $stderr == *"memcoord: db-2: statistics period set to 1 s"* ]]
	[[ $stderr == *"memcoord: db-2: statistics period set to 0 s"* ]]
	[[ $stderr == *"memcoord: with a space: statistics period set to 60 s"* ]]
}

@test "once prints nothing to do as dry-run does" {
	succeeds -c "$(node mixed)" dry-run --interval 1 --policy classic
	local planned=$output

	succeeds -q -c "$(node mixed)" once --interval 1 --policy classic
	[[ $output == "$planned" ]]
}

@test "once without active domains" {
	succeeds -c "$(node idle)" once --interval 1
	[[ $output == *"Nothing to do." ]]
}

@test "a signal ends once before anything is changed" {
	local signal

	for signal in TERM INT HUP; do
		start -c test:///default once --interval 3600
		eventually has_said "statistics period set to 1 s"
		stop "$signal" 1
		has_said "memcoord: interrupted before anything was moved"
		has_said "memcoord: test: statistics period set to 0 s"
		[[ ! -s $out ]]
	done
}

@test "several coordinators may use the test driver: each has a host of its own" {
	start -c test:///default run --period 3600
	eventually has_said "coordinating"
	expect 0 -c test:///default run --cycles 1
	stop TERM 0
}

# In the test driver a host is short of memory, so that domains shrink and cannot grow again.
short_host='starvation_threshold = 60; waste_threshold = 90;'

@test "on_exit = restore: SIGTERM puts sizes back and tells which it cannot, the next one ends that" {
	echo "$short_host on_exit = \"restore\";" >"$config"
	start -c "$(node mixed)" run --period 3600
	eventually has_said "memcoord: db-1: 2 GiB -> "
	kill -TERM "$pid"
	eventually has_said "memcoord: domains to be put back to what they had at the start: 1"
	stop INT 0
	has_said "memcoord: stopping at once as asked"
	has_said "memcoord: db-1: is not put back, it has .* and had 2 GiB at the start: the host has no more at hand"
	has_said "memcoord: db-2: statistics period set to 0 s"
}

@test "on_exit = restore: the end of --cycles puts sizes back, for 10 s at most" {
	local begun=$SECONDS

	echo "$short_host on_exit = \"restore\";" >"$config"
	expect 0 -c "$(node mixed)" run --cycles 1 --period 1
	[[ $stderr == *"memcoord: db-1: is not put back, "*": the host has no more at hand"* ]]
	((SECONDS - begun <= 13))
}

@test "sizes are kept by default, and SIGHUP takes over a new on_exit" {
	echo "$short_host" >"$config"
	start -c "$(node mixed)" run --period 3600
	eventually has_said "memcoord: db-1: 2 GiB -> "
	stop TERM 0
	run ! has_said "put back"

	start -c "$(node mixed)" run --period 3600
	eventually has_said "memcoord: db-1: 2 GiB -> "
	echo "$short_host on_exit = \"restore\";" >"$config"
	kill -HUP "$pid"
	eventually has_said "settings reloaded"
	kill -TERM "$pid"
	eventually has_said "to be put back"
	stop TERM 0
}

@test "once puts nothing back: it was asked to move" {
	echo "$short_host on_exit = \"restore\";" >"$config"
	expect 0 -c "$(node mixed)" once --interval 1 -nr -o NAME,RESULT
	[[ $output == *"db-1 done"* ]]
	[[ $stderr != *"put back"* ]]
}
