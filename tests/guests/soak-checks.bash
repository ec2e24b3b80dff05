# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What must hold in the soak, checked once a second by check(), and the report. To be sourced
# by soak.
#
# shellcheck disable=SC2154,SC2034,SC2004 # variables of soak and soak-faults.bash

# After a fault has ended all is to be well again within that time.
recovery_s=30
# Balloons and figures take their time: only what lasts longer counts.
settle_s=60
# But what was granted must have been there.
excess_limit_s=5
# Two periods, and what a call may take.
grace_s=4
# A guest is young for so long, and comes as a surprise for so long.
youth_s=90
surprise_s=45
# What an administrator wanted is left alone for ten minutes; it shows for some more.
respect_s=590
wish_s=720

invariants=(bounds budget alive answers size clean-log left-alone no-false-alarm stopped
	idle-kills reload recovery end)
declare -A texts=(
	[bounds]="no domain is below its floor or above its maximum"
	[budget]="what balloons can keep within the budget is within it"
	[alive]="memcoord ends only when it is told to"
	[answers]="memcoord stats answers, with figures that libvirt agrees to"
	[size]="memory and open files of memcoord do not grow"
	[clean-log]="no trouble with memory is logged"
	[left-alone]="who was noticed to be changed by somebody else is left alone"
	[no-false-alarm]="nobody is taken for changed who was not"
	[stopped]="no command to a domain that is paused or hangs"
	[idle-kills]="no idle guest kills a process"
	[reload]="SIGHUP is followed by a word about it"
	[recovery]="all is well again within $recovery_s s after each fault"
	[end]="memcoord ends in time, with status 0"
)
declare -A violations=() first_violation=()

declare -A current_kib=() usable_kib=() # as libvirt says, of this second
declare -A rss_kib=()			# of QEMU
declare -A awaited=()			# until when memcoord must know the guest again
declare -A admin_s=()			# when somebody else has changed its memory
declare -A left_alone=()		# when memcoord noticed
declare -A allowed_kib=()		# what somebody else has let it have
declare -A kills=()			# seen on its console
declare -A cycle_names=()
n_cycles=0 n_moves=0 n_overloads=0 n_lessons=0 n_kills=0 n_idle_kills=0
over_s=0 excess_s=0 is_over_budget=0 highest_over_mib=0 seconds_over=0
log_rest=''
stats_out_s=0
base_rss_kib='' end_rss_kib='' base_files='' end_files=''

# Note that an invariant does not hold: violate NAME DETAIL
violate() {
	violations[$1]=$((${violations[$1]:-0} + 1))
	: "${first_violation[$1]:=after $(now_s) s: $2}"
	say "VIOLATION of $1: $2"
}

# From now on memcoord must know these again: await_recovery NAME...
await_recovery() {
	local name

	for name; do
		if [[ ${state[$name]:-off} == on ]]; then
			awaited[$name]=$((EPOCHSECONDS + recovery_s))
		fi
	done
}

# Somebody else lets the guest have so much: allow NAME KIB
allow() {
	if ((${allowed_kib[$1]:-0} < $2)); then
		allowed_kib[$1]=$2
	fi
}

# The next line about settings must say this: expect_line TEXT
expect_line() {
	line_awaited=$1
	line_until_s=$((EPOCHSECONDS + 15))
}

forget_old_wishes() {
	local name

	for name in "${!admin_s[@]}"; do
		if ((EPOCHSECONDS - admin_s[$name] > wish_s)); then
			unset "admin_s[$name]" "allowed_kib[$name]"
		fi
	done
}

check() {
	forget_old_wishes
	read_log
	read_rss
	read_domstats
	check_alive
	check_bounds
	check_budget
	check_kills
	check_recovery
	check_stats
}

# ---- the log ----

line_pattern='^[0-9-]+ ([0-9]+):([0-9]+):([0-9]+) memcoord: (vm[0-9]+): (.*)$'

# What has come since the last time; the last line may be there in part.
read_log() {
	local line

	while IFS= read -r -u "$log_fd" line || { log_rest+=$line; false; }; do
		check_line "$log_rest$line"
		log_rest=
	done
}

check_line() {
	local name text at_s

	case $1 in
	*'out of memory'* | *Sanitizer* | *'runtime error'*) violate clean-log "$1" ;;
	*'OVERLOAD: the domains'*) n_overloads=$((n_overloads + 1)) ;;
	*'settings reloaded'* | *'the old settings stay'*) check_reload "$1" ;;
	esac
	[[ $1 =~ $line_pattern ]] || return 0
	name=${BASH_REMATCH[4]} text=${BASH_REMATCH[5]}
	# of the day, which must not end in the soak's first seconds
	at_s=$((day_s + 10#${BASH_REMATCH[1]} * 3600 + 10#${BASH_REMATCH[2]} * 60 +
		10#${BASH_REMATCH[3]}))
	((at_s >= begun_s)) || at_s=$((at_s + 86400))
	case $text in
	*' -> '*) check_move "$name" "$text" "$at_s" ;;
	'somebody else has changed'*) check_lesson "$name" "$at_s" ;;
	[A-Z][A-Z]*,*) check_class "$name" "${text%%,*}" ;;
	esac
}

check_reload() {
	[[ -n ${line_awaited:-} ]] || return 0
	[[ $1 == *"$line_awaited"* ]] || violate reload "expected: $line_awaited; got: $1"
	unset line_awaited
}

check_class() {
	case $2 in
	BALANCED | WASTING | STARVING) unset "awaited[$1]" ;;
	esac
	# a name that is there already begins the next cycle
	if [[ -n ${cycle_names[$1]:-} ]]; then
		n_cycles=$((n_cycles + 1))
		cycle_names=()
	fi
	cycle_names[$1]=1
}

check_move() {
	local name=$1 at_s=$3

	n_moves=$((n_moves + 1))
	if [[ -n ${halted_s[$name]:-} ]] && ((at_s >= halted_s[$name] + grace_s)); then
		violate stopped "$((at_s - halted_s[$name])) s after it stopped: $name: $2"
	fi
	# it may grow if it starves
	if [[ -n ${left_alone[$name]:-} && $2 != *': it starves' &&
		$2 != *': it will need it soon' ]] &&
		((at_s > left_alone[$name] && at_s < left_alone[$name] + respect_s)); then
		violate left-alone "$((at_s - left_alone[$name])) s after that: $name: $2"
	fi
}

check_lesson() {
	n_lessons=$((n_lessons + 1))
	left_alone[$1]=$2
	say "memcoord leaves $1 alone"
	[[ -n ${admin_s[$1]:-} ]] || violate no-false-alarm "$1"
}

# ---- what libvirt and /proc say ----

read_rss() {
	local name pages

	rss_kib=()
	for name in "${!pids[@]}"; do
		{ read -r _ pages _ <"/proc/${pids[$name]}/statm"; } 2>/dev/null || continue
		rss_kib[$name]=$((pages * 4))
	done
}

# Only those that answer; --nowait: the others may be busy with memcoord.
read_domstats() {
	local name key value names=()

	current_kib=() usable_kib=()
	for name in "${guests[@]}"; do
		[[ ${state[$name]:-off} != on || -n ${halted_s[$name]:-} ]] || names+=("$name")
	done
	[[ -z $libvirtd_fault && ${#names[@]} -gt 0 ]] || return 0
	while IFS='=' read -r key value; do
		case $key in
		Domain:*) name=${key#*\'} name=${name%\'} ;;
		*balloon.current) current_kib[$name]=$value ;;
		*balloon.usable) usable_kib[$name]=$value ;;
		esac
	done < <(LAB_VIRSH_TIMEOUT=3 lab_virsh domstats --nowait --balloon \
		"${names[@]}" 2>>"$work/jobs")
}

check_bounds() {
	local name

	for name in "${!current_kib[@]}"; do
		((current_kib[$name] >= floor_mib * 1024 - 64 &&
			current_kib[$name] <= maximum_mib * 1024)) ||
			violate bounds "$name has ${current_kib[$name]} KiB"
	done
}

# What the guest could give back to the host now, in KiB; 0 if nobody may ask it.
spare_kib() {
	local name=$1 usable=${usable_kib[$1]:-0} current=${current_kib[$1]:-0} spare by_rss

	if ! is_at_ease "$name" || ((current == 0)) || [[ -n ${admin_s[$name]:-} ]] ||
		((EPOCHSECONDS - young_s[$name] < youth_s)); then
		echo 0
		return
	fi
	spare=$((current - floor_mib * 1024))
	((spare < usable - 80 * 1024)) || spare=$((usable - 80 * 1024))
	# it has touched no more than that
	by_rss=$((${rss_kib[$name]:-0} - (current - usable) - (overhead_mib + 80) * 1024))
	((spare < by_rss)) || spare=$by_rss
	echo $((spare > 0 ? spare : 0))
}

# What is there without memcoord's doing: who has just come, and whom others have changed.
allowance_kib() {
	local name sum=0 kib

	for name in "${!rss_kib[@]}"; do
		kib=0
		if ((EPOCHSECONDS - young_s[$name] < surprise_s)); then
			kib=$(((current_mib + overhead_mib) * 1024))
			((kib < rss_kib[$name])) || kib=${rss_kib[$name]}
		elif [[ -n ${allowed_kib[$name]:-} ]]; then
			kib=$((allowed_kib[$name] - current_mib * 1024))
		fi
		((kib <= 0)) || sum=$((sum + kib))
	done
	echo "$sum"
}

can_act() {
	[[ -z $libvirtd_fault && -n $memcoord_pid ]] && ((EPOCHSECONDS - life_s > recovery_s))
}

# Above the budget less the reserve, for whatever reason.
note_over() {
	if (($1 <= 0)); then
		is_over_budget=0
		return
	fi
	if ((!is_over_budget)); then
		say "over the budget by $1 MiB, allowed $(($(allowance_kib) / 1024)) MiB"
	fi
	is_over_budget=1
	seconds_over=$((seconds_over + 1))
	(($1 <= highest_over_mib)) || highest_over_mib=$1
}

check_budget() {
	local name sum=0 spare=0 over_kib over_mib

	for name in "${!rss_kib[@]}"; do
		sum=$((sum + rss_kib[$name]))
		spare=$((spare + $(spare_kib "$name")))
	done
	over_kib=$((sum - (budget_mib - reserve_mib) * 1024))
	over_mib=$((over_kib / 1024))
	note_over "$over_mib"
	over_kib=$((over_kib - $(allowance_kib)))
	check_excess "$over_kib" || excess_s=$EPOCHSECONDS
	if ((over_kib < 16384 || spare < over_kib)) || ! can_act; then
		over_s=$EPOCHSECONDS
	elif ((EPOCHSECONDS - over_s > settle_s)); then
		violate budget "$over_mib MiB too many for $settle_s s, $((spare / 1024)) MiB to spare"
		over_s=$EPOCHSECONDS
	fi
}

# Beyond the reserve, too? Then more was granted than is there, whoever could give some.
# Status: 0 if so, and it has not been told yet.
check_excess() {
	if (($1 < reserve_mib * 1024)) || ! can_act; then
		return 1
	fi
	((EPOCHSECONDS - excess_s > excess_limit_s)) || return 0
	violate budget "$(($1 / 1024)) MiB too many for $excess_limit_s s"
	return 1
}

# ---- the guests themselves ----

check_kills() {
	local name count path

	while IFS=: read -r path count; do
		name=${path##*/} name=${name%.console}
		if ((count > ${kills[$name]:-0})); then
			say "$name kills a process"
			n_kills=$((n_kills + 1))
			check_kill "$name"
		fi
		kills[$name]=$count
	done < <(grep -c 'Killed process' /dev/null "$LAB_DIR"/log/vm*.console 2>/dev/null)
}

check_kill() {
	((EPOCHSECONDS > ${load_until[$1]:-0})) || return 0
	n_idle_kills=$((n_idle_kills + 1))
	violate idle-kills "$1, with ${current_kib[$1]:-an unknown number of} KiB"
}
