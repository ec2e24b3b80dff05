# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the tests of memcoord on real guests share; to be loaded by bats files.
#
# MEMCOORD names the program to test (default: memcoord in PATH).

# shellcheck source=tests/guests/lib.sh
. "${BASH_SOURCE[0]%/*}/lib.sh"
# shellcheck source=tests/processes.bash
. "${BASH_SOURCE[0]%/*}/../processes.bash"

MEMCOORD=${MEMCOORD:-memcoord}

# Start the lab (arguments: those of lab_start), or skip the file where this machine cannot have one. Where guests are known
# to work (REQUIRE_GUESTS=1), that is a failure.
start_lab_or_skip() {
	local status=0

	lab_start "$@" || status=$?
	if [ "$status" = 77 ] && [ "${REQUIRE_GUESTS:-0}" = 0 ]; then
		skip "this machine cannot run the test guests"
	fi
	[ "$status" = 0 ]
}

# Run memcoord on the lab's libvirtd, with no configuration but CONFIG if that is set.
memcoord() {
	(exec_memcoord "$@")
}

# CONFIG becomes what memcoord reads.
write_config() {
	printf '%s\n' "${CONFIG:-}" >"$BATS_TEST_TMPDIR/memcoord.conf"
}

exec_memcoord() {
	write_config
	exec "$MEMCOORD" -c "$LAB_URI" -f "$BATS_TEST_TMPDIR/memcoord.conf" "$@"
}

# Run memcoord in the background; its messages go to $BATS_TEST_TMPDIR/log.
start_memcoord() {
	: >"$BATS_TEST_TMPDIR/log" # now: what an earlier one has said does not count
	exec_memcoord "$@" >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
	memcoord_pid=$!
}

# End what start_memcoord() started; its status must be 0.
stop_memcoord() {
	kill -TERM "$memcoord_pid"
	await_end "$memcoord_pid"
}

# Is there a line in the log that matches the extended regular expression?
logged() {
	grep -Eq -- "$1" "$BATS_TEST_TMPDIR/log"
}

# The number of the first such line.
first_logged() {
	grep -En -m 1 -- "$1" "$BATS_TEST_TMPDIR/log" | cut -d : -f 1
}

# wait_until for a line of the log; shows the log when it does not come.
await_log() {
	wait_until "$1" logged "$2" || {
		cat "$BATS_TEST_TMPDIR/log" >&2
		return 1
	}
}

# Print one field of one domain as memcoord sees it: domain_field NAME COLUMN [COMMAND...].
domain_field() {
	memcoord "${3:-stats}" -nrb -o "$2" "$1"
}

# bats does not notice the failure of "! command".
refute() {
	if "$@"; then
		echo "should have failed: $*" >&2
		return 1
	fi
}

# Is the resident memory of the guest's QEMU below that many KiB?
rss_below() {
	[ "$(guest_rss "$1")" -lt "$2" ]
}

# Has the balloon come down to that many KiB, give or take a page?
current_at_most() {
	[ "$(guest_balloon "$1" current)" -le $(($2 + 64)) ]
}

# How many moves would be made now?
planned_moves() {
	memcoord dry-run --json | jq '.moves | length'
}

plans_moves() {
	[ "$(planned_moves)" = "$1" ]
}

# Has the persistent definition a statistics period?
has_persistent_period() {
	lab_run virsh dumpxml --inactive "$1" | grep -q '<stats'
}

# What the guest itself believes to have, in MiB.
guest_total_mib() {
	echo $(($(guest_meminfo "$1" MemTotal) / 1024))
}

# What the persistent definition says, in KiB.
persistent_kib() {
	lab_run virsh dumpxml --inactive "$1" |
		sed -n "s/^ *<currentMemory unit='KiB'>\([0-9]*\)<.*/\1/p"
}

# Print how often a libvirt API function was called according to a debug log.
count_calls() {
	grep -c "$2:" "$1" || true
}
