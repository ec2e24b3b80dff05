# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What happens to memcoord and its guests in the soak: act() does one thing. To be sourced by
# soak. An action that does not fit the moment is left out, and said so.
#
# shellcheck disable=SC2154,SC2034,SC2004 # variables of soak and soak-checks.bash, and for them

declare -A state=()	 # off, booting or on
declare -A pids=()	 # of their QEMUs
declare -A halted_s=()	 # since when it is stopped or paused
declare -A young_s=()	 # since when its guest boots
declare -A undriven=()	 # its guest has no balloon driver now
declare -A load_until=() # when its load has ended for certain
load_slack_s=40		 # the command to start one may wait for its turn
libvirtd_fault=		 # killed or stopped
n_starting=0
declare -A counts=()

# Count and tell: note KIND TEXT...
note() {
	counts[$1]=$((${counts[$1]:-0} + 1))
	say "$1 ${*:2}"
}

is_at_ease() {
	[[ ${state[$1]:-off} == on && -z ${halted_s[$1]:-} && -z ${undriven[$1]:-} ]]
}

n_on() {
	local name n=0

	for name in "${guests[@]}"; do
		[[ ${state[$name]:-off} != on ]] || n=$((n + 1))
	done
	echo "$n"
}

# The kinds, as often as they stand here. Loads make what the rest disturbs.
kinds=(load load load load load load load load load load load load end-load come come come go go pause pause
	reset hang hang hang libvirtd-killed libvirtd-stopped admin admin reload bad-config
	driver memcoord-killed)

is_off() {
	[[ ${state[$1]:-off} == off ]]
}

# Two loads in one guest mostly end by its own kernel, and leave the host with too much.
is_idle() {
	is_at_ease "$1" && ((EPOCHSECONDS > ${load_until[$1]:-0} - load_slack_s))
}

# Set name to the first guest of whom a function says yes, from the NUMBER-th on; if there is
# none, to the last that was asked: pick NUMBER FUNCTION
pick() {
	local i

	for ((i = 0; i < ${#guests[@]}; i++)); do
		name=${guests[($1 + i) % ${#guests[@]}]}
		if "$2" "$name"; then
			return
		fi
	done
}

# One action: act KIND GUEST A B C, each a random number
act() {
	local kind=${kinds[$1 % ${#kinds[@]}]} name

	case $kind in
	come) pick "$2" is_off ;;
	load) pick "$2" is_idle ;;
	*) pick "$2" is_at_ease ;;
	esac
	"do_${kind//-/_}" "$name" "$3" "$4" "$5" || say "($kind $name does not fit now)"
}

# ---- load ----

do_load() {
	local name=$1 rate=$((5 + $2 % 36)) limit=$((50 + $3 % 331)) hold=$((5 + $4 % 56))

	is_idle "$name" && [[ -z $libvirtd_fault ]] || return
	note load "$name: $limit MiB, $rate MiB/s, for $hold s"
	load_until[$name]=$((EPOCHSECONDS + limit / rate + hold + load_slack_s))
	start_job : guest_spawn "$name" "grow $rate $limit $hold"
}

do_end_load() {
	is_at_ease "$1" || return
	note end-load "$1"
	start_job : guest_run "$1" 'killall grow; true'
}

# ---- guests come and go ----

# Start a guest, defined anew if "new": come NAME [new]
come() {
	local name=$1 extra=()

	state[$name]=booting
	n_starting=$((n_starting + 1))
	case $name in
	vm5) extra=(autodeflate=on) ;;
	vm6) extra=(freepagereporting=on) ;;
	esac
	if [[ ${2:-} == new ]]; then
		guest_define "$name" "max=$maximum_mib" "current=$current_mib" "${extra[@]}"
	fi
	young_s[$name]=$EPOCHSECONDS
	unset "halted_s[$name]" "undriven[$name]" "load_until[$name]" "left_alone[$name]" \
		"allowed_kib[$name]" "admin_s[$name]"
	start_job "has_come $name" guest_start "$name"
}

has_come() {
	local name=$1

	n_starting=$((n_starting - 1))
	if (($2 != 0)); then
		say "$name did not start"
		later 0 retire "$name"
		return
	fi
	state[$name]=on
	pids[$name]=$(guest_pid "$name")
	# its console shows how it was before
	await_recovery "$name"
}

retire() {
	lab_answers || { later 3 retire "$1"; return; }
	guest_stop "$1"
	state[$1]=off
}

do_come() {
	local name=$1

	is_off "$name" && [[ -z $libvirtd_fault ]] || return
	note come "$name"
	if lab_virsh dominfo "$name" >/dev/null 2>&1; then
		come "$name"
	else
		come "$name" new
	fi
}

# Half of them are destroyed and may be started again as they are, half crash and are new
# ones the next time.
do_go() {
	local name=$1

	is_at_ease "$name" && [[ -z $libvirtd_fault ]] && (($(n_on) > 2)) || return
	note go "$name"
	unset "awaited[$name]" "pids[$name]"
	state[$name]=going
	if (($2 % 2)); then
		start_job "has_gone $name" guest_stop "$name"
	else
		start_job "has_gone $name" lab_virsh destroy "$name"
	fi
}

has_gone() {
	state[$1]=off
	(($2 == 0)) || later 1 retire "$1"
}

do_reset() {
	local name=$1

	is_at_ease "$name" && [[ -z $libvirtd_fault ]] || return
	note reset "$name"
	state[$name]=booting
	young_s[$name]=$EPOCHSECONDS
	load_until[$name]=0
	n_starting=$((n_starting + 1))
	start_job "has_come $name" guest_reboot "$name"
}

# ---- guests that stand still ----

halt() {
	halted_s[$1]=$EPOCHSECONDS
}

# Times in the guest have stood still, too.
unhalt() {
	local name=$1

	if [[ -n ${load_until[$name]:-} ]]; then
		load_until[$name]=$((load_until[$name] + EPOCHSECONDS - halted_s[$name]))
	fi
	unset "halted_s[$name]"
	await_recovery "$name"
}

do_pause() {
	is_at_ease "$1" && [[ -z $libvirtd_fault ]] || return
	note pause "$1 for $((3 + $2 % 13)) s"
	lab_virsh suspend "$1" >/dev/null || return
	halt "$1"
	later $((3 + $2 % 13)) resume "$1"
}

resume() {
	if [[ -n $libvirtd_fault ]] || ! lab_virsh resume "$1" >/dev/null; then
		later 2 resume "$1"
		return
	fi
	say "$1 is resumed"
	unhalt "$1"
}

do_hang() {
	is_at_ease "$1" || return
	note hang "$1 for $((3 + $2 % 18)) s"
	kill -STOP "${pids[$1]}" || return
	halt "$1"
	later $((3 + $2 % 18)) go_on "$1"
}

go_on() {
	say "$1 goes on"
	kill -CONT "${pids[$1]}"
	unhalt "$1"
}

# Without its driver a guest has its maximum, and does not report.
do_driver() {
	is_at_ease "$1" && [[ -z $libvirtd_fault ]] || return
	note driver "$1: unloaded for $((5 + $2 % 11)) s"
	undriven[$1]=1
	allow "$1" $((maximum_mib * 1024))
	admin_s[$1]=$EPOCHSECONDS
	start_job : guest_run "$1" 'rmmod virtio_balloon'
	later $((5 + $2 % 11)) load_driver "$1"
}

load_driver() {
	say "$1: driver loaded"
	start_job "has_driver $1" guest_run "$1" 'insmod /modules/virtio_balloon.ko'
}

has_driver() {
	if (($2 != 0)); then
		later 3 load_driver "$1"
		return
	fi
	unset "undriven[$1]"
	await_recovery "$1"
}

# ---- libvirtd ----

may_disturb_libvirtd() {
	[[ -z $libvirtd_fault ]] && ((n_starting == 0))
}

do_libvirtd_killed() {
	may_disturb_libvirtd || return
	note libvirtd-killed "for $((1 + $2 % 5)) s"
	libvirtd_fault=killed
	lab_kill_libvirtd
	later $((1 + $2 % 5)) restart_libvirtd
}

restart_libvirtd() {
	start_job has_libvirtd lab_start_libvirtd
}

has_libvirtd() {
	if (($1 != 0)); then
		later 2 restart_libvirtd
		return
	fi
	say "libvirtd is back"
	libvirtd_fault=
	await_recovery "${guests[@]}"
}

do_libvirtd_stopped() {
	may_disturb_libvirtd || return
	note libvirtd-stopped "for $((2 + $2 % 14)) s"
	libvirtd_fault=stopped
	libvirtd_pid=$(lab_pids libvirtd | head -n 1)
	kill -STOP "$libvirtd_pid"
	later $((2 + $2 % 14)) continue_libvirtd
}

continue_libvirtd() {
	kill -CONT "$libvirtd_pid"
	has_libvirtd 0
}

# ---- people ----

# A size that is far from where the balloon is.
do_admin() {
	local name=$1 mib=$((150 + $2 % 300)) current=${current_kib[$1]:-0}

	is_at_ease "$name" && [[ -z $libvirtd_fault ]] && ((current > 0)) || return
	((mib * 1024 - current > 65536 || current - mib * 1024 > 65536)) || return
	note admin "$name: $((current / 1024)) MiB to $mib MiB"
	allow "$name" $((mib * 1024))
	admin_s[$name]=$EPOCHSECONDS
	start_job : lab_virsh setmem "$name" "${mib}M" --live
}

# A signal at its very start would end it.
may_reload() {
	[[ -n $memcoord_pid && -z ${line_awaited:-} ]] && ((EPOCHSECONDS - life_s > 5))
}

do_reload() {
	local lines=('' 'idle_reclaim = false;' 'starvation_threshold = 20;' 'metric = "usable";')

	may_reload || return
	note reload "with ${lines[$2 % 4]:-the defaults}"
	configure "${lines[$2 % 4]}"
	kill -HUP "$memcoord_pid"
	expect_line 'settings reloaded'
}

do_bad_config() {
	local lines=('no_such_key = 1;' 'period = "1";' 'domain_floor = "1 MiB";' 'x = {')

	may_reload || return
	note bad-config "${lines[$2 % 4]}"
	configure "${lines[$2 % 4]}"
	kill -HUP "$memcoord_pid"
	expect_line 'the old settings stay'
}

# Not in the last two thirds: its size is to be seen over a long time.
do_memcoord_killed() {
	[[ -n $memcoord_pid ]] && ((EPOCHSECONDS - begun_s < last_s / 3)) || return
	note memcoord-killed "for $((1 + $2 % 5)) s"
	kill -KILL "$memcoord_pid"
	wait "$memcoord_pid" 2>/dev/null
	memcoord_pid=
	unset line_awaited
	# a new one must be able to read it
	configure
	later $((1 + $2 % 5)) begin_memcoord
}
