#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# simulate: no hypervisor, no configuration, no time.

load functions

setup_file() {
	export MEMCOORD_SCENARIO_DIR=${MEMCOORD_SCENARIO_DIR:-$BATS_TEST_DIRNAME/../../data/scenarios}
}

# The program as it is without -f.
without_config() {
	run --separate-stderr timeout -k 5 60 "$MEMCOORD" simulate "$@"
	[[ $status == 0 && -z $stderr ]] || fail "exited with $status" "$stderr"
}

# Write a scenario of one guest to $scenario: what is behind name and sizes is $1.
one_guest() {
	scenario=$BATS_TEST_TMPDIR/my.conf
	cat >"$scenario" <<-EOF
		name = "my";
		description = "one guest";
		duration = 60;
		host = { memory = "8 GiB"; base = "1 GiB"; };
		guests = ( {
			name = "only"; maximum = "4 GiB"; start = "1 GiB";
			demand = ( { shape = "constant"; amount = "300 MiB"; } );
			$1
		} );
	EOF
}

@test "nobody coordinates: golden tables" {
	golden simulate-none simulate --policy none tc1 tc1tight tc2 tc3
	golden simulate-none-raw simulate --policy none -r -b tc1
	golden simulate-none.json simulate --policy none -J tc3
}

@test "--list has all scenarios with their descriptions" {
	local file name

	succeeds simulate --list
	[[ ${#lines[@]} == $(find "$MEMCOORD_SCENARIO_DIR" -name '*.conf' | wc -l) ]]
	for file in "$MEMCOORD_SCENARIO_DIR"/*.conf; do
		name=$(basename "$file" .conf)
		grep -q "^$name  *[a-z95]" <<<"$output" || fail "not listed: $name"
	done
}

@test "--all simulates what --list lists, and sums up" {
	local names

	names=$(program simulate --list | cut -d' ' -f1)
	succeeds simulate --all --policy none --seeds 1 -n -r -o SCENARIO
	[[ $output == "$names"$'\n'total ]]
}

@test "the same again is the same" {
	local first

	succeeds simulate --policy classic -J -b boot stale
	first=$output
	succeeds simulate --policy classic -J -b boot stale
	[[ $output == "$first" ]]
}

@test "the default configuration does not count, one that is named does" {
	local default

	export HOME=$BATS_TEST_TMPDIR
	without_config -n -r -o COMMANDS --policy classic uncoop
	default=$output
	echo 'domain_floor = "200 MiB";' >"$config"
	succeeds simulate -n -r -o COMMANDS --policy classic uncoop
	[[ $output == "$default" ]]
	echo 'waste_threshold = 99;' >"$config"
	succeeds simulate -n -r -o COMMANDS --policy classic uncoop
	[[ $output != "$default" ]]
}

@test "the policy of a configuration that is named is the default" {
	echo 'policy = "classic";' >"$config"
	succeeds simulate -n -r -o POLICY --seeds 1 tc1
	[[ $output == classic ]]
	succeeds simulate -n -r -o POLICY --seeds 1 --policy none,classic tc1
	[[ $output == none$'\n'classic ]]
}

@test "--policy all is all that --help lists" {
	local names

	names=$(program simulate --help |
		sed -n '/^Policies:$/,/^$/s/^  \([^ ]*\) .*/\1/p' | grep -v -x all)
	succeeds simulate --policy all --seeds 1 -n -r -o POLICY tc1
	[[ $output == "$names" ]]
}

@test "--seeds and --period matter" {
	local one

	succeeds simulate --policy classic --seeds 1 -J tc2
	one=$output
	succeeds simulate --policy classic --seeds 2 -J tc2
	[[ $output != "$one" ]]
	succeeds simulate --policy classic --seeds 1 --period 5 -J tc2
	[[ $output != "$one" ]]
}

@test "JSON has numbers, sizes in bytes" {
	requires jq
	succeeds simulate --policy none,classic -J tc1 tc2
	jq -e '(keys == ["outcomes"]) and (.outcomes | length == 6 and all(.[];
		(.scenario, .policy | type == "string") and
		(del(.scenario, .policy) | length == 9 and all(.[]; type == "number"))))
		and .outcomes[0].lowest == 3196 * 1048576
		and .outcomes[0].starved == 2.5
		and [.outcomes[4,5].scenario] == ["total", "total"]' <<<"$output"
}

@test "--output chooses columns of the table and of JSON" {
	succeeds simulate --policy none -o policy,KILLS tc1
	[[ ${lines[0]} =~ ^POLICY\ +KILLS$ && ${lines[1]} =~ ^none\ +1\.0$ ]]
	requires jq
	succeeds simulate --policy none -J -o KILLS tc1
	jq -e '.outcomes == [{ kills: 1 }]' <<<"$output"
}

@test "--csv has a line per scenario, policy, seed, second and guest" {
	local csv=$BATS_TEST_TMPDIR/series.csv

	succeeds simulate --policy none,classic --seeds 2 --csv "$csv" tc1tight
	[[ $(wc -l <"$csv") == $((1 + 2 * 2 * 200 * 4)) ]]
	awk -F, 'NF != 15 { print "fields:", NF; exit 1 }' "$csv"
	awk -F, 'NR > 1 && ($14 > $7 || $7 > 2097152 || $9 < 153600) { print; exit 1 }' "$csv"
	[[ $(sed -n 2p "$csv") == tc1tight,none,1,1,651264,grower,524288,524288,* ]]
}

@test "--csv that cannot be written" {
	refuses_in_one_line 1 "memcoord: $BATS_TEST_TMPDIR/no/file: No such file or directory" \
		simulate --csv "$BATS_TEST_TMPDIR/no/file" tc1
	[[ -c /dev/full ]] || skip "no /dev/full"
	expect 1 simulate --policy none --seeds 1 --csv /dev/full tc1
	[[ ${stderr_lines[*]} == "memcoord: /dev/full: cannot be written: No space left on device" ]]
}

@test "a file of one's own" {
	one_guest ""
	succeeds simulate --policy none -n -r -o SCENARIO,KILLS,IDLE "$scenario"
	[[ $output == "my 0.0 23.5" ]]
	cd "$BATS_TEST_TMPDIR"
	succeeds simulate --policy none -n -r -o SCENARIO ./my.conf
}

@test "errors in scenarios have file and line" {
	one_guest 'swap = 512;'
	refuses_in_one_line 1 "memcoord: $scenario:8: swap must be a size from *" simulate "$scenario"
	one_guest 'nope = 1;'
	refuses_in_one_line 1 "memcoord: $scenario:8: unknown setting 'nope'" simulate "$scenario"
	one_guest '='
	refuses_in_one_line 1 "memcoord: $scenario:8: syntax error" simulate "$scenario"
	refuses_in_one_line 1 "memcoord: ./nope.conf: No such file or directory" \
		simulate ./nope.conf
}

@test "unknown scenarios and policies" {
	refuses_in_one_line 64 "memcoord: unknown scenario 'nope' (*--list*)" simulate nope
	refuses_in_one_line 64 "memcoord: unknown scenario '' (*--list*)" simulate tc1 ""
	refuses_in_one_line 64 "memcoord: --policy: unknown policy 'nope' (*--help*)" \
		simulate --policy none,nope tc1
	refuses_in_one_line 64 "memcoord: --policy: unknown policy '' (*--help*)" \
		simulate --policy none, tc1
	refuses_in_one_line 64 "memcoord: --policy: unknown policy 'all' (*--help*)" \
		simulate --policy none,all tc1
}

@test "scenarios are named, or taken all, or listed" {
	refuses_in_one_line 64 "memcoord: a scenario is missing (*--list*)" simulate
	refuses_in_one_line 64 "memcoord: --all takes no scenarios, but got 'tc1'" \
		simulate --all tc1
	refuses_in_one_line 64 "memcoord: --list takes no scenarios, but got 'tc1'" \
		simulate --list tc1
}

@test "wrong numbers and columns" {
	refuses_in_one_line 64 "memcoord simulate: --seeds must be a whole number from 1 to 1000, not '0'" \
		simulate --seeds 0 tc1
	refuses_in_one_line 64 "memcoord simulate: --period must be a whole number from 1 to 3600, not 'x'" \
		simulate --period x tc1
	refuses_in_one_line 64 "memcoord: --output: unknown column 'NAME' *" simulate -o NAME tc1
}

@test "a directory without scenarios" {
	export MEMCOORD_SCENARIO_DIR=$BATS_TEST_TMPDIR/none
	refuses_in_one_line 1 "memcoord: $MEMCOORD_SCENARIO_DIR: cannot list the scenarios: *" \
		simulate --list
	mkdir "$MEMCOORD_SCENARIO_DIR"
	refuses_in_one_line 1 "memcoord: $MEMCOORD_SCENARIO_DIR: cannot list the scenarios: *" \
		simulate --all
	refuses_in_one_line 64 "memcoord: unknown scenario 'tc1' *" simulate tc1
}

@test "an invalid configuration that is named" {
	echo 'nope = 1;' >"$config"
	refuses_in_one_line 78 "memcoord: $config:1: unknown setting 'nope' *" simulate tc1
}

@test "ten minutes of a hundred guests take less than 2 s" {
	local begun=${EPOCHREALTIME/./}

	succeeds simulate --policy classic --seeds 1 herd
	((${EPOCHREALTIME/./} - begun < 2000000)) || fail "took more than 2 s"
}
