#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The file with the metrics of run.

load functions

# Set metrics_file, and more lines of the configuration.
configure() {
	metrics=$1
	shift
	printf 'metrics_file = "%s";\n' "$metrics" >"$config"
	printf '%s\n' "$@" >>"$config"
}

# Start run with cycles of $1 seconds on the node $2, and wait for the file.
start_and_write() {
	start -c "$(node "${2:-mixed}")" run --wait --period "$1"
	eventually test -e "$metrics"
}

has_cycles() {
	(($(sed -n 's/^memcoord_cycles_total //p' "$metrics") >= $1))
}

@test "the file after the first cycle" {
	local got=$BATS_TEST_TMPDIR/got wanted=$BATS_TEST_DIRNAME/golden/metrics

	configure "$BATS_TEST_TMPDIR/memcoord.prom" 'host_capacity = "2 GiB";' \
		'domains = ( { match = "db-1"; ceiling = "3 GiB"; weight = 200; } );'
	start_and_write 3600
	# What differs from run to run, and from version to version.
	sed -E -e '/^memcoord_cycle_duration_seconds/s/ [0-9.]+$/ X/' \
		-e 's/^(memcoord_last_cycle_timestamp_seconds) [0-9]{10}\.[0-9]{3}$/\1 X/' \
		-e 's/(version=")[^"]*/\1X/' "$metrics" >"$got"
	stop TERM 0
	[[ -z ${MEMCOORD_UPDATE_GOLDEN:-} ]] || cp "$got" "$wanted"
	diff -u "$wanted" "$got"
}

@test "promtool finds nothing wrong with it" {
	requires promtool
	configure "$BATS_TEST_TMPDIR/memcoord.prom"
	start_and_write 1
	eventually has_cycles 3
	run promtool check metrics <"$metrics"
	[[ $status == 0 && -z $output ]] || fail "$output"
}

@test "everybody may read it, and no other file is left beside it" {
	mkdir "$BATS_TEST_TMPDIR/dir"
	configure "$BATS_TEST_TMPDIR/dir/memcoord.prom"
	umask 077
	start_and_write 1
	eventually has_cycles 2
	[[ $(stat -c %a "$metrics") == 644 ]]
	kill -STOP "$pid" # a new one may be in the making
	[[ $(ls "$BATS_TEST_TMPDIR/dir") == memcoord.prom* ]]
	kill -CONT "$pid"
	stop TERM 0
	[[ -z $(ls -A "$BATS_TEST_TMPDIR/dir") ]]
}

@test "it is removed at the end, however that comes" {
	configure "$BATS_TEST_TMPDIR/memcoord.prom"
	start_and_write 3600
	stop INT 0
	[[ ! -e $metrics ]]
	expect 0 -c "$(node mixed)" run --cycles 2 --period 1
	[[ ! -e $metrics ]]
	expect 0 -c "$(node idle)" run
	[[ ! -e $metrics ]]
}

@test "it is stale after a kill, and the next run takes it over" {
	configure "$BATS_TEST_TMPDIR/memcoord.prom"
	start_and_write 1
	eventually has_cycles 2
	kill -KILL "$pid"
	await_end "$pid" || true
	has_cycles 2
	start -c "$(node mixed)" run --period 3600
	eventually grep -qx "memcoord_cycles_total 1" "$metrics"
	stop TERM 0
	[[ ! -e $metrics ]]
}

# Whoever reads the file again and again finds a whole one each time.
read_often() {
	local i text

	for ((i = 0; i < 500; i++)); do
		text=$(cat "$metrics" 2>/dev/null && echo end) || continue
		[[ $text == '# HELP memcoord_build_info '*$'\n'end ]] || fail "half of it:" "$text"
		[[ $(grep -c '^memcoord_cycles_total ' <<<"$text") == 1 ]] || fail "$text"
	done
}

@test "a second run leaves the file to the first one, says so once, and then takes over" {
	local first

	configure "$BATS_TEST_TMPDIR/dir/memcoord.prom"
	mkdir "$BATS_TEST_TMPDIR/dir"
	start_and_write 1
	first=$pid
	mv "$err" "$err.first" # it still writes there
	start -c "$(node traits)" run --wait --period 1
	eventually has_said "memcoord: $metrics is written by another memcoord: .*metrics_file of its own"
	read_often
	grep -q 'domain="db-1"' "$metrics"
	kill -KILL "$first"
	await_end "$first" || true
	eventually grep -q 'domain="encrypted"' "$metrics"
	read_often
	[[ $(grep -c metrics "$err") == 1 ]]
	stop TERM 0
	[[ -z $(ls -A "$BATS_TEST_TMPDIR/dir") ]]
}

@test "who ends removes no file but its own" {
	local first

	configure "$BATS_TEST_TMPDIR/memcoord.prom"
	start_and_write 1
	first=$pid
	expect 0 -c "$(node traits)" run --cycles 2 --period 1
	[[ $stderr == *"$metrics is written by another memcoord"* ]]
	has_cycles 1
	pid=$first
	stop TERM 0
	[[ ! -e $metrics ]]
}

@test "a directory that is missing: one warning, and the next cycle tries again" {
	configure "$BATS_TEST_TMPDIR/missing/memcoord.prom"
	start -c "$(node mixed)" run --period 1
	eventually has_said "memcoord: cannot write metrics to $metrics, trying again with the next cycle: No such file or directory"
	sleep 2.5
	(($(grep -c "cannot write metrics" "$err") == 1))
	mkdir "$BATS_TEST_TMPDIR/missing"
	eventually test -e "$metrics"
	stop TERM 0
	[[ ! -e $metrics ]]
}

@test "what cannot be written does not end run" {
	local path

	: >"$BATS_TEST_TMPDIR/file"
	for path in "$BATS_TEST_TMPDIR/file/memcoord.prom" /proc/memcoord.prom \
		"$BATS_TEST_TMPDIR" /dev/null; do
		configure "$path"
		expect 0 -c "$(node mixed)" run --cycles 2 --period 1
		[[ $stderr == *"memcoord: cannot write metrics to $path, trying again"* ]]
	done
	[[ -c /dev/null ]]
}

@test "SIGHUP moves it, and takes it away" {
	local old=$BATS_TEST_TMPDIR/old.prom new=$BATS_TEST_TMPDIR/new.prom

	configure "$old" 'period = 3600;'
	start -c "$(node mixed)" run
	eventually test -e "$old"
	configure "$new" 'period = 3600;'
	kill -HUP "$pid"
	eventually test -e "$new"
	[[ ! -e $old ]]
	grep -qx "memcoord_connected 1" "$new"

	configure relative.prom
	kill -HUP "$pid"
	eventually has_said \
		"memcoord: $config:1: metrics_file must be .*; the old settings stay"
	[[ -e $new ]]

	configure ""
	kill -HUP "$pid"
	eventually test ! -e "$new"
	stop TERM 0
}

@test "by default it is where systemd says, if it says so" {
	mkdir "$BATS_TEST_TMPDIR/run" "$BATS_TEST_TMPDIR/other"
	export RUNTIME_DIRECTORY=$BATS_TEST_TMPDIR/run:$BATS_TEST_TMPDIR/other
	metrics=$BATS_TEST_TMPDIR/run/memcoord.prom
	start_and_write 3600
	stop TERM 0
	[[ ! -e $metrics ]]

	configure ""
	expect 0 -v -c "$(node mixed)" run --cycles 2 --period 1
	[[ $stderr != *metrics* ]]
}

@test "without a connection it says so, and knows nothing" {
	configure "$BATS_TEST_TMPDIR/memcoord.prom"
	start -c "qemu+unix:///system?socket=$BATS_TEST_TMPDIR/no-socket" \
		run --wait --period 3600
	eventually grep -qx "memcoord_connected 0" "$metrics"
	grep -qx "memcoord_cycles_total 0" "$metrics"
	run ! grep -e ^memcoord_host -e ^memcoord_last -e ^memcoord_overload "$metrics"
	stop TERM 0
}

@test "the other commands write none" {
	configure "$BATS_TEST_TMPDIR/memcoord.prom"
	expect 0 -c "$(node mixed)" once --interval 1
	[[ ! -e $metrics ]]
}

@test "a relative path is refused" {
	configure memcoord.prom
	refuses_in_one_line 78 \
		"memcoord: $config:1: metrics_file must be the absolute path of a file, or \"\" for none" \
		--check-config
	configure ./memcoord.prom
	refuses_in_one_line 78 "memcoord: $config:1: metrics_file must be *" run
}
