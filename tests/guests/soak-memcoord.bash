# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What must hold for memcoord's process in the soak, and the report. To be sourced by soak,
# after soak-checks.bash.
#
# shellcheck disable=SC2154,SC2034,SC2004 # variables of soak and the other files

# ---- memcoord itself ----

check_alive() {
	local status=0

	[[ -n $memcoord_pid ]] || return 0
	if ! is_running "$memcoord_pid"; then
		wait "$memcoord_pid" || status=$?
		memcoord_pid=
		violate alive "status $status"
		later 1 begin_memcoord
	elif [[ -z $base_rss_kib ]] && is_warm; then
		base_rss_kib=$(memcoord_rss_kib) base_files=$(memcoord_files)
	fi
	if [[ -n ${line_awaited:-} ]] && ((EPOCHSECONDS > line_until_s)); then
		violate reload "no line within 15 s: $line_awaited"
		unset line_awaited
	fi
}

# Threads and connections that come and go leave their marks in the beginning.
is_warm() {
	((EPOCHSECONDS - life_s >= 20 && EPOCHSECONDS - begun_s >= last_s / 3))
}

memcoord_rss_kib() {
	awk '$1 == "VmRSS:" { print $2 }' "/proc/$memcoord_pid/status"
}

memcoord_files() {
	find "/proc/$memcoord_pid/fd" -mindepth 1 | wc -l
}

# At the end. A sanitizer keeps what was freed for a while, and maps tens of TiB.
check_size() {
	local slack_kib=2048

	[[ -n $base_rss_kib ]] || return 0
	if (($(awk '$1 == "VmSize:" { print $2 }' "/proc/$memcoord_pid/status") > 1 << 30)); then
		slack_kib=24576
	fi
	# what is under way, say a call that was given up, has files open
	wait_until 10 eval "((\$(memcoord_files) <= $base_files))" 2>/dev/null
	end_rss_kib=$(memcoord_rss_kib) end_files=$(memcoord_files)
	((end_rss_kib <= base_rss_kib + slack_kib)) ||
		violate size "resident memory $base_rss_kib -> $end_rss_kib KiB"
	((end_files <= base_files)) ||
		violate size "open files $base_files -> $end_files"
}

# Can memcoord see this guest at all?
is_in_sight() {
	is_at_ease "$1" && [[ -z $libvirtd_fault && -n $memcoord_pid ]]
}

check_recovery() {
	local name

	for name in "${!awaited[@]}"; do
		if [[ ${state[$name]:-off} == off ]]; then
			unset "awaited[$name]"
		elif ! is_in_sight "$name"; then
			awaited[$name]=$((EPOCHSECONDS + recovery_s))
		elif ((EPOCHSECONDS > awaited[$name])); then
			unset "awaited[$name]"
			violate recovery "$name; memcoord's last word: $(last_word "$name")"
		fi
	done
}

last_word() {
	grep -F " $1: " "$work/log" | tail -n 1
}

# memcoord stats, now and then while libvirt is well.
check_stats() {
	if ((EPOCHSECONDS - stats_out_s < 7)) || [[ -n $libvirtd_fault ]] ||
		((n_starting > 0)); then
		return 0
	fi
	stats_out_s=$EPOCHSECONDS
	start_job "check_answer $(libvirtd_count) $EPOCHSECONDS" ask_stats
}

libvirtd_count() {
	echo $((${counts[libvirtd-killed]:-0} + ${counts[libvirtd-stopped]:-0}))
}

ask_stats() {
	ASAN_OPTIONS=${ASAN_OPTIONS:-quarantine_size_mb=1} timeout 20 "$MEMCOORD" -c "$LAB_URI" \
		-f "$work/stats.conf" stats --json >"$work/stats" || return
	jq -e --argjson min $((floor_mib * 1048576 - 65536)) --argjson max $((maximum_mib * 1048576)) '
		.host.grantable != null and ([.domains[] | select(.current != null) |
		.current >= $min and .current <= $max] | all)' "$work/stats" || return
}

# Only if libvirtd was well all the time.
check_answer() {
	if [[ $1 == "$(libvirtd_count)" ]] && (($3 != 0 || EPOCHSECONDS - $2 > 12)); then
		violate answers "status $3 after $((EPOCHSECONDS - $2)) s: $(tail -n 1 "$work/jobs")"
	fi
}

# ---- the report ----

faults_by_kind() {
	local kind n=0 text=

	while IFS= read -r kind; do
		case $kind in
		load | end-load | come | go) ;;
		*) n=$((n + counts[$kind])) ;;
		esac
		text+="${text:+, }${counts[$kind]} $kind"
	done < <(printf '%s\n' "${!counts[@]}" | sort)
	echo "$n faults ($text)"
}

report() {
	local name i=0 status=0

	echo "# figures: soak of $(($(now_s) / 60)) min, seed $seed: $n_cycles cycles," \
		"$n_moves moves, $(faults_by_kind), $n_kills kills ($n_idle_kills idle)," \
		"$n_lessons left alone, $n_overloads overloads, $seconds_over s over the budget, at most by" \
		"$highest_over_mib MiB, RSS ${base_rss_kib:--} -> ${end_rss_kib:--} KiB," \
		"open files ${base_files:--} -> ${end_files:--}"
	echo "1..${#invariants[@]}"
	for name in "${invariants[@]}"; do
		i=$((i + 1))
		if [[ -z ${violations[$name]:-} ]]; then
			echo "ok $i - soak: ${texts[$name]}"
		else
			status=1
			echo "not ok $i - soak: ${texts[$name]}"
			echo "# ${violations[$name]} times; the first, ${first_violation[$name]}"
		fi
	done
	return "$status"
}
