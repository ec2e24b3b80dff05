#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The examples of the manual pages and of README.md that need guests, as a user would type
# them, where the guests have the names that the examples give them.

bats_require_minimum_version 1.5.0

setup_file() {
	load functions
	start_lab_or_skip
	install_world
	guest_define db-1 max=1536 current=512 autodeflate=on
	guest_define appliance max=512 current=384 autodeflate=on stats=0
	guest_define vm1 max=1024 current=384 autodeflate=on stats=0
	guest_start db-1 appliance vm1
	guest_settle db-1 appliance vm1
}

teardown_file() {
	load functions
	lab_stop
}

setup() {
	load functions
	load ../examples
	out=$BATS_TEST_TMPDIR/out
	err=$BATS_TEST_TMPDIR/err
}

teardown() {
	[ -z "${pid:-}" ] || kill -KILL "$pid" 2>/dev/null || true
	[ -z "$BATS_ERROR_STATUS" ] || cat "$out" "$err" 2>/dev/null || true
}

# The user of the lab has memcoord and sudo. This host's system is the lab, and this
# machine's configuration does not count.
install_world() {
	cp "$(command -v "$MEMCOORD")" "$LAB_DIR/memcoord-under-test"
	# that user may not be able to read this one
	cp "$BATS_TEST_DIRNAME/../lsan.supp" "$LAB_DIR/"
	chmod 755 "$LAB_DIR/memcoord-under-test"
	cat >"$BATS_FILE_TMPDIR/memcoord" <<-EOF
		#!/bin/bash
		export LSAN_OPTIONS=print_suppressions=0:suppressions=$LAB_DIR/lsan.supp
		set -- "\${@/#qemu:\/\/\/system/$LAB_URI}"
		exec "$LAB_DIR/memcoord-under-test" -f /dev/null "\$@"
	EOF
	printf '#!/bin/sh\nexec "$@"\n' >"$BATS_FILE_TMPDIR/sudo"
	lab_install "$BATS_FILE_TMPDIR/memcoord" "$BATS_FILE_TMPDIR/sudo"
}

# Does the example $1 go on until it is stopped?
is_endless() {
	case $1 in
	*' run' | *' run '* | *' --watch '*) return 0 ;;
	*) return 1 ;;
	esac
}

# Does it need somebody at a terminal, or another one that runs already?
is_interactive() {
	case $1 in
	memcoord*' top'* | 'kill -HUP') return 0 ;;
	*) return 1 ;;
	esac
}

# Run the function $2 with each example of the class $1, which may not be empty.
for_each() {
	local example n=0

	while IFS= read -r -d '' example <&4; do
		example=${example#* }
		"$2" "$example" || {
			echo "in this example: $example" >&2
			return 1
		}
		n=$((n + 1))
	done 4< <(examples_of "$1")
	((n > 0))
}

# What memcoord knows of a domain: field NAME COLUMN [COMMAND [OPTION...]].
field() {
	lab_run memcoord "${@:3}" -nrb -o "$2" "$1"
}

# What has come of the example $1?
check_outcome() {
	case $1 in
	*urn:memcoord:borrowed:1*) [ "$(field db-1 PERIOD stats)" = 10 ] ;;
	*dommemstat*) [ "$(field appliance PERIOD stats)" = 1 ] ;;
	*'"period"'*) [ "$(field vm1 PERIOD stats)" = 1 ] ;;
	*'virsh metadata'*)
		grep -q '<settings floor="1 GiB" weight="200"/>' "$out" &&
			[ "$(field db-1 SOURCE get)" = default ]
		;;
	*'--live --config'*)
		grep -q '^db-1 *yes *1G *- *200 metadata$' "$out" &&
			[ "$(field db-1 WEIGHT get --config)" = 200 ]
		;;
	*'set db-1 '*) [ "$(field db-1 FLOOR,WEIGHT get)" = "$((1 << 30)) 200" ] ;;
	*'--managed no'*) [ "$(field appliance MANAGED get)" = yes ] ;;
	*' doctor --quiet') refute grep -q PASS "$out" ;;
	*' doctor') grep -q '^  db-1: .*PASS' "$out" ;;
	*once) grep -q '^NAME .* RESULT' "$out" || grep -q "^Nothing to do" "$out" ;;
	*dry-run | *stats | *classify) [ -s "$out" ] ;;
	*'get --config') grep -q '^db-1 ' "$out" ;;
	*)
		echo "this test does not know what comes of it" >&2
		return 1
		;;
	esac
}

run_to_its_end() {
	if is_endless "$1" || is_interactive "$1"; then
		return 0
	fi
	lab_run timeout -k 5 60 bash -e -o pipefail -c "${1//DOMAIN/appliance}" \
		>"$out" 2>"$err" </dev/null || return
	check_outcome "$1"
}

has_printed_twice() {
	[ "$(grep -c "$1" "$out")" -ge 2 ]
}

# Does the endless example $1 do what it is for?
await_outcome() {
	local seconds

	case $1 in
	*' --watch '*) wait_until 20 has_printed_twice '^db-1 ' ;;
	*' --period '*)
		seconds=${1##* --period }
		wait_until 20 grep -q "coordinating .* every $seconds s" "$err"
		;;
	*) wait_until 20 grep -q 'coordinating .* every 2 s' "$err" ;;
	esac
}

# Start the example $1; its process is $pid, and sudo and the shell are gone from it. A process
# in the background ignores Ctrl-C, as one of a terminal does not.
start() {
	: >"$out"; : >"$err"
	(lab_exec env --default-signal=INT bash -c "exec ${1#sudo }") >"$out" 2>"$err" </dev/null 3>&- 4<&- &
	pid=$!
}

# Ctrl-C ends the process $pid with the status $1.
interrupt() {
	local status=0

	kill -INT "$pid"
	await_end "$pid" || status=$?
	pid=
	[ "$status" = "$1" ]
}

run_until_stopped() {
	local wanted=0

	is_endless "$1" || return 0
	[[ $1 != *--watch* ]] || wanted=130
	start "$1"
	await_outcome "$1" && interrupt "$wanted"
}

# Look until there is something to see, then press q.
look_and_quit() {
	wait_until 20 grep -aq 'db-1' "$out" || true
	printf q
}

# As on a terminal.
run_in_terminal() {
	[[ $1 == memcoord*' top'* ]] || return 0
	: >"$out"
	look_and_quit |
		lab_run env TERM=xterm LINES=24 COLUMNS=80 timeout 20 \
			script -qec "$1" /dev/null >"$out" || return
	grep -aq 'db-1' "$out" || return
	if [[ $1 == *db-* ]]; then
		refute grep -aq 'appliance' "$out"
	else
		grep -aq 'appliance' "$out"
	fi
}

@test "examples that end by themselves" {
	for_each guests run_to_its_end
}

@test "examples that go on until Ctrl-C" {
	for_each guests run_until_stopped
}

@test "examples on a terminal" {
	for_each guests run_in_terminal
}

# The examples of the class $1 that match the glob $2.
examples_like() {
	local example

	while IFS= read -r -d '' example; do
		# shellcheck disable=SC2053 # a glob
		[[ ${example#* } != $2 ]] || echo "${example#* }"
	done < <(examples_of "$1")
}

# Has run moved vm1 for that reason?
says() {
	grep -Eq "vm1: .* -> .*$1" "$err"
}

has_dispatched() {
	guest_run vm1 "cat /tmp/spawn.$1" | grep -q 'dispatching hogs'
}

# Run the example $1 in the guest; its process group is added to $groups.
put_load() {
	groups+=("$(guest_spawn vm1 "$1")")
	wait_until 10 has_dispatched "${groups[-1]}"
}

end_load() {
	local group

	for group in "${groups[@]}"; do
		guest_run vm1 "kill -KILL -$group"
	done
	groups=()
}

@test "the walk of the README: load in a guest, and a configuration that is read again" {
	local run load hup groups=()

	run=$(examples_like guests 'sudo memcoord run*')
	load=$(examples_like inside '*--vm-keep')
	hup=$(examples_like guests 'kill *')
	start "$run"
	await_outcome "$run"
	for _ in 1 2 3; do
		put_load "$load"
		sleep 4
	done
	wait_until 20 says 'from the host: it will need it soon'
	[ "$(guest_oom_kills vm1)" = 0 ]
	end_load
	bash -c "$hup $pid"
	wait_until 10 grep -q 'settings reloaded' "$err"
	wait_until 60 says 'to the host: it wastes'
	interrupt 0
}

@test "load that no balloon can follow" {
	local load groups=()

	load=$(examples_like inside '* N')
	put_load "${load/%N/1}"
	end_load
}
