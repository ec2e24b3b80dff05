#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The element in the metadata of domains: the schema and the program agree about it.
#
# Samples are in tests/metadata: valid/ and invalid/ for both; limits/ are refused by the
# program alone, because a schema cannot say them.

load functions

folder=$BATS_TEST_DIRNAME/../metadata
schema=$BATS_TEST_DIRNAME/../../data/memcoord-domain.rng
work=$BATS_TEST_TMPDIR

# Put the names of the samples of kind $1 that the schema accepts into the file by-schema.
judge_by_schema() {
	local name status

	: >"$work/by-schema"
	while read -r name; do
		status=0
		xmllint --noout --relaxng "$schema" "$folder/$1/$name.xml" 2>"$work/errors" ||
			status=$?
		case $status in
		0) echo "$name" >>"$work/by-schema" ;;
		3) ;; # it is not valid
		*) fail "$(<"$work/errors")" || return ;;
		esac
	done <"$work/all"
}

# Print a host that has a domain with the metadata of each sample of kind $1.
node_of_samples() {
	local name

	echo "<node>"
	while read -r name; do
		echo "<domain type='test'><name>$name</name>" \
			"<metadata>$(<"$folder/$1/$name.xml")</metadata>" \
			"<memory unit='TiB'>1</memory><os><type>hvm</type></os></domain>"
	done <"$work/all"
	echo "</node>"
}

# Put the names of those that the program accepts into the file by-program: it shows the
# domains all the same, and has a warning for each of the others.
judge_by_program() {
	node_of_samples "$1" >"$work/node.xml"
	expect 0 -c "test://$work/node.xml" get -rn -o NAME
	sort <<<"$output" | diff "$work/all" -
	sed -n 's/^memcoord: \(.*\): its metadata is ignored: .*/\1/p' <<<"$stderr" |
		sort >"$work/refused"
	[[ $(grep -c . <<<"$stderr") == "$(wc -l <"$work/refused")" ]] || fail "$stderr"
	comm -23 "$work/all" "$work/refused" >"$work/by-program"
}

# Have both judge the samples of kind $1, whose names come into the file all.
judge() {
	requires xmllint
	basename -s .xml "$folder/$1"/*.xml | sort >"$work/all"
	[[ -s $work/all ]]
	judge_by_schema "$1"
	judge_by_program "$1"
}

@test "valid metadata: accepted by the schema and by the program" {
	judge valid
	diff "$work/all" "$work/by-schema"
	diff "$work/all" "$work/by-program"
}

@test "invalid metadata: refused by the schema and by the program" {
	judge invalid
	diff /dev/null "$work/by-schema"
	diff /dev/null "$work/by-program"
}

@test "limits that the schema cannot say: refused by the program alone" {
	judge limits
	diff "$work/all" "$work/by-schema"
	diff /dev/null "$work/by-program"
}

# Does the schema accept such a mark? is_mark ATTRIBUTES [CONTENT]
is_mark() {
	echo "<m:borrowed xmlns:m='urn:memcoord:borrowed:1' $1>${2:-}</m:borrowed>" >"$work/mark.xml"
	xmllint --noout --relaxng "${schema%/*}/memcoord-borrowed.rng" "$work/mark.xml" \
		2>"$work/errors"
}

# What the program reads is in test-traits.
@test "the mark of a borrowed statistics period has a schema, too" {
	requires xmllint
	is_mark 'stats-period="10" set="1"'
	is_mark 'stats-period="0"'
	is_mark 'set="999999999" stats-period="999999999"'
	local bad

	for bad in '' 'set="1"' 'stats-period=""' 'stats-period="-1"' 'stats-period=" 1"' \
		'stats-period="1" set="0"' 'stats-period="1" set="x"' 'stats-period="1" weight="1"' \
		'stats-period="4294967297"' 'stats-period="1" set="1000000000"'; do
		if is_mark "$bad"; then
			fail "accepted: $bad"
		fi
	done
	if is_mark 'stats-period="1"' text; then
		fail "accepted: text"
	fi
}
