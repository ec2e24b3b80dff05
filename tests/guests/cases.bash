# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the cases of cases.bats share: four guests, a sampler, figures from its samples, and
# expectations that are all tried before the test fails. To be loaded after functions.bash.
#
# CASES_POLICY	the policy (default: fair). What is expected is expected of fair; another
#		policy gets the same load and its misses are only printed.
# CASES_BRIEF	1: do not wait until all has been taken back and nothing is done any more

CASES_POLICY=${CASES_POLICY:-fair}
CASES_BRIEF=${CASES_BRIEF:-0}

guests=(vm1 vm2 vm3 vm4)
maximum_mib=2048
floor_mib=200
misses=()

# Boot the four and start to sample them once a second: boot_four CURRENT_MIB
boot_four() {
	local name

	for name in "${guests[@]}"; do
		guest_define "$name" max=$maximum_mib current="$1"
	done
	guest_start "${guests[@]}"
	guest_settle "${guests[@]}"
}

# Print what the four cost the host, in MiB.
cost_mib() {
	local name sum_kib=0

	for name in "${guests[@]}"; do
		sum_kib=$((sum_kib + $(guest_rss "$name")))
	done
	echo $((sum_kib / 1024))
}

# Start memcoord with that budget in MiB, none if 0, and the sampler:
# coordinate BUDGET [RESERVE]
coordinate() {
	budget_mib=$1
	CONFIG="policy = \"$CASES_POLICY\"; domain_floor = \"$floor_mib MiB\";"
	if [ "$budget_mib" != 0 ]; then
		reserve_mib=${2:-$((budget_mib * 5 / 100))}
		CONFIG+=" host_capacity = \"$budget_mib MiB\"; host_reserve = \"$reserve_mib MiB\";"
	fi
	start_memcoord -v run
	await_log 30 'coordinating'
	sample_forever >"$BATS_TEST_TMPDIR/samples" 2>"$BATS_TEST_TMPDIR/sampler" 3>&- &
	sampler_pid=$!
	begun_s=$EPOCHSECONDS
}

stop_sampling() {
	[ -z "${sampler_pid:-}" ] || kill "$sampler_pid" 2>/dev/null || true
	sampler_pid=
}

# Once a second: "SECONDS NAME CURRENT USABLE RSS" for each guest, in KiB, by virsh; then
# "SECONDS host GRANTABLE MOVES", by memcoord itself, in bytes, and how often it has moved one.
sample_forever() {
	local now_us begun_us=${EPOCHREALTIME/./}

	while :; do
		lab_virsh domstats --balloon | awk -v now="$EPOCHSECONDS" -F '[=. ]+' '
			/^Domain:/ { split($0, quoted, "\047"); name = quoted[2] }
			/balloon\.current=/ { current = $NF }
			/balloon\.usable=/ { usable = $NF }
			/balloon\.rss=/ { print now, name, current, usable, $NF }'
		echo "$EPOCHSECONDS host $("$MEMCOORD" -c "$LAB_URI" \
			-f "$BATS_TEST_TMPDIR/memcoord.conf" stats --json | jq .host.grantable)" \
			"$(moves_made)"
		now_us=${EPOCHREALTIME/./}
		sleep "$(printf '0.%06d' $((1000000 - (now_us - begun_us) % 1000000 - 1)))"
	done
}

moves_made() {
	grep -c ' -> ' "$BATS_TEST_TMPDIR/log" || true
}

# ---- figures from the samples ----

# Evaluate an awk program over the samples of some guests in a span of time:
# over "NAMES" FROM_S TO_S PROGRAM. There, name, current, usable and rss are set, in MiB.
over() {
	awk -v names=" $1 " -v from="$2" -v to="$3" "
		\$1 < from || \$1 > to || !index(names, \" \" \$2 \" \") { next }
		{ at = \$1; name = \$2; current = \$3 / 1024; usable = \$4 / 1024; rss = \$5 / 1024 }
		$4" "$BATS_TEST_TMPDIR/samples"
}

# The least memory that one of the guests had available, in MiB: lowest_usable "NAMES" [FROM TO]
lowest_usable() {
	over "$1" "${2:-$begun_s}" "${3:-$EPOCHSECONDS}" '
		!n++ || usable < low { low = usable }
		END { print n ? int(low) : -1 }'
}

lowest_current() {
	over "$1" "${2:-$begun_s}" "${3:-$EPOCHSECONDS}" '
		!n++ || current < low { low = current }
		END { print n ? int(low + 0.1) : -1 }'
}

highest_current() {
	over "$1" "${2:-$begun_s}" "${3:-$EPOCHSECONDS}" '
		current > high { high = current }
		END { print int(high + 0.1) }'
}

# The most that the guest used.
highest_used() {
	over "$1" "$begun_s" "$EPOCHSECONDS" '
		current - usable > high { high = current - usable }
		END { print int(high) }'
}

# Seconds in which a guest that can grow had less than 5 % of its demand to spare.
starved_seconds() {
	over "$1" "${2:-$begun_s}" "${3:-$EPOCHSECONDS}" '
		current < '$maximum_mib' && usable * 20 < current - usable && !seen[at, name]++ { n++ }
		END { print n + 0 }'
}

# When the four together used most, the largest less the smallest of them, in percent of
# their mean: peak_spread TO
peak_spread() {
	over "${guests[*]}" "$begun_s" "$1" '
		at != last { used = n = sum = high = 0; low = 1e9; last = at }
		{ n++; used += current - usable; sum += current }
		current > high { high = current }
		current < low { low = current }
		n == 4 && used > peak { peak = used; spread = (high - low) * 400 / sum }
		END { print int(spread + 0.5) }'
}

# The most that all four cost the host at one time, in MiB.
highest_cost() {
	awk '$2 != "host" { sum += $5; next }
		sum > high { high = sum }
		{ sum = 0 }
		END { print int(high / 1024) }' "$BATS_TEST_TMPDIR/samples"
}

# What the host could hand out in the beginning, by memcoord's own account, in MiB; 0 if it
# was not short of anything.
shortage_at_first() {
	awk '$2 == "host" { printf "%d\n", $3 < 0 ? int($3 / 1048576) - 1 : 0; exit }' \
		"$BATS_TEST_TMPDIR/samples"
}

# The least that it could hand out at any time.
lowest_grantable() {
	awk '$2 == "host" && (!n++ || $3 < low) { low = $3 }
		END { printf "%d\n", low / 1048576 }' "$BATS_TEST_TMPDIR/samples"
}

# For how many seconds there has been no command.
quiet_seconds() {
	awk '$2 == "host" { if ($4 != moves) { since = $1; moves = $4 }; last = $1 }
		END { print last - since }' "$BATS_TEST_TMPDIR/samples"
}

quiet_for() {
	[ "$(quiet_seconds)" -ge "$1" ]
}

# The largest step by which a guest was shrunk, in percent of its size; only when others
# starve may it be asked for all it can spare at once. The log rounds sizes of more than
# 1 GiB, so they are taken to be as large as can be.
largest_step_down() {
	sed -n '/others need it/d; s/.*: \([0-9.]*\) \([KMG]\)iB -> .*(-\([0-9.]*\) \([KMG]\)iB) to .*/\1 \2 \3 \4/p' \
		"$BATS_TEST_TMPDIR/log" | awk '
		BEGIN { unit["K"] = 1 / 1024; unit["M"] = 1; unit["G"] = 1024 }
		{ step = $3 * unit[$4] * 100 / (($1 + 0.05) * unit[$2]) }
		step > high { high = step }
		END { print int(high) }'
}

# How often a guest was shrunk since it last grew: steps_since_peak NAME
steps_since_peak() {
	sed -n "s/.* $1: .* (\\([+-]\\).*/\\1/p" "$BATS_TEST_TMPDIR/log" |
		awk '$1 == "+" { n = 0 } $1 == "-" { n++ } END { print n + 0 }'
}

kills_of() {
	local name sum=0

	for name in "$@"; do
		sum=$((sum + $(guest_oom_kills "$name")))
	done
	echo "$sum"
}

# ---- loads ----

# Not at every moment: asking takes the guest's processor, too.
has_no_load() {
	sleep 1
	GUEST_TIMEOUT=15 guest_run "$1" '! pidof grow >/dev/null'
}

# Wait until the load in all of these guests is over: await_load_end SECONDS NAME...
await_load_end() {
	local limit_s=$1 name

	shift
	for name in "$@"; do
		expect_within "$limit_s" "the load of $name is over" has_no_load "$name"
	done
}

# Has the newest sample of the guest that size at most, in MiB? is_down_to NAME MIB
is_down_to() {
	[ "$(guest_balloon "$1" current)" -le $(($2 * 1024)) ]
}

was_taken_down() {
	[ "$(steps_since_peak "$1")" -ge 1 ]
}

# ---- expectations ----

# Note what was expected and did not come true: expect WHAT NUMBER -OPERATOR NUMBER
expect() {
	if test "$2" "$3" "$4"; then
		return 0
	fi
	misses+=("$1: $2, expected $3 $4")
}

# The same for something that may take so many seconds: expect_within SECONDS WHAT COMMAND...
expect_within() {
	local limit_s=$1 what=$2

	shift 2
	wait_until "$limit_s" "$@" || misses+=("$what: not within $limit_s s")
}

# What holds in every case.
expect_the_usual() {
	expect "size of the smallest guest, MiB" "$(lowest_current "${guests[*]}")" -ge $floor_mib
	expect "largest step down, percent" "$(largest_step_down)" -le 25
	expect "memory at hand at the lowest, MiB" "$(lowest_grantable)" -ge "$(shortage_at_first)"
	if [ "$budget_mib" != 0 ]; then
		expect "cost of all guests at the highest, MiB" "$(highest_cost)" \
			-le $((budget_mib - reserve_mib))
	fi
	refute logged 'cannot (change|plan|read)' || misses+=("a call failed")
}

# After its load has ended a guest is taken down soon: expect_to_be_taken_down NAME...
expect_to_be_taken_down() {
	local name

	for name in "$@"; do
		expect_within 40 "$name is taken down" was_taken_down "$name"
	done
}

# That goes on in steps, and then nothing is done: expect_a_calm_end NAME...
expect_a_calm_end() {
	local name

	[ "$CASES_BRIEF" = 0 ] || return 0
	expect_to_be_taken_down "$@"
	expect_within 300 "60 s without a command" quiet_for 60
	for name in "$@"; do
		expect "size of $name at the end, MiB" \
			"$(lowest_current "$name" $((EPOCHSECONDS - 5)))" -le 450
		expect "steps in which $name was taken down" "$(steps_since_peak "$name")" -ge 3
	done
}

# Print the figures of a case and what was missed, and fail if that was to be reached:
# conclude CASE FIGURES
conclude() {
	local miss

	stop_sampling
	stop_memcoord
	echo "# figures: $1, $CASES_POLICY: $2, commands $(moves_made)," \
		"memory at hand at the lowest $(lowest_grantable) MiB" >&3
	for miss in "${misses[@]}"; do
		echo "# figures: $1, $CASES_POLICY: missed: $miss" >&3
	done
	[ "$CASES_POLICY" != fair ] || [ ${#misses[@]} = 0 ]
}
