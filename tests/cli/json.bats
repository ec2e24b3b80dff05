#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# --json: one document with typed numbers, always in bytes.

load functions

# The JSON of the program with the arguments behind $1 satisfies the jq expression $1.
satisfies() {
	local expression=$1

	requires jq
	shift
	succeeds "$@"
	jq -es "(length == 1) and (.[0] | $expression)" <<<"$output" >/dev/null ||
		fail "not true: $expression" "$output"
}

@test "stats and classify have host and domains" {
	satisfies 'keys == ["domains", "host"]' -c "$(node mixed)" stats -J
	satisfies 'keys == ["domains", "host"]' -c "$(node mixed)" stats --json
	satisfies 'keys == ["domains", "host"]' -c "$(node mixed)" classify -J --interval 1
}

@test "dry-run and once have moves too" {
	satisfies 'keys == ["domains", "host", "moves"] and .moves == []' \
		-c "$(node mixed)" dry-run -J --interval 1 --policy classic
	satisfies 'keys == ["domains", "host", "moves"] and .moves == []' \
		-q -c "$(node mixed)" once -J --interval 1 --policy classic
}

@test "golden documents" {
	golden stats-mixed.json -c "$(node mixed)" stats -J
	golden dry-run-idle.json -c "$(node idle)" dry-run -J --interval 1
}

@test "figures of the host are numbers, in bytes" {
	satisfies '.host | .uri == "test:///default" and .total == 3145728 * 1024 and
		.capacity == null and
		([.total, .available, .reserve, .grantable] | map(type) | unique) ==
			["number"]' -c test:///default stats -J
}

@test "figures of a domain are numbers, in bytes" {
	satisfies '.domains[0] | .name == "db-1" and .current == 2097152 * 1024 and
		.maximum == 4194304 * 1024 and .id == 1 and .period == 1 and
		([.id, .current, .maximum, .used, .free, .free_percent, .usable, .unused,
		  .available, .caches, .rss, .swap_in, .swap_out, .faults, .updated,
		  .period] | map(type) | unique) == ["number"] and
		([.name, .uuid, .state, .class, .reason, .why] | map(type) | unique) ==
			["string"]' -c "$(node mixed)" stats -J
}

@test "free_percent is a number with its fraction" {
	satisfies '.domains[0].free_percent == 50' -c test:///default stats -J
}

@test "what is not known is null, not 0" {
	satisfies '.domains[] | select(.name == "no-balloon") |
		.used == null and .free == null and .free_percent == null and
		.rate == null and .rss == null and .updated == null' \
		-c "$(node mixed)" stats -J
}

@test "every domain has every key, in every document" {
	satisfies '([.domains[] | keys] | unique | length) == 1 and
		(.domains[0] | keys | length) == 36' -c "$(node mixed)" stats -J
}

@test "no domains are an empty array" {
	satisfies '.domains == []' -c "$(node idle)" stats -J
	satisfies '.domains == [] and .moves == []' -c "$(node idle)" dry-run -J --interval 1
}

@test "settings of single domains are numbers" {
	echo 'domains = ( { match = "db-1"; ceiling = "3 GiB"; weight = 200; } );' >"$config"
	satisfies '[.domains[] | .weight, .floor, .ceiling] ==
		[200, 52428800, 3221225472, 100, 52428800, null]' \
		-c "$(node mixed)" stats -J "db-*"
}

@test "-o chooses the keys of the domains" {
	satisfies '.domains[0] | keys_unsorted == ["current", "name"]' \
		-c "$(node mixed)" stats -J -o current,NAME
	satisfies '.domains[0] | keys_unsorted == ["free_percent", "swap_in"]' \
		-c "$(node mixed)" stats -J -o FREE%,SWAP-IN
}

@test "names choose domains" {
	satisfies '[.domains[].name] == ["db-1", "db-2"]' -c "$(node mixed)" stats -J "db-*"
}

@test "-b, -n and -r change nothing" {
	local plain

	plain=$(program -c "$(node mixed)" stats -J)
	succeeds -c "$(node mixed)" stats -J -b -n -r
	[[ $output == "$plain" ]]
}

@test "-b prints the numbers of -J" {
	requires jq
	[[ $(program -c "$(node mixed)" stats -brn -o NAME,CURRENT,FREE "db-*") == \
	$(program -c "$(node mixed)" stats -J "db-*" |
		jq -r '.domains[] | "\(.name) \(.current) \(.free)"') ]]
}

@test "names are quoted" {
	requires jq
	cat >"$BATS_TEST_TMPDIR/node.xml" <<-EOF
		<node>
		  <domain type='test'>
		    <name>a"b\\c</name>
		    <memory unit='MiB'>64</memory>
		    <os><type>hvm</type></os>
		  </domain>
		</node>
	EOF
	[[ $(program -c "test://$BATS_TEST_TMPDIR/node.xml" stats -J |
		jq -r '.domains[0].name') == 'a"b\c' ]]
}
