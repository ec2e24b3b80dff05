# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016 # what is expanded in a guest or by another shell is quoted here
#
# What the tests of jobs.bats share: things that keep libvirt from answering about one guest,
# a guest that grows in the meantime, and what it tells of that itself. To be loaded after
# functions.bash and cases.bash, whose expect and expect_within are used.
#
# hungry	grows
# held		runs; is dumped or migrated
# late		does not run; is started, stopped and destroyed

# Before, it uses about 250 MiB of its 512; in the end it needs more than 1 GiB.
grow_mib=520
rate_mib_s=40

# Of those three: define_guests NAME...
define_guests() {
	local name
	for name; do
		case $name in
		hungry) guest_define hungry max=1536 current=512 ;;
		held) guest_define held max=768 current=384 ;;
		late) guest_define late max=384 current=256 ;;
		esac
	done
}

# Those that run from the beginning: start_guests NAME...
start_guests() {
	guest_start "$@"
	[[ " $* " != *" hungry "* ]] ||
		guest_run hungry 'dd if=/dev/zero of=/used bs=1M count=130 2>/dev/null'
	guest_settle "$@"
}

# ---- memcoord, and an exporter beside it ----

begin_coordinating() {
	# an idle guest stays as it is
	export CONFIG='idle_reclaim = false;'
	start_memcoord -v run --period 2
	await_log 30 'hungry: (BALANCED|WASTING)'
	start_exporter
	mark_log
}

# All figures of all domains, one after the other. It may hang with them.
start_exporter() {
	lab_spawn /dev/null setsid sh -c 'while :; do virsh -q domstats; sleep 1; done'
	exporter_pid=$LAB_PID
}

stop_exporter() {
	[ -z "${exporter_pid:-}" ] || kill -KILL -- "-$exporter_pid" 2>/dev/null || true
	exporter_pid=
}

# What is logged from now on is found by logged_since.
mark_log() {
	marked_line=$(($(wc -l <"$BATS_TEST_TMPDIR/log") + 1))
}

logged_since() {
	tail -n "+$marked_line" "$BATS_TEST_TMPDIR/log" | grep -Eq -- "$1"
}

# ---- what holds a guest up ----

# Begin a dump of a running guest that goes on until dump_end: dump_begin NAME
dump_begin() {
	fifo=$LAB_DIR/log/dump.$1
	mkfifo -m 666 "$fifo"
	# reads nothing until it is told to
	lab_spawn /dev/null sh -c 'exec 8<"$0"
		while [ ! -e "$0.read" ]; do sleep 0.2; done
		exec cat <&8' "$fifo"
	begin_job "$LAB_DIR/bin/virsh" -c "$LAB_URI" dump --live "$1" "$fifo"
	wait_until 20 has_job "$1" Dump
}

# Read what is left, as the dump's reader at last does.
dump_end() {
	[ -p "${fifo:-}" ] || return 0
	touch "$fifo.read"
	await_job
	rm -f "$fifo" "$fifo.read"
}

# Begin a migration to the second libvirtd that goes on until migration_end, as the guest
# writes faster than is sent: migration_begin NAME
migration_begin() {
	write_forever "$1"
	begin_job "$LAB_DIR/bin/virsh" -c "$LAB_URI" migrate --live --bandwidth 1 "$1" \
		"$LAB_SECOND_URI" --migrateuri "unix://$LAB_DIR/second/run/$1"
	wait_until 20 has_job "$1" 'Outgoing migration'
}

# The same in the other direction, of a guest that is brought there before:
# migration_back_begin NAME
migration_back_begin() {
	lab_virsh migrate --live "$1" "$LAB_SECOND_URI" \
		--migrateuri "unix://$LAB_DIR/second/run/$1"
	lab_on_second guest_hold_pty "$1"
	write_forever "$1"
	begin_job "$LAB_DIR/bin/virsh" -c "$LAB_SECOND_URI" migrate --live --bandwidth 1 "$1" \
		"$LAB_URI" --migrateuri "unix://$LAB_DIR/run/$1"
	LAB_URI=$LAB_SECOND_URI wait_until 20 has_job "$1" 'Outgoing migration'
}

# Let it come to its end: migration_end NAME
migration_end() {
	guest_run "$1" 'touch /tmp/enough'
	lab_virsh migrate-setspeed "$1" 1000
	await_job
}

migration_back_end() {
	lab_on_second migration_end "$1"
}

# Break it off: migration_abort NAME
migration_abort() {
	lab_virsh domjobabort "$1"
	guest_run "$1" 'touch /tmp/enough'
	await_job || true
}

# 4 MiB a second, again and again; zeros would not be sent.
write_forever() {
	guest_spawn "$1" '
		rm -f /tmp/enough
		while [ ! -e /tmp/enough ]; do
			dd if=/dev/urandom of=/tmp/written bs=1M count=4
			sleep 1
		done
		rm /tmp/written'
}

# Run a command that will take its time.
begin_job() {
	timeout 300 "$@" >"$BATS_TEST_TMPDIR/job" 2>&1 3>&- &
	job_pid=$!
}

# It has to end well, now that nothing holds it up.
await_job() {
	local pid=${job_pid:-}
	job_pid=
	[ -z "$pid" ] || await_end "$pid" || {
		cat "$BATS_TEST_TMPDIR/job" >&2
		return 1
	}
}

# Is such an operation going on? has_job NAME OPERATION
has_job() {
	lab_virsh domjobinfo "$1" | grep -q "^Operation: *$2"
}

has_state() {
	[ "$(lab_virsh domstate "$1")" = "$2" ]
}

# Start late, with a hook of so many seconds: hooked_start SECONDS
hooked_start() {
	lab_arm_hook late prepare "$1"
	begin_job "$LAB_DIR/bin/virsh" -c "$LAB_URI" start late
	wait_until 10 lab_hook_runs late prepare
}

hooked_destroy() {
	lab_arm_hook late release "$1"
	begin_job "$LAB_DIR/bin/virsh" -c "$LAB_URI" destroy late
	wait_until 10 lab_hook_runs late release
}

# late runs, and takes commands: after a start that was none of guest_start's
await_late() {
	guest_hold_pty late
	guest_await late
}

run_late() {
	guest_pid late >/dev/null || guest_start late
}

# ---- the guest that grows ----

# Have hungry grow, and count what it has each second, in the guest. Returns when it is over.
grow_meanwhile() {
	kills_before=$(guest_oom_kills hungry)
	guest_spawn hungry '
		echo -1000 >/proc/self/oom_score_adj
		rm -f /tmp/memory /tmp/grown
		while [ ! -e /tmp/grown ]; do
			awk -v at="$(cut -d " " -f 1 /proc/uptime)" "
				/^MemTotal:/ { total = \$2 }
				/^MemAvailable:/ { print at, total, \$2 }" /proc/meminfo >>/tmp/memory
			sleep 1
		done &
		(echo 0 >/proc/self/oom_score_adj; exec grow '"$rate_mib_s $grow_mib"' 1)
		touch /tmp/grown'
	sleep $((grow_mib / rate_mib_s + 2))
	wait_until 60 guest_run hungry 'test -e /tmp/grown'
	guest_run hungry 'cat /tmp/memory' >"$BATS_TEST_TMPDIR/memory"
	kills=$(($(guest_oom_kills hungry) - kills_before))
}

# A figure of what hungry has counted: figure PROGRAM. There, at is in seconds, total and
# available are in MiB.
figure() {
	awk "{ at = \$1; total = \$2 / 1024; available = \$3 / 1024 } $1" \
		"$BATS_TEST_TMPDIR/memory"
}

# It had all it needed, all the time.
expect_growth() {
	starved=$(figure 'available * 20 < total { n++ } END { print n + 0 }')
	lowest=$(figure 'NR == 1 || available / total < low { low = available / total }
		END { print int(low * 100) }')
	grown=$(figure 'NR == 1 { first = total } total > high { high = total }
		END { print int(high - first) }')
	expect "starved seconds of hungry" "$starved" -eq 0
	expect "kills in hungry" "$kills" -eq 0
	expect "growth of hungry, MiB" "$grown" -ge 500
	# or else it did not count
	expect "longest time without a count, s" "$(figure 'NR > 1 && at - before > gap {
		gap = at - before } { before = at } END { print int(gap) }')" -le 3
	logged_since 'hungry: .* \(\+.*\) from' || misses+=("hungry was not grown")
}

# Each such call has kept all others waiting, and one of libvirtd's workers busy for 30 s.
# The log has a line of the first, and then or at the end how many more there were.
expect_few_unanswered() {
	expect "calls about $1 without an answer" "$(
		sed -n "s/.* $1: cannot .* does not answer in time\(\| (\([0-9]*\) times since)\)$/\2/p" \
			"$BATS_TEST_TMPDIR/log" | awk '{ n += $1 == "" ? 1 : $1 } END { print n + 0 }'
	)" -le 2
}

# ---- afterwards ----

# What memcoord says of a domain: domain_word NAME COLUMN
domain_word() {
	memcoord classify --interval 1 -nr -o "$2" "$1" 2>/dev/null
}

is_managed() {
	[ "$(domain_word "$1" MODE)" = MANAGED ]
}

# All goes on, with this guest, too: expect_to_go_on NAME
expect_to_go_on() {
	mark_log
	expect_within 60 "$1 is judged" logged_since "$1: (BALANCED|WASTING|STARVING)"
	expect_within 60 "$1 is managed" is_managed "$1"
	expect_within 10 "hungry is judged" logged_since 'hungry: (BALANCED|WASTING|STARVING)'
}

# Print the figures of a case and what was missed, and fail if anything was: finish CASE
finish() {
	local miss
	stop_exporter
	stop_memcoord || misses+=("memcoord did not end well")
	expect_few_unanswered held
	refute logged 'too many calls hang' || misses+=("too many calls hang")
	echo "# figures: $1: hungry grew by $grown MiB, had at least $lowest % available," \
		"starved $starved s, killed $kills" >&3
	for miss in "${misses[@]}"; do
		echo "# figures: $1: missed: $miss" >&3
	done
	[ ${#misses[@]} = 0 ]
}

# ---- other commands of memcoord in the meantime ----

# A command ends within 5 s and says who does not answer: expect_in_time NAME COMMAND...
expect_in_time() {
	local who=$1 begun_us=${EPOCHREALTIME/./} status=0 took_ms
	shift
	write_config
	timeout -k 1 20 "$MEMCOORD" -c "$LAB_URI" -f "$BATS_TEST_TMPDIR/memcoord.conf" "$@" \
		>"$BATS_TEST_TMPDIR/said" 2>&1 3>&- || status=$?
	took_ms=$(((${EPOCHREALTIME/./} - begun_us) / 1000))
	echo "# figures: $* beside $who: $took_ms ms, status $status:" \
		"$(grep -w -m 1 -- "$who" "$BATS_TEST_TMPDIR/said")" >&3
	expect "$*, ms" "$took_ms" -le 5000
	has_said "$who" || misses+=("$* does not name $who")
}

has_said() {
	grep -qw -- "$1" "$BATS_TEST_TMPDIR/said"
}

# The same, and it shows hungry.
expect_all_in_time() {
	expect_in_time "$@"
	has_said hungry || misses+=("${*:2} does not show hungry")
}

# There are also figures of hungry: expect_figures_in_time NAME
expect_figures_in_time() {
	expect_in_time "$1" stats -bn -o NAME,USABLE
	grep -q '^hungry  *[1-9]' "$BATS_TEST_TMPDIR/said" ||
		misses+=("stats has no figures of hungry")
}

expect_commands_in_time() {
	expect_figures_in_time "$1"
	expect_all_in_time "$1" classify --interval 1
	expect_all_in_time "$1" doctor --interval 1
}

expect_no_misses() {
	printf 'missed: %s\n' "${misses[@]}"
	[ ${#misses[@]} = 0 ]
}

# ---- between the tests ----

# Whatever a test has begun.
let_go() {
	local pid
	stop_exporter
	lab_disarm_hooks
	for pid in $(lab_pids qemu) $(lab_pids libvirtd); do
		kill -CONT "$pid" 2>/dev/null || true
	done
	dump_end || true
	[ -z "${job_pid:-}" ] || lab_virsh domjobabort held 2>/dev/null || true
	await_job || true
}

# All are as in the beginning.
put_back() {
	lab_answers || lab_restart_libvirtd
	put_back_late
	put_back_guest hungry 512
	put_back_guest held 384
	# until what they have reported is of that size
	sleep 2
}

# It is off, or takes commands.
put_back_late() {
	if guest_pid late >/dev/null && ! GUEST_TIMEOUT=5 guest_run late true; then
		guest_stop late
		define_guests late
	fi
}

# The guest runs here, with no load and of its first size: put_back_guest NAME MIB
put_back_guest() {
	if ! GUEST_TIMEOUT=10 guest_run "$1" 'killall grow; touch /tmp/enough' >/dev/null 2>&1 ||
		! lab_virsh setmem "$1" "$2M" --live || ! guest_settle "$1"; then
		lab_on_second guest_stop "$1"
		guest_stop "$1"
		define_guests "$1"
		start_guests "$1"
	fi
}
