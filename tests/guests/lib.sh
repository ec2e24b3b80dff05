# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A lab of real guests for tests: a private unprivileged libvirtd, QEMU without hardware
# virtualisation, a small Linux in each guest. To be sourced by bash 5 (bats tests, scripts);
# build-image, grow.c, init and agent lie beside it.
#
#	. tests/guests/lib.sh
#	trap lab_stop EXIT
#	lab_start
#	guest_define a max=1024 current=512
#	guest_start a
#	lab_run virsh setmem a 300M --live
#	guest_meminfo a MemFree
#
# All state is in LAB_DIR, so that any process which has the exported variables can go on with
# a lab that another one started. Functions say what went wrong on stderr and return non-zero;
# they hold under "set -eu". No process started here inherits descriptors above 2: bats
# would wait for them.
#
# Variables, all optional:
#	LAB_IMAGE	where the image is built (default: image/ beside this file)
#	LAB_USER	who runs libvirtd when root starts the lab (default: nobody)
#	LAB_OWNER	the lab ends with this process (default: $$, the calling script)
#	LAB_HOOKS	1: libvirtd gets a mount namespace, for lab_arm_hook
#	GUEST_TIMEOUT	seconds that a command in a guest may take (default: 30)
#	GUEST_BOOT_TIMEOUT	seconds until a guest must have booted (default: 120)
# Set and exported by lab_start: LAB_DIR, LAB_URI, LAB_USER; by lab_start_second:
# LAB_SECOND_URI.

lab_source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# ---- helpers, private ----

lab_say() {
	echo "$*" >&2
}

# Close what this process inherited above stderr; for subshells about to exec.
lab_close_fds() {
	local fd
	for fd in "/proc/$BASHPID/fd"/*; do
		fd=${fd##*/}
		# 255 is bash's own and closes on exec
		if ((fd > 2 && fd != 255)); then
			eval "exec $fd>&-"
		fi
	done
}

# Start a command in the background, cut off from the caller's terminal and descriptors.
lab_detach() {
	(
		lab_close_fds
		trap '' INT HUP
		exec "$@"
	) </dev/null >/dev/null 2>&1 &
}

# Print what tells a process from a later one with the same pid.
lab_start_time() {
	local stat
	{ stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
	stat=${stat##*) }
	# shellcheck disable=SC2086 # split it
	set -- $stat
	echo "${20}"
}

# Remember a process under a name for lab_end_remembered.
lab_remember() {
	echo "$2 $(lab_start_time "$2" || true)" >"$LAB_DIR/pids/$1"
}

# End the process remembered under a name, if it is still that one.
lab_end_remembered() {
	local pid start
	[[ -f $LAB_DIR/pids/$1 ]] || return 0
	read -r pid start <"$LAB_DIR/pids/$1" || true
	rm -f "$LAB_DIR/pids/$1"
	[[ $pid != "$BASHPID" && -n $start ]] || return 0
	if [[ $(lab_start_time "$pid") == "$start" ]]; then
		lab_end_process "$pid"
	fi
}

# End a process: TERM, after two seconds KILL; wait until it is gone or a zombie.
lab_end_process() {
	local pid=$1 state i
	kill -TERM "$pid" 2>/dev/null || return 0
	for ((i = 0; i < 200; i++)); do
		state=$(sed -n 's/^State:\t\(.\).*/\1/p' "/proc/$pid/status" 2>/dev/null || true)
		[[ -n $state && $state != Z ]] || return 0
		((i != 40)) || kill -KILL "$pid" 2>/dev/null || true
		sleep 0.05
	done
	lab_say "process $pid does not end"
	return 1
}

# Print the pids of this lab's libvirtd and QEMU processes whose name starts with PREFIX.
# They are known by the lab's unique directory, or another one below it, on their command
# lines: lab_pids PREFIX [DIRECTORY]
lab_pids() {
	local file name
	while IFS= read -r file; do
		{ name=$(<"${file%/cmdline}/comm"); } 2>/dev/null || continue
		if [[ $name == "$1"* ]]; then
			file=${file#/proc/}
			echo "${file%/cmdline}"
		fi
	done < <(grep -lsF -- "${2:-$LAB_DIR}/" /proc/[0-9]*/cmdline || true)
}

# Become the lab's user, in its environment, and run a command in place of this subshell;
# first of all what is in the array lab_enter.
lab_exec() {
	local base=${LAB_BASE:-$LAB_DIR} as=()
	if [[ $EUID == 0 ]]; then
		as=(setpriv --reuid="$LAB_USER" --regid="$(id -g "$LAB_USER")" --clear-groups
			--inh-caps=-all)
	fi
	lab_close_fds
	unset DBUS_SESSION_BUS_ADDRESS
	export HOME=$base/home XDG_RUNTIME_DIR=$base/run
	export XDG_CONFIG_HOME=$base/config XDG_CACHE_HOME=$base/cache
	export LIBVIRT_DEFAULT_URI=$LAB_URI PATH=$LAB_DIR/bin:$PATH:/usr/sbin:/sbin
	# Root may stand where that user may not.
	# shellcheck disable=SC2016 # for the inner shell
	exec "${lab_enter[@]}" "${as[@]}" sh -c '[ -x . ] || cd "$HOME"; exec "$@"' sh "$@"
}

# virsh on the lab's libvirtd, in the C locale, never longer than a minute.
lab_virsh() {
	LC_ALL=C timeout "${LAB_VIRSH_TIMEOUT:-60}" "$LAB_DIR/bin/virsh" -q -c "$LAB_URI" "$@"
}

lab_answers() {
	LAB_VIRSH_TIMEOUT=5 lab_virsh list >/dev/null 2>&1
}

lab_check_programs() {
	local program
	for program in libvirtd virsh qemu-system-x86_64 setpriv setsid flock base64 timeout; do
		if ! PATH=$PATH:/usr/sbin:/sbin command -v "$program" >/dev/null; then
			lab_say "lab_start: $program is missing, needed for tests with real guests"
			return 77
		fi
	done
}

# Put a virsh into the lab that has no terminal. On one that it can open, whatever its standard
# input is, it starts an agent of polkit each time, which complains where there is no D-Bus; an
# option against that has come with libvirt 9.2 only.
lab_wrap_virsh() {
	cat >"$LAB_DIR/bin/virsh" <<-EOF
		#!/bin/sh
		exec setsid -w "$(command -v virsh)" "\$@"
	EOF
	chmod 755 "$LAB_DIR/bin/virsh"
}

# Make what one libvirtd needs: lab_make_home DIRECTORY CAPABILITIES. The latter are those
# that were found out before, if they exist.
lab_make_home() {
	mkdir -p "$1"/{run,home,log,config/libvirt,cache/libvirt/qemu}
	chmod 700 "$1/run"
	# Without this libvirtd starts a virtlogd, which nobody would end.
	echo 'stdio_handler = "file"' >"$1/config/libvirt/qemu.conf"
	# libvirtd takes 4 s to find out what QEMU can do, and checks itself if it is out of date.
	if [[ -d $2 ]]; then
		mkdir "$1/cache/libvirt/qemu/cache"
		# It may be replaced in this moment: what is missing is found out again.
		cp -r "$2" "$1/cache/libvirt/qemu/cache/" || true
	fi
	if [[ $EUID == 0 ]]; then
		chown -R "$LAB_USER:" "$1"/{run,home,log,config,cache}
	fi
}

lab_make_dirs() {
	local image=$1
	mkdir -p "$LAB_DIR"/{bin,pids,guests,disk}
	mkfifo "$LAB_DIR/pids/clock"
	chmod 755 "$LAB_DIR"
	lab_wrap_virsh
	install -m 644 "$image/vmlinuz" "$image/initrd.gz" "$LAB_DIR/"
	lab_make_home "$LAB_DIR" "$image/capabilities"
	[[ $EUID != 0 ]] || chown "$LAB_USER:" "$LAB_DIR/disk"
	[[ ${LAB_HOOKS:-0} == 0 ]] || lab_make_hooks
}

# Make what is to be seen as /etc/libvirt, with a script that does what lab_arm_hook says. It
# ends when its lab has gone: nobody would find it.
lab_make_hooks() {
	mkdir -p "$LAB_DIR/etc/hooks" "$LAB_DIR/armed"
	[[ $EUID != 0 ]] || chown "$LAB_USER:" "$LAB_DIR/armed"
	cat >"$LAB_DIR/etc/hooks/qemu" <<-HOOK
		#!/bin/sh
		cat >/dev/null
		armed=$LAB_DIR/armed/\$1.\$2
		[ -e "\$armed" ] && read -r seconds <"\$armed" || exit 0
		: >"\$armed.runs"
		read -r begin rest </proc/uptime
		while [ -e "\$armed" ]; do
		    read -r now rest </proc/uptime
		    [ \$((\${now%.*} - \${begin%.*})) -le "\$seconds" ] || break
		    sleep 0.1
		done
		rm -f "\$armed.runs"
	HOOK
	chmod 755 "$LAB_DIR/etc/hooks/qemu"
}

# Set lab_enter to a command that runs another one where DIRECTORY is /etc/libvirt, which is
# compiled into libvirtd as the place of hooks: lab_isolate DIRECTORY HOST_NAME
lab_isolate() {
	# shellcheck disable=SC2016 # for the inner shell
	local inside='mount --bind "$1" /etc/libvirt && hostname "$2" && shift 2 && exec "$@"'
	lab_enter=(unshare --mount --uts sh -c "$inside" sh "$1" "$2")
	if [[ $EUID != 0 ]]; then
		# As root there, and then as oneself again.
		lab_enter=(unshare --map-root-user "${lab_enter[@]:1}"
			unshare --map-user="$(id -u)" --map-group="$(id -g)")
	fi
}

# Can it be done on this machine?
lab_check_isolation() {
	local lab_enter=()
	[[ ${LAB_HOOKS:-0} != 0 ]] || return 0
	lab_isolate /etc/libvirt "$(uname -n)"
	if ! "${lab_enter[@]}" true; then
		lab_say "lab_start: no mount namespace for hooks (LAB_HOOKS) on this machine"
		return 77
	fi
}

# Have libvirtd ask QEMU for its capabilities now, and keep the answer for later labs.
lab_probe_qemu() {
	local image=$1 kept=$LAB_DIR/cache/libvirt/qemu/cache/capabilities new
	lab_virsh domcapabilities --virttype qemu >/dev/null || return 1
	if [[ -w $image && -d $kept ]] && ! diff -rq "$kept" "$image/capabilities" >/dev/null 2>&1; then
		# Another lab may be doing the same.
		new=$(mktemp -d "$image/.capabilities.XXXXXX")
		chmod 755 "$new"
		cp "$kept"/*.xml "$new/"
		rm -rf "$image/capabilities"
		mv -T "$new" "$image/capabilities" 2>/dev/null || rm -rf "$new"
	fi
}

lab_start_libvirtd() {
	local base=${LAB_BASE:-$LAB_DIR} lab_enter=()
	[[ ! -d $base/etc ]] || lab_isolate "$base/etc" "lab${base//[!a-zA-Z0-9]/-}"
	# As a daemon it returns when the sockets are there.
	if ! (lab_exec libvirtd --daemon --timeout 300 --pid-file "$base/run/libvirtd.pid") \
		</dev/null >"$base/log/libvirtd" 2>&1; then
		cat "$base/log/libvirtd" >&2
		return 1
	fi
	wait_until 30 lab_answers
}

# Stop the lab when its owner is gone: libvirtd's own timeout does not count while guests run.
lab_watch_owner() {
	local owner=$1 start=$2 clock
	lab_close_fds
	trap '' INT HUP
	trap - EXIT ERR DEBUG
	set +eET
	# Read with a timeout: a sleep would be one more process to end.
	exec {clock}<>"$LAB_DIR/pids/clock"
	while [[ $(lab_start_time "$owner") == "$start" ]]; do
		read -r -t 1 -u "$clock"
		[[ -d $LAB_DIR ]] || exit 0
	done
	lab_stop
}

# ---- the lab ----

# Poll until a command succeeds.
# Arguments: seconds, command and its arguments. Output: none, or what was waited for on stderr.
# Status: 0, or 1 when time was up.
wait_until() {
	local end_s=$((SECONDS + $1)) what
	what="${*:2}"
	while ! "${@:2}"; do
		if ((SECONDS >= end_s)); then
			lab_say "wait_until: not within $1 s: $what"
			return 1
		fi
		sleep 0.2
	done
}

# Start a private libvirtd, as LAB_USER when called by root. Builds the image when needed.
# Stops by itself when the calling script (LAB_OWNER) is gone.
# Arguments: the image's directory (default: LAB_IMAGE).
# Status: 0; 77 when this machine lacks a program; else 1. Exports LAB_DIR LAB_URI LAB_USER.
lab_start() {
	local image=${1:-${LAB_IMAGE:-$lab_source/image}} owner=${LAB_OWNER:-$$} status=0
	lab_check_programs || return
	lab_check_isolation || return
	"$lab_source/build-image" "$image" || return
	LAB_DIR=$(mktemp -d /tmp/mc.XXXXXX) || return 1
	if [[ $EUID == 0 ]]; then
		LAB_USER=${LAB_USER:-nobody}
	else
		LAB_USER=$(id -un)
	fi
	LAB_URI="qemu:///session?socket=$LAB_DIR/run/libvirt/libvirt-sock"
	export LAB_DIR LAB_URI LAB_USER
	lab_make_dirs "$image" && lab_start_libvirtd && lab_probe_qemu "$image" || status=1
	if ((status != 0)); then
		lab_stop
		return 1
	fi
	lab_watch_owner "$owner" "$(lab_start_time "$owner")" </dev/null >/dev/null 2>&1 &
	lab_remember watch $!
	disown $! || true
}

# Start a second libvirtd of the lab that takes itself for another host: guests can be
# migrated to LAB_SECOND_URI, which is exported, and back. It ends with the lab.
lab_start_second() {
	local base=$LAB_DIR/second
	lab_make_home "$base" "$LAB_DIR/cache/libvirt/qemu/cache/capabilities"
	mkdir -p "$base/etc"
	echo "host_uuid = \"$(</proc/sys/kernel/random/uuid)\"" >"$base/config/libvirt/libvirtd.conf"
	export LAB_SECOND_URI="qemu:///session?socket=$base/run/libvirt/libvirt-sock"
	lab_on_second lab_start_libvirtd
}

# Have a function of this file deal with the second libvirtd.
# Arguments: function and its arguments. Status: the function's.
lab_on_second() {
	local LAB_URI=$LAB_SECOND_URI LAB_BASE=$LAB_DIR/second
	export LAB_URI
	"$@"
}

# Have libvirt's hook script take so many seconds whenever it is called for that domain and
# operation (prepare, start, started, stopped, release, ...), while libvirtd holds the domain.
# Needs LAB_HOOKS=1 at lab_start.
# Arguments: domain, operation, seconds.
lab_arm_hook() {
	echo "$3" >"$LAB_DIR/armed/$1.$2"
}

# Let all hooks go on at once, and those to come.
lab_disarm_hooks() {
	rm -f "$LAB_DIR"/armed/*
}

# Tell whether the hook armed for a domain and an operation holds it up now.
lab_hook_runs() {
	[[ -e $LAB_DIR/armed/$1.$2.runs ]]
}

# Run a command as the lab's user, in the environment of its libvirtd: LIBVIRT_DEFAULT_URI is
# the lab, programs of lab_install come first in PATH.
# Input, output, status: the command's.
lab_run() {
	(lab_exec "$@")
}

# Like lab_run, in the background.
# Arguments: a file for its output and errors, command. Effect: sets LAB_PID to the command's
# pid, which can be waited for and signalled; lab_stop ends it if it still runs.
lab_spawn() {
	local out=$1
	shift
	(lab_exec "$@") </dev/null >"$out" 2>&1 &
	LAB_PID=$!
	lab_remember "spawn.$LAB_PID" "$LAB_PID"
}

# Copy programs to where lab_run finds them and its user can read them.
# Arguments: files.
lab_install() {
	install -m 755 -t "$LAB_DIR/bin" "$@"
}

# Kill the lab's libvirtd as a crash would. Its guests go on.
lab_kill_libvirtd() {
	local pid base=${LAB_BASE:-$LAB_DIR}
	for pid in $(lab_pids libvirtd "$base/run"); do
		kill -KILL "$pid" || true
	done
	wait_until 10 lab_has_no libvirtd "$base/run"
}

# Start libvirtd again, after ending the one that runs. It takes the running guests back.
lab_restart_libvirtd() {
	local pid
	for pid in $(lab_pids libvirtd "${LAB_BASE:-$LAB_DIR}/run"); do
		lab_end_process "$pid"
	done
	lab_start_libvirtd
}

# Tell whether there is no process that lab_pids with these arguments would print.
lab_has_no() {
	[[ -z $(lab_pids "$@") ]]
}

# End all of the lab's processes and remove its directory. Does nothing the second time;
# fit for traps. Status: 0, or 1 when a process would not go.
lab_stop() {
	local name pid status=0
	[[ ${LAB_DIR:-} == /tmp/mc.* && -d $LAB_DIR/pids ]] || return 0
	lab_disarm_hooks
	for name in "$LAB_DIR"/pids/*; do
		name=${name##*/}
		[[ $name == clock ]] || lab_end_remembered "$name" || status=1
	done
	# libvirtd first: it would see its guests go. KILL also takes those that are stopped.
	for name in libvirtd qemu-system; do
		for pid in $(lab_pids "$name"); do
			kill -KILL "$pid" 2>/dev/null || true
		done
		wait_until 20 lab_has_no "$name" || status=1
	done
	rm -rf "$LAB_DIR"
	unset LAB_DIR LAB_URI LAB_SECOND_URI
	return "$status"
}

# ---- guests ----

guest_balloon_xml() {
	local model=$1 stats=$2 autodeflate=$3 reporting=$4 attributes=
	if [[ $model == none ]]; then
		echo "<memballoon model='none'/>"
		return
	fi
	[[ -z $autodeflate ]] || attributes+=" autodeflate='$autodeflate'"
	[[ -z $reporting ]] || attributes+=" freePageReporting='$reporting'"
	echo "<memballoon model='$model'$attributes>"
	((stats == 0)) || echo "<stats period='$stats'/>"
	echo "</memballoon>"
}

# Make a sparse disk and print its device XML.
guest_disk_xml() {
	local file=$LAB_DIR/disk/$1 cache=none
	truncate -s "$2M" "$file"
	[[ $EUID != 0 ]] || chown "$LAB_USER:" "$file"
	# Past the host's page cache, where the file system can.
	dd if="$file" of=/dev/null iflag=direct bs=4096 count=1 2>/dev/null || cache=writeback
	echo "<disk type='file' device='disk'>"
	echo "<driver name='qemu' type='raw' cache='$cache'/>"
	echo "<source file='$file'/><target dev='vda' bus='virtio'/></disk>"
}

# Define a guest, or define it anew.
# Arguments: name, then any of
#	max=MIB (1024)  current=MIB (512)  vcpus=N (1)
#	stats=SECONDS (1; 0 leaves the element out)  balloon=virtio|none (virtio)
#	driver=yes|no (yes; no: the guest does not load its balloon driver)
#	autodeflate=on|off  freepagereporting=on|off  (left out of the XML unless given)
#	cmdline=WORDS (more words for the kernel, say transparent_hugepage=never)
#	zram=MIB (swap on zram)  disk=MIB (sparse /dev/vda, for guest_fill_cache)
#	xml=XML (more devices)  domain_xml=XML (more elements of the domain)
guest_define() {
	local name=$1 pair words='console=ttyS0 quiet panic=-1 nokaslr mitigations=off'
	local max=1024 current=512 vcpus=1 stats=1 balloon=virtio driver=yes autodeflate=
	local freepagereporting='' zram='' disk='' xml='' domain_xml='' cmdline='' file
	shift
	for pair in "$@"; do
		case ${pair%%=*} in
		max | current | vcpus | stats | balloon | driver | autodeflate | \
			freepagereporting | zram | disk | xml | domain_xml | cmdline)
			printf -v "${pair%%=*}" %s "${pair#*=}"
			;;
		*)
			lab_say "guest_define: no such key: $pair"
			return 1
			;;
		esac
	done
	[[ $driver == yes ]] || words+=' noballoon'
	[[ -z $zram ]] || words+=" zram=$zram"
	words+=" $cmdline"
	[[ -z $disk ]] || xml+=$(guest_disk_xml "$name" "$disk")
	mkdir -p "$LAB_DIR/guests/$name"
	file=$LAB_DIR/guests/$name/xml
	cat >"$file" <<-XML
		<domain type='qemu'>
		  <name>$name</name>
		  <memory unit='MiB'>$max</memory>
		  <currentMemory unit='MiB'>$current</currentMemory>
		  <vcpu>$vcpus</vcpu>
		  <os>
		    <type arch='x86_64' machine='pc'>hvm</type>
		    <kernel>$LAB_DIR/vmlinuz</kernel>
		    <initrd>$LAB_DIR/initrd.gz</initrd>
		    <cmdline>$words</cmdline>
		  </os>
		  <features>
		    <acpi/>
		    <tcg><tb-cache unit='MiB'>64</tb-cache></tcg>
		  </features>
		  $domain_xml
		  <devices>
		    <controller type='usb' model='none'/>
		    <serial type='pty'>
		      <log file='$LAB_DIR/log/$name.console' append='on'/>
		      <target port='0'/>
		    </serial>
		    <serial type='pty'><target port='1'/></serial>
		    $(guest_balloon_xml "$balloon" "$stats" "$autodeflate" "$freepagereporting")
		    $xml
		  </devices>
		</domain>
	XML
	lab_virsh define "$file" >/dev/null
}

# Print the pty of the port that the guest's agent serves.
guest_agent_pty() {
	lab_virsh dumpxml "$1" | awk -F "'" '
		/<serial / { path = "" }
		/<source path=/ { path = $2 }
		/<target .*port=.1./ && path { print path; exit }
		/<\/serial>/ { path = "" }'
}

# Keep the agent's pty open: QEMU looks only once a second for somebody at the other end.
guest_hold_pty() {
	local name=$1 pty
	pty=$(guest_agent_pty "$name")
	if [[ ! -c $pty ]]; then
		lab_say "guest $name has no serial port for its agent"
		return 1
	fi
	lab_end_remembered "hold.$name"
	# shellcheck disable=SC2016 # for the inner shell
	lab_detach sh -c 'exec sleep 14400 <>"$0"' "$pty"
	lab_remember "hold.$name" $!
	disown $! || true
	echo "$pty" >"$LAB_DIR/guests/$name/pty"
}

# Run a function with the agent's pty as descriptor 8, alone with this guest.
# Always in a subshell: a session leader would make that pty its terminal, and get its hangup.
guest_with_pty() {
	local name=$1
	shift
	if [[ ! -s $LAB_DIR/guests/$name/pty ]]; then
		lab_say "guest $name was not started"
		return 255
	fi
	(
		exec 9>"$LAB_DIR/guests/$name/lock"
		if ! flock -w "${GUEST_TIMEOUT:-30}" 9; then
			lab_say "guest $name is busy with another command"
			exit 124
		fi
		exec 8<>"$(<"$LAB_DIR/guests/$name/pty")" || exit 255
		"$@"
	)
}

# Wait for the first sign of the agent.
guest_read_ready() {
	local name=$1 end_s=$((SECONDS + ${GUEST_BOOT_TIMEOUT:-120})) line
	while ((SECONDS < end_s)) && IFS= read -r -t $((end_s - SECONDS)) -u 8 line; do
		[[ $line != *@@READY* ]] || return 0
	done
	lab_say "guest $name did not boot; the end of its console:"
	tail -n 20 "$LAB_DIR/log/$name.console" >&2 || true
	return 1
}

# Send one request to the agent and print its answer.
guest_ask() {
	local name=$1 command=$2 limit_s=${GUEST_TIMEOUT:-30} id=$RANDOM$RANDOM
	local end_s=$((SECONDS + limit_s + 5)) line='' last='' inside='' status=0
	# Through a process that can be given up: the pty of a stopped QEMU fills up.
	timeout "$limit_s" tee /dev/fd/8 >/dev/null \
		<<<"$id $limit_s $(base64 -w 0 <<<"$command")" || return 124
	while ((SECONDS < end_s)); do
		IFS= read -r -t $((end_s - SECONDS)) -u 8 line || status=$?
		if ((status > 128)); then
			break
		elif ((status != 0)); then
			lab_say "guest $name is gone"
			return 255
		fi
		if [[ -z $inside ]]; then
			[[ $line != *"@@BEGIN $id" ]] || inside=first
		elif [[ $line == "@@END $id "* ]]; then
			printf %s "$last"
			return "${line##* }"
		else
			# The agent adds a newline of its own before the end.
			[[ $inside == first ]] || printf '%s\n' "$last"
			inside=yes
			last=$line
		fi
	done
	lab_say "guest $name gave no answer within $limit_s s to: $command"
	return 124
}

guest_await() {
	guest_with_pty "$1" guest_read_ready "$1" && guest_run "$1" true
}

# Start guests side by side and wait until each of them takes commands.
# Arguments: names. Status: 0, or 1 when one did not start (the others are then running).
guest_start() {
	local name pid pids=() status=0
	for name in "$@"; do
		lab_virsh start "$name" >/dev/null 3>&- &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || status=1
	done
	((status == 0)) || return 1
	for name in "$@"; do
		guest_hold_pty "$name" || return 1
	done
	for name in "$@"; do
		guest_await "$name" || return 1
	done
}

# Tell whether a guest's balloon is at a size, in either direction.
# Arguments: name, KiB (default: what it was defined with).
guest_settled() {
	local current_kib target_kib=${2:-}
	# Not the live XML: there currentMemory is the size reached, not the one asked for.
	: "${target_kib:=$(lab_virsh dumpxml "$1" --inactive |
		sed -n "s/^ *<currentMemory unit='KiB'>\([0-9]*\)<.*/\1/p")}"
	current_kib=$(guest_balloon "$1" current) && [[ $current_kib == "$target_kib" ]]
}

# Wait until guests have reached the balloon size that they were defined with: after guest_start
# that takes some more seconds, as a guest boots with its maximum. Not for guests without driver.
# Arguments: names.
guest_settle() {
	local name
	for name in "$@"; do
		wait_until 30 guest_settled "$name" || return 1
	done
}

# Destroy and undefine guests; those that are gone already are no error.
# Arguments: names.
guest_stop() {
	local name pid
	# All of them first, and not by libvirt, which would be patient with a stopped one.
	for name in "$@"; do
		if pid=$(guest_pid "$name"); then
			kill -KILL "$pid" 2>/dev/null || true
		fi
	done
	for name in "$@"; do
		lab_end_remembered "hold.$name" || true
		lab_virsh destroy "$name" >/dev/null 2>&1 || true
		lab_virsh undefine "$name" >/dev/null 2>&1 || true
		rm -rf "$LAB_DIR/guests/$name" "$LAB_DIR/disk/$name" "$LAB_DIR/log/$name.console"
	done
}

# Reset a guest, as its reset button would, and wait until it takes commands again.
# Arguments: name.
guest_reboot() {
	lab_virsh reset "$1" >/dev/null && guest_await "$1"
}

# Print the pid of a guest's QEMU.
# Arguments: name. Status: 1 when there is none.
guest_pid() {
	local pid
	for pid in $(lab_pids qemu-system); do
		if grep -qsF "guest=$1," "/proc/$pid/cmdline"; then
			echo "$pid"
			return 0
		fi
	done
	return 1
}

# Run a shell command in a guest and wait for it.
# Arguments: name, command. Output: the command's, its errors included.
# Status: the command's; 124 when it took longer than GUEST_TIMEOUT (it is killed then, if the
# guest is alive at all); 255 when the guest is gone.
guest_run() {
	guest_with_pty "$1" guest_ask "$1" "$2"
}

# Start a shell command in a guest and leave it running; what it prints goes to /tmp/spawn.PID.
# Arguments: name, command. Output: its PID in the guest, the leader of its own process group.
guest_spawn() {
	local quoted=${2//\'/\'\\\'\'}
	guest_run "$1" "setsid sh -c 'exec >/tmp/spawn.\$\$ 2>&1
		$quoted' </dev/null >/dev/null 2>&1 & echo \$!"
}

# Print one number of the guest's own /proc/meminfo, in KiB.
# Arguments: name, field (MemTotal, MemFree, MemAvailable, SwapFree, ...).
guest_meminfo() {
	guest_run "$1" "awk '\$1 == \"$2:\" { print \$2; n++ } END { exit !n }' /proc/meminfo"
}

# Print how many processes the guest's kernel has killed for want of memory since its boot.
# Arguments: name.
guest_oom_kills() {
	guest_run "$1" "awk '\$1 == \"oom_kill\" { print \$2 }' /proc/vmstat"
}

# Print one of libvirt's balloon figures, in its unit (KiB; last-update: seconds).
# Arguments: name, field (current, maximum, usable, unused, rss, last-update, ...).
# Status: 1 when libvirt has no such figure for that guest.
guest_balloon() {
	local value
	value=$(lab_virsh domstats --balloon "$1" | sed -n "s/^ *balloon\.$2=//p")
	[[ -n $value ]] && echo "$value"
}

# Print the resident memory of a guest's QEMU, in KiB.
# Arguments: name. Status: 1 when it does not run.
guest_rss() {
	local pid
	pid=$(guest_pid "$1") || return 1
	awk '$1 == "VmRSS:" { print $2 }' "/proc/$pid/status"
}

# Warm a guest up: have it touch nearly all that is available to it once and free it again,
# so that its memory really costs the host.
# Arguments: name, MiB to leave alone (default: 16 and 5 % of what is available).
guest_fill() {
	# shellcheck disable=SC2016 # for the guest's shell
	GUEST_TIMEOUT=120 guest_run "$1" 'margin='"${2:-}"'
		available=$(awk "/^MemAvailable:/ { print int(\$2 / 1024) }" /proc/meminfo)
		grow 0 $((available - ${margin:-$((available / 20 + 16))})) 0'
}

# Have a guest that has a disk read it into its page cache, where it stays until reclaimed.
# Arguments: name, MiB (default: the whole disk).
guest_fill_cache() {
	GUEST_TIMEOUT=120 guest_run "$1" \
		"test -b /dev/vda && dd if=/dev/vda of=/dev/null bs=1M ${2:+count=$2} 2>/dev/null"
}
