#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What doctor finds, and what it says against it.

load functions

# The host of libvirt's test driver with all that can be wrong with a definition, and the
# settings that are wrong for it.
sick() {
	cat >"$config" <<-EOF
		host_reserve = "64 MiB";
		domains = (
		    { match = "high floor"; floor = "64 MiB"; },
		    { match = "below its floor"; floor = "100 MiB"; },
		    { match = "above its ceiling"; ceiling = "300 MiB"; },
		    { match = "low ceiling"; ceiling = "200 MiB"; }
		);
	EOF
	printf '%s\n' -c "$(node sick)" doctor --interval 1
}

# The same as golden, for an exit status of 1. The place of this test and libvirt's version
# are taken out.
golden_failing() {
	local wanted=$BATS_TEST_DIRNAME/golden/$1 got=$BATS_TEST_TMPDIR/golden

	shift
	expect 1 "$@"
	[[ -z $stderr ]] || fail "printed on stderr:" "$stderr"
	sed -E -e "s|$BATS_TEST_DIRNAME|DIR|; s|$config|CONFIG|" -e \
		's/libvirt [0-9]+\.[0-9.]+, TEST [0-9.]+/libvirt VERSION/' \
		<<<"$output" >"$got"
	if [[ -n ${MEMCOORD_UPDATE_GOLDEN:-} ]]; then
		cp "$got" "$wanted"
	fi
	diff -u "$wanted" "$got"
}

@test "a host with domains of every kind of trouble" {
	local arguments
	mapfile -t arguments < <(sick)
	golden_failing doctor-sick "${arguments[@]}" -q
}

@test "what is well is shown, too" {
	local arguments
	mapfile -t arguments < <(sick)
	golden_failing doctor-some "${arguments[@]}" well "no balloon" "left out" bound plugged
}

@test "--json" {
	local arguments
	mapfile -t arguments < <(sick)
	golden_failing doctor-sick.json "${arguments[@]}" --json -q "no *" "it*"
}

@test "--json is valid, and has a line for each line" {
	requires jq
	local arguments
	mapfile -t arguments < <(sick)
	local n
	expect 1 "${arguments[@]}" -J
	n=$(jq -r '.findings | length' <<<"$output")
	[[ $(jq -r '.findings | map(.status) | unique | join(" ")' <<<"$output") == "FAIL PASS WARN" ]]
	expect 1 "${arguments[@]}"
	[[ $(grep -cE '^  [^ ].*: (PASS|WARN|FAIL)( \(.*\))?$' <<<"$output") == "$n" ]]
}

@test "status 0 unless a check fails" {
	echo 'host_reserve = "64 MiB";' >"$config"
	succeeds -c "$(node sick)" doctor --interval 1 well
	expect 0 -c "$(node sick)" doctor --interval 1 paused
	[[ $output == *": WARN"* ]]
	expect 1 -c "$(node sick)" doctor --interval 1 crashed
	[[ $output == *": FAIL"* ]]
}

@test "-q before and behind the command: only what is not PASS" {
	local behind

	expect 1 -c "$(node sick)" doctor --interval 1 -q
	behind=$output
	[[ $behind != *": PASS"* && $behind == *": WARN"* && $behind == *": FAIL"* ]]
	expect 1 -q -c "$(node sick)" doctor --interval 1
	[[ $output == "$behind" ]]
	expect 1 -c "$(node sick)" doctor --interval 1
	[[ $output == *": PASS"* ]]
}

@test "the status goes by all checks, shown or not, of the domains that are named" {
	succeeds -c "$(node sick)" doctor --interval 1 --quiet 00000000-0000-4000-8000-0000000000A0
	refuses_in_one_line 1 "memcoord: nope: no active domain of that name or UUID" \
		-c "$(node sick)" doctor nope
}

@test "a guest that does not report anew" {
	expect 0 -c "$(node sick)" doctor -q well
	[[ $output == *"well: Checking that they are fresh"*": WARN"* ]]
	expect 1 -c "$(node sick)" doctor -q --interval 7 well
	[[ $output == *"well: Checking that they are fresh"*": FAIL"* ]]
}

@test "a name that virsh would take for an id is none for its commands" {
	cat >"$BATS_TEST_TMPDIR/node.xml" <<-EOF
		<node>
		  <domain type='test'>
		    <name>+7</name>
		    <uuid>00000000-0000-4000-8000-000000000007</uuid>
		    <memory unit='MiB'>64</memory>
		    <os><type>hvm</type></os>
		    <devices><memballoon model='virtio'/></devices>
		  </domain>
		</node>
	EOF
	run -- program -c "test://$BATS_TEST_TMPDIR/node.xml" doctor --interval 1
	[[ $output == *"dommemstat 00000000-0000-4000-8000-000000000007 --period"* ]]
	[[ $output != *"+7 --period"* ]]
}

@test "no active domain" {
	succeeds -c "$(node idle)" doctor --interval 1
	[[ $output == *"host: Checking for a libvirt"* ]]
}

@test "the connection is named only if virsh would take another one" {
	export LIBVIRT_DEFAULT_URI
	LIBVIRT_DEFAULT_URI=$(node sick)
	expect 0 doctor --interval 1 -q paused
	[[ $output == *"        virsh resume paused"* ]]
	expect 0 -c "$LIBVIRT_DEFAULT_URI" doctor --interval 1 -q paused
	[[ $output == *"        virsh resume paused"* ]]
	export VIRSH_DEFAULT_CONNECT_URI=test:///default
	expect 0 doctor --interval 1 -q paused
	[[ $output == *"        virsh -c $LIBVIRT_DEFAULT_URI resume paused"* ]]
	unset LIBVIRT_DEFAULT_URI VIRSH_DEFAULT_CONNECT_URI
	expect 0 -c "$(node sick)" doctor --interval 1 -q paused
	[[ $output == *"        virsh -c $(node sick) resume paused"* ]]
}

# Run the program on a terminal.
on_terminal() {
	requires script
	output=$(script -qec "timeout 60 '$MEMCOORD' -f '$config' $*" /dev/null 3>&- </dev/null) ||
		true
}

@test "colours on a terminal, unless NO_COLOR forbids them" {
	on_terminal "-c '$(node sick)' doctor --interval 1 'no balloon'"
	[[ $output == *$': \e[32mPASS\e[0m'* && $output == *$': \e[31mFAIL\e[0m'* ]]
	export NO_COLOR=1
	on_terminal "-c '$(node sick)' doctor --interval 1 'no balloon'"
	[[ $output == *": FAIL"* && $output != *$'\e'* ]]
}

@test "what cannot be written is told, and is no success" {
	local status=0
	program -c "$(node sick)" doctor --interval 1 well >/dev/full \
		2>"$BATS_TEST_TMPDIR/err" || status=$?
	[[ $status == 1 ]]
	[[ $(<"$BATS_TEST_TMPDIR/err") == "memcoord: cannot write to standard output: "* ]]
}

@test "wrong usage" {
	refuses_in_one_line 64 "*--interval must be a whole number from 1 to 3600, not '0'*" \
		-c test:///default doctor --interval 0
	refuses_in_one_line 64 "*unrecognized option*" -c test:///default doctor --watch 1
}

# What is printed for check $2 of $1 as its first cure.
commands() {
	awk -v head="  $1: Checking $2 " '
		index($0, head) == 1 { inside = 1; next }
		inside && /^        / { print; seen = 1; next }
		inside && (seen || /^  [^ ]/) { exit }
	'
}

# It forgets everything at once, and cannot change a running domain and its definition
# with one call; what it can, it checks.
@test "virsh takes the cures that the test driver can carry out" {
	requires virsh
	local name check arguments command
	mapfile -t arguments < <(sick)
	expect 1 "${arguments[@]}"
	while IFS=/ read -r name check; do
		command=$(commands "$name" "$check" <<<"$output" | head -n 1)
		[[ -n $command ]] || fail "no cure: $name: $check"
		sh -ec "$command" || fail "$command"
	done <<-'EOF'
		paused/that it runs
		crashed/that it runs
		no room/for room to grow
		below its floor/its floor
		above its ceiling/its ceiling
		high floor/its floor
		4711/for huge pages
		bound/for memory bound to NUMA nodes
		no way out/that its guest outlives a burst
	EOF
}
