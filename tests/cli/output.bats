#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Where the output goes: terminals, pipes, full disks, --watch.

load functions

@test "no escape sequences when not on a terminal" {
	succeeds -c "$(node mixed)" classify --interval 1
	[[ $output != *$'\e'* ]]
}

# A chroot may have no place for them.
requires_terminal() {
	requires script
	script -qec true /dev/null >/dev/null 2>&1 3>&- </dev/null ||
		skip "there are no pseudo-terminals"
}

# Run the program on a terminal.
on_terminal() {
	requires_terminal
	# shellcheck disable=SC2034 # for the caller
	output=$(script -qec "timeout 60 '$MEMCOORD' -f '$config' $*" /dev/null 3>&- </dev/null)
}

@test "NO_COLOR on a terminal" {
	export NO_COLOR=1
	on_terminal "-c '$(node mixed)' classify --interval 1"
	[[ $output == *UNMANAGED* ]]
	[[ $output != *$'\e'* ]]
}

@test "--watch into a pipe prints tables with empty lines between them" {
	out=$BATS_TEST_TMPDIR/watched
	err=$BATS_TEST_TMPDIR/err
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	cat "$BATS_TEST_TMPDIR/pipe" >"$out" 3>&- &
	"$MEMCOORD" -f "$config" -c test:///default stats --watch 1 -rn -o NAME \
		>"$BATS_TEST_TMPDIR/pipe" 2>"$err" 3>&- &
	# shellcheck disable=SC2034 # for stop
	pid=$!
	eventually has_printed 3 '^test$'
	stop TERM 143
	[[ $(head -n 5 "$out") == $'test\n\ntest\n\ntest' ]]
	[[ ! -s $err ]]
}

@test "--watch with rates needs no second wait" {
	start -c "$(node mixed)" classify --watch 1 --interval 1 -rn -o NAME,CLASS db-2
	eventually has_printed 2 '^db-2 UNMANAGED$'
	stop TERM 143
}

@test "--watch ends as soon as its reader has gone" {
	local command statuses

	for command in stats "stats -J" "classify --interval 1" "dry-run --interval 1"; do
		# shellcheck disable=SC2086 # words
		timeout 20 "$MEMCOORD" -f "$config" -c "$(node mixed)" $command --watch 3600 3>&- |
			head -n 1 >/dev/null && statuses=("${PIPESTATUS[@]}")
		[[ ${statuses[0]} == 141 ]] || fail "memcoord $command: status ${statuses[0]}"
	done
}

# With its output to nowhere the program must fail, and say so in one line.
cannot_write() {
	local err=$BATS_TEST_TMPDIR/err status

	status=0
	program "$@" >/dev/full 2>"$err" || status=$?
	[[ $status == 1 ]] || fail "memcoord $* >/dev/full: status $status"
	[[ $(wc -l <"$err") == 1 ]] || fail "memcoord $* >/dev/full: $(<"$err")"
	grep -qx "memcoord: cannot write to standard output: No space left on device" "$err"

	status=0
	program "$@" >&- 2>"$err" || status=$?
	[[ $status == 1 ]] || fail "memcoord $* >&-: status $status"
	[[ $(wc -l <"$err") == 1 ]] || fail "memcoord $* >&-: $(<"$err")"
	grep -q "^memcoord: cannot write to standard output: " "$err"
}

@test "a table that cannot be written" {
	cannot_write -c "$(node mixed)" stats
	cannot_write -c "$(node mixed)" stats --watch 1
}

@test "a table that is larger than any buffer" {
	local i

	{
		echo "<node>"
		for ((i = 0; i < 300; i++)); do
			echo "<domain type='test'><name>domain-$i</name>" \
				"<memory unit='MiB'>64</memory>" \
				"<os><type>hvm</type></os></domain>"
		done
		echo "</node>"
	} >"$BATS_TEST_TMPDIR/node.xml"
	succeeds -c "test://$BATS_TEST_TMPDIR/node.xml" stats -n
	[[ ${#lines[@]} == 300 ]]
	cannot_write -c "test://$BATS_TEST_TMPDIR/node.xml" stats
	cannot_write -c "test://$BATS_TEST_TMPDIR/node.xml" stats -J
}

@test "help, version and verdict that cannot be written" {
	cannot_write --help
	cannot_write --version
	cannot_write --usage
	cannot_write --check-config
	cannot_write stats --help
	cannot_write run --help
}

@test "a table for a closed standard output does not end in libvirt's event loop" {
	# Eight bytes and more: an eventfd takes them.
	cannot_write -c "$(node mixed)" stats --interval 1 -n -o STATE db-1
	cannot_write -c "$(node mixed)" stats --interval 1
}

@test "run needs no standard output" {
	program -c "$(node idle)" run >&-
	program -c "$(node idle)" run >/dev/full
	program -c "$(node idle)" run >&- 2>&- <&-
}

@test "a JSON document that cannot be written" {
	cannot_write -c "$(node idle)" stats -J
	cannot_write -c "$(node mixed)" stats -J
}

@test "successful commands that only read say nothing on standard error" {
	succeeds -c "$(node mixed)" stats
	succeeds -c "$(node mixed)" classify --interval 1
	succeeds -c "$(node mixed)" dry-run --interval 1
	succeeds -c "$(node idle)" stats
}

@test "commands that only read change no statistics period" {
	succeeds -c test:///default classify --interval 1 -rn -o NAME,PERIOD
	[[ $output == "test 0" ]]
	succeeds -c test:///default stats --interval 1 -rn -o NAME,PERIOD
	[[ $output == "test 0" ]]
}
