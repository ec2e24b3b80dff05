#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What the table commands show, in tables.

load functions

@test "stats of test:///default" {
	golden stats-default -c test:///default stats
}

@test "stats of a host with domains of every kind" {
	golden stats-mixed -c "$(node mixed)" stats
}

@test "stats --interval shows rates" {
	golden stats-interval -c "$(node mixed)" stats --interval 1
}

@test "stats of a host without active domains" {
	golden stats-idle -c "$(node idle)" stats
}

@test "classify of test:///default" {
	golden classify-default -c test:///default classify --interval 1
}

@test "classify of a host with domains of every kind" {
	golden classify-mixed -c "$(node mixed)" classify --interval 1
}

@test "what the XML of domains tells of their memory" {
	golden classify-traits -c "$(node traits)" classify --interval 1 \
		-o NAME,MODE,CLASS,TRAITS,WHY
}
@test "classify of a host without active domains" {
	golden classify-idle -c "$(node idle)" classify --interval 1
}

@test "dry-run" {
	golden dry-run-mixed -c "$(node mixed)" dry-run --interval 1
}

@test "dry-run of a host without active domains" {
	golden dry-run-idle -c "$(node idle)" dry-run --interval 1
}

@test "every column" {
	golden stats-all-columns -c "$(node mixed)" stats -o \
		NAME,UUID,ID,STATE,CLASS,CURRENT,MAXIMUM,USED,FREE,FREE%,RATE,USABLE,UNUSED,AVAILABLE,CACHES,RSS,SWAP-IN,SWAP-OUT,FAULTS,UPDATED,PERIOD,REASON,WHY
}

# What only the live XML has is read only if it is shown; the rest is the same without.
@test "the XML of domains is read for columns that need it" {
	local brief=NAME,UUID,ID,STATE,CURRENT,MAXIMUM,USED,FREE,FREE%,USABLE,UNUSED,AVAILABLE,CACHES,RSS,SWAP-IN,SWAP-OUT,FAULTS,UPDATED
	local column calls=$BATS_TEST_TMPDIR/calls

	LIBVIRT_DEBUG=1 LIBVIRT_LOG_OUTPUTS=1:file:$calls \
		program -c "$(node mixed)" stats -rn -o $brief >"$BATS_TEST_TMPDIR/brief"
	[[ $(wc -l <"$BATS_TEST_TMPDIR/brief") == 8 ]]
	grep -q ' : virDomainMemoryStats:' "$calls"
	! grep ' : virDomainGetXMLDesc:' "$calls" || fail "the XML was read"
	for column in CLASS MODE PERIOD WEIGHT FLOOR CEILING MANAGED SOURCE TRAITS WHY; do
		LIBVIRT_DEBUG=1 LIBVIRT_LOG_OUTPUTS=1:file:$calls \
			program -c "$(node mixed)" stats -rn -o $brief,$column |
			cut -d ' ' -f 1-18 | diff "$BATS_TEST_TMPDIR/brief" -
		grep -q ' : virDomainGetXMLDesc:' "$calls" || fail "$column without XML"
		rm "$calls"
	done
}

@test "rules for single domains" {
	cat >"$config" <<-EOF
		domain_floor = "128 MiB";
		domains = (
		    { match = "db-1"; floor = "1 GiB"; ceiling = "3 GiB"; weight = 200; },
		    { match = "00000000-0000-4000-8000-00000000000B"; managed = false; },
		    { match = "*ed"; ceiling = "96 MiB"; }
		);
	EOF
	golden stats-rules -c "$(node mixed)" stats -o \
		NAME,CLASS,CURRENT,MAXIMUM,WEIGHT,FLOOR,CEILING,REASON,WHY
	golden classify-rules -c "$(node mixed)" classify --interval 1
}

@test "--raw" {
	golden stats-raw -c "$(node mixed)" stats --raw
	golden stats-raw -c "$(node mixed)" stats -r
}

@test "--noheadings" {
	golden stats-noheadings -c "$(node mixed)" stats --noheadings
	golden stats-noheadings -c "$(node mixed)" stats -n
}

@test "--raw --noheadings is for scripts: a line per domain and nothing else" {
	succeeds -c "$(node idle)" stats -rn
	[[ -z $output ]]
	succeeds -c "$(node idle)" dry-run -rn --interval 1
	[[ -z $output ]]
	succeeds -c "$(node mixed)" stats -rn -o NAME,PERIOD
	[[ ${#lines[@]} == 8 ]]
	[[ ${lines[6]} == 'with\x20a\x20space 60' ]]
}

@test "--bytes" {
	golden stats-bytes -c "$(node mixed)" stats --bytes
	golden stats-bytes -c "$(node mixed)" stats -b
}

@test "-o in any case, in any order" {
	succeeds -c test:///default stats -rn -o maximum,Name,CURRENT
	[[ $output == "8G test 2G" ]]
	succeeds -c test:///default stats -rn --output=free%,name
	[[ $output == "50.0 test" ]]
}

@test "-o with a repeated column" {
	succeeds -c test:///default stats -r -o NAME,NAME,name
	[[ $output == $'NAME NAME NAME\ntest test test' ]]
}

@test "of two -o the last one counts" {
	succeeds -c test:///default stats -rn -o NOPE -o NAME
	[[ $output == "test" ]]
}

names() {
	program -c "$(node mixed)" stats -rn -o NAME "$@" | paste -sd' '
}

@test "a domain by its name" {
	[[ $(names db-2) == "db-2" ]]
	[[ $(names "with a space") == 'with\x20a\x20space' ]]
}

@test "several domains come once each, in the order of the host" {
	[[ $(names paused db-1 "db-*" db-1) == "db-1 db-2 paused" ]]
}

@test "domains by globs" {
	[[ $(names "db-*") == "db-1 db-2" ]]
	[[ $(names "db-[2-9]") == "db-2" ]]
	[[ $(names "?b-1" "*used") == "db-1 paused" ]]
	[[ $(names "*" | wc -w) == 8 ]]
}

@test "a domain by its UUID, in any case" {
	[[ $(names 00000000-0000-4000-8000-00000000000b) == "db-2" ]]
	[[ $(names 00000000-0000-4000-8000-00000000000B) == "db-2" ]]
}

@test "options may follow the names" {
	succeeds -c "$(node mixed)" stats db-1 -rn -o NAME db-2
	[[ $output == $'db-1\ndb-2' ]]
}

@test "behind -- everything is a name" {
	refuses_in_one_line 1 "memcoord: -r: no active domain of that name or UUID" \
		-c "$(node mixed)" stats -- -r
}

@test "a name that no active domain has" {
	local name

	for name in nope shut-off DB-1 "x*" "" 00000000-0000-4000-8000-00000000000; do
		refuses_in_one_line 1 "memcoord: $name: no active domain of that name or UUID" \
			-c "$(node mixed)" stats "$name"
	done
}

@test "every name must be there" {
	refuses_in_one_line 1 "memcoord: nope: no active domain of that name or UUID" \
		-c "$(node mixed)" stats db-1 nope
}

@test "names choose lines in every table command" {
	succeeds -c "$(node mixed)" classify --interval 1 -rn -o NAME,CLASS,REASON \
		no-balloon crashed
	[[ $output == $'no-balloon UNMANAGED no-balloon\ncrashed FROZEN not-running' ]]
	succeeds -c "$(node mixed)" dry-run --interval 1 db-1
	refuses_in_one_line 1 "memcoord: nope: *" -c "$(node mixed)" dry-run --interval 1 nope
}

# The URI of a new host with a domain of name $1.
node_with() {
	cat >"$BATS_TEST_TMPDIR/node.xml" <<-EOF
		<node>
		  <domain type='test'>
		    <name>$1</name>
		    <memory unit='MiB'>64</memory>
		    <os><type>hvm</type></os>
		  </domain>
		</node>
	EOF
	echo "test://$BATS_TEST_TMPDIR/node.xml"
}

@test "names in UTF-8 are printed as they are" {
	locale -a | grep -qix 'c\.utf-\?8' || skip "there is no locale C.UTF-8"
	export LC_ALL=C.UTF-8
	succeeds -c "$(node_with grün)" stats -n -o NAME,CURRENT
	[[ $output == "grün     64M" ]]
	succeeds -c "$(node_with grün)" stats -n -o NAME,CURRENT "gr?n"
	[[ $output == "grün     64M" ]]
}

@test "names that the terminal cannot show are escaped, as in util-linux" {
	succeeds -c "$(node_with grün)" stats -rn -o NAME
	[[ $output == 'gr\xc3\xbcn' ]]
}

@test "a name that looks like a glob is still a name" {
	succeeds -c "$(node_with "web[1]")" stats -rn -o NAME "web[1]"
	[[ $output == "web[1]" ]]
	succeeds -c "$(node_with '\*')" stats -rn -o NAME '\*'
	[[ ${#lines[@]} == 1 ]]
}

@test "-q and -v leave the tables alone" {
	local plain

	plain=$(program -c "$(node mixed)" stats)
	succeeds -q -c "$(node mixed)" stats
	[[ $output == "$plain" ]]
	expect 0 -v -c "$(node mixed)" stats
	[[ $output == "$plain" ]]
}

@test "the metric chooses what counts as free" {
	echo 'metric = "unused";' >"$config"
	succeeds -c test:///default stats -rn -o FREE,UNUSED
	[[ $output == "1G 1G" ]]
}

@test "dry-run explains how it came to its plan" {
	golden dry-run-explain -c "$(node mixed)" dry-run --explain --interval 1
	golden dry-run-explain-one -c "$(node mixed)" dry-run --explain --interval 1 db-1
	expect 64 -c "$(node mixed)" once --explain
}

@test "--policy chooses the rules for this time" {
	succeeds -c "$(node mixed)" classify -n -r -o CLASS,REASON --policy classic db-1
	[[ $output == "UNKNOWN first-sample" ]]
	succeeds -c "$(node mixed)" classify -n -r -o CLASS,REASON --policy classic "with a space"
	[[ $output == "UNKNOWN slow-stats" ]]
	succeeds -c "$(node mixed)" classify -n -r -o CLASS,REASON --policy fair db-1
	[[ $output == "BALANCED enough" ]]
	refuses_in_one_line 64 "*--policy: there is no policy 'x' (--help lists them)" -c "$(node mixed)" dry-run --policy x
	refuses_in_one_line 64 "*--policy: there is no policy 'x' (--help lists them)" -c "$(node mixed)" run --policy x
}
