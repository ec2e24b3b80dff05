#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The configuration file, as the command line sees it (tests/unit/test-config-file.c has
# the contents): status 78, one line that names file and line.

load functions

@test "--check-config of a good file" {
	cat >"$config" <<-EOF
		uri = "test:///default";
		period = 5;
		host_reserve = "1 GiB";
	EOF
	succeeds --check-config
	[[ $output == "The configuration is valid." ]]
}

@test "--check-config of an empty file" {
	succeeds --check-config
}

@test "--check-config does not connect" {
	echo 'uri = "nonsense:///";' >"$config"
	succeeds --check-config
	succeeds -c nonsense:/// --check-config
}

@test "--check-config of a bad file" {
	printf 'period = 5;\nperiods = 5;\n' >"$config"
	refuses_in_one_line 78 "memcoord: $config:2: unknown setting 'periods' *" \
		--check-config
}

@test "--check-config of a missing file" {
	refuses_in_one_line 78 \
		"memcoord: $BATS_TEST_TMPDIR/missing: No such file or directory" \
		-f "$BATS_TEST_TMPDIR/missing" --check-config
}

@test "every command refuses a bad file" {
	local command

	echo 'period = 0;' >"$config"
	for command in run once dry-run stats classify doctor; do
		refuses_in_one_line 78 \
			"memcoord: $config:1: period must be a whole number from 1 to 3600" \
			-c test:///default "$command"
	done
}

@test "every command refuses a missing file that was named" {
	local command

	for command in run once dry-run stats classify doctor; do
		refuses_in_one_line 78 "memcoord: *missing: No such file or directory" \
			-c test:///default -f "$BATS_TEST_TMPDIR/missing" "$command"
	done
}

@test "a directory and a FIFO are no configuration, /dev/null is an empty one" {
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	for config in "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/fifo"; do
		refuses_in_one_line 78 "memcoord: $config: not a regular file" \
			-c test:///default stats
	done
	config=/dev/null succeeds -c test:///default stats
}

@test "a syntax error names its line" {
	printf '# one\n\nperiod 5;\n' >"$config"
	refuses_in_one_line 78 "memcoord: $config:3: syntax error" --check-config
}

@test "an integer that does not fit is refused, not cut" {
	echo 'period = 4294967299;' >"$config"
	refuses_in_one_line 78 "memcoord: $config:1: '4294967299' is too large a number" \
		--check-config
}

@test "settings that do not fit together are refused" {
	printf 'starvation_threshold = 60;\nwaste_threshold = 40;\n' >"$config"
	refuses_in_one_line 78 \
		"memcoord: $config: starvation_threshold (60) must be below waste_threshold (40)" \
		--check-config
}

@test "of two -f the last one counts" {
	echo 'no = 1;' >"$config"
	: >"$BATS_TEST_TMPDIR/other"
	succeeds -f "$BATS_TEST_TMPDIR/other" --check-config
}

@test "--config is -f" {
	echo 'no = 1;' >"$BATS_TEST_TMPDIR/other"
	refuses_in_one_line 78 "memcoord: *other:1: unknown setting 'no' *" \
		"--config=$BATS_TEST_TMPDIR/other" --check-config
	refuses_in_one_line 78 "memcoord: *other:1: unknown setting 'no' *" \
		--config "$BATS_TEST_TMPDIR/other" stats
}

@test "settings reach the figures" {
	cat >"$config" <<-EOF
		host_capacity = "2 GiB";
		host_reserve = "10 %";
	EOF
	golden stats-capacity -c test:///default stats
}

@test "the period of the command line goes before the file's" {
	echo 'period = 7;' >"$config"
	expect 0 -c test:///default run --cycles 1
	[[ $stderr == *"coordinating test:///default every 7 s, policy fair"* ]]
	expect 0 -c test:///default run --cycles 1 --period 3
	[[ $stderr == *"coordinating test:///default every 3 s, policy fair"* ]]
}
