#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# data/memcoord.schema.json: it is what --json prints, and has all that the program has.
# shellcheck disable=SC2016 # $defs is a key

load functions

schema=$BATS_TEST_DIRNAME/../../data/memcoord.schema.json
sources=$BATS_TEST_DIRNAME/../../src
documents=$BATS_TEST_DIRNAME/golden

# Validate the JSON documents in the files $@; and the schema itself.
validate() {
	local python

	for python in python3 /usr/bin/python3 ""; do
		[[ $python ]] || skip "python3-jsonschema is not installed"
		! "$python" -c "import jsonschema" 2>/dev/null || break
	done
	"$python" -W ignore - "$schema" "$@" <<-'EOF'
		import json, sys
		from jsonschema import Draft202012Validator as Validator
		schema, *documents = [json.load(open(name)) for name in sys.argv[1:]]
		Validator.check_schema(schema)
		errors = [e for d in documents for e in Validator(schema).iter_errors(d)]
		sys.exit("\n".join(f"{list(e.path)}: {e.message}" for e in errors) or 0)
	EOF
}

# The document that the program prints is valid.
is_valid() {
	succeeds "$@"
	printf '%s\n' "$output" >"$BATS_TEST_TMPDIR/document"
	validate "$BATS_TEST_TMPDIR/document" || fail "memcoord $*"
}

@test "the golden documents" {
	validate "$documents"/stats-mixed.json "$documents"/dry-run-idle.json
}

@test "documents of every command, of domains of every kind" {
	local host

	for host in mixed traits idle; do
		is_valid -c "$(node $host)" stats -J
		is_valid -c "$(node $host)" classify -J --interval 1
		is_valid -c "$(node $host)" dry-run -J --interval 1
		is_valid -q -c "$(node $host)" once -J --interval 1
	done
	is_valid -c test:///default stats -J
}

@test "documents of the commands that are not about the memory of the host" {
	is_valid -c "$(node mixed)" get -J
	is_valid -c "$(node mixed)" get -J --config
	succeeds -c test:///default doctor -J --interval 1
	is_valid -c test:///default doctor -J --interval 1
	validate "$documents/doctor-sick.json"
	if [[ -x tests/cli/refusing ]]; then
		DENIED=plain run --separate-stderr tests/cli/refusing -c "$(node settings)" \
			get -J --config
		[[ $status == 1 ]]
		printf '%s\n' "$output" >"$BATS_TEST_TMPDIR/refused"
		validate "$BATS_TEST_TMPDIR/refused"
	fi
	is_valid simulate -J tc1 tc2 --policy all
}

@test "documents of the policy classic, which has no shares" {
	is_valid -c "$(node mixed)" classify -J --interval 1 --policy classic
}

@test "documents with moves, planned and done" {
	requires jq
	is_valid -c "$(node mixed)" dry-run -J --interval 1
	jq -e '.moves | length > 0' <<<"$output"
	is_valid -q -c "$(node mixed)" once -J --interval 1
	jq -e '.moves | length > 0' <<<"$output"
}

@test "documents of settings of single domains" {
	cat >"$config" <<-EOF
		host_capacity = "2 GiB";
		domains = ( { match = "db-1"; floor = "1 GiB"; ceiling = "3 GiB"; weight = 200; } );
	EOF
	is_valid -c "$(node mixed)" stats -J
}

@test "documents with chosen columns" {
	is_valid -c "$(node mixed)" stats -J -o NAME,FREE%
	is_valid -c "$(node mixed)" dry-run -J --interval 1 -o NAME,TO
}

# A golden document is no longer valid after the change $1 of jq.
is_refused() {
	local document=$BATS_TEST_TMPDIR/document

	jq "$1" "$documents/stats-mixed.json" >"$document"
	run validate "$document"
	[[ $status == 1 && $output == *": "* ]] || fail "accepted: $1"
}

@test "what is no such document is refused" {
	requires jq
	validate "$documents/stats-mixed.json"
	is_refused 'del(.host) | .moves = []'
	is_refused '.outcomes = []'
	is_refused '{}'
	is_refused '{ findings: [{ status: "GOOD" }] }'
	is_refused '{ outcomes: [{ kills: null }] }'
	is_refused 'del(.domains)'
	is_refused 'del(.host.reserve)'
	is_refused '.host.total = null'
	is_refused '.host.total = "3G"'
	is_refused '.domains[0].name = null'
	is_refused '.domains[0].class = "RICH"'
	is_refused '.domains[0].mode = "MODEST"'
	is_refused '.domains[0].state = "shutoff"'
	is_refused '.domains[0].current = -1'
	is_refused '.domains[0].used = 1.5'
	is_refused '.domains[0].free_percent = "50 %"'
	is_refused '.domains[0].rate = false'
	is_refused '.domains[0].weight = 0'
	is_refused '.domains[0].traits = ["tall"]'
	is_refused '.domains[0].traits = "encrypted"'
	is_refused '.domains[0].reason = "why not"'
	is_refused '.moves = {}'
	is_refused '.moves = [{ "to": null }]'
	is_refused '.moves = [{ "reason": null }]'
}

# The lines on stdin and those that jq makes of the schema with $1 are the same.
schema_has() {
	diff -u --label program --label schema <(sort -u) <(jq -r "$1" "$schema" | sort -u)
}

# Columns on stdin, as they are called in JSON.
keys() {
	tr '[:upper:]' '[:lower:]' | sed -e 's/%/_percent/' -e 's/-/_/g'
}

# The columns of the command $1.
columns() {
	program "$1" --help | sed -n '/^Columns for/,/^$/s/^  \([^ ]*\) .*/\1/p'
}

@test "every column has its key, and every key its column" {
	requires jq
	columns stats | keys | schema_has '."$defs".domain.properties | keys[]'
	columns classify | keys | schema_has '."$defs".domain.properties | keys[]'
	columns dry-run | keys | schema_has '."$defs".move.properties | keys[]'
	columns once | keys | schema_has '."$defs".move.properties | keys[]'
	columns get | keys | schema_has '."$defs".domain.properties | keys[]'
	columns simulate | keys | schema_has '."$defs".outcome.properties | keys[]'
	program -c test:///default stats -J | jq -r '.host | keys[]' |
		schema_has '."$defs".host.properties | keys[]'
}

@test "every key has a type and a description" {
	requires jq
	jq -e '[."$defs" | .host, .domain, .move, .finding, .cure, .outcome | .properties[] |
		select((.description | length) < 5 or (.type // ."$ref" // .anyOf // .enum) == null)] == []' \
		"$schema"
}

@test "every figure has its unit in its description" {
	requires jq
	jq -e '[."$defs" | .host, .domain, .move, .finding, .cure, .outcome | .properties[] |
		select([.type, ."$ref"] | tostring | test("integer|number|size|rate")) |
		select(.description | test("bytes|[Ss]econds|percent|[Nn]umber|weight") | not)] == []' \
		"$schema"
}

@test "words are those of the program" {
	requires jq
	sed -n 's/.*\[REASON_[A-Z_]*\] = { "\([^"]*\)".*/\1/p' "$sources/core/reason.c" |
		grep -v -x none | schema_has '."$defs".reason.enum[]'
	grep -o '\[CLASS_[A-Z_]*\] = "[^"]*' "$sources/core/classify.c" | sed 's/.*"//' |
		schema_has '."$defs".class.enum[]'
	grep -o '\[DOMAIN_[A-Z_]*\] = "[^"]*' "$sources/core/domain.c" | sed 's/.*"//' |
		schema_has '."$defs".state.enum[]'
	grep -o '\[SUITABILITY_[A-Z_]*\] = "[^"]*' "$sources/core/suitability.c" | sed 's/.*"//' |
		schema_has '."$defs".mode.enum[]'
	sed -n '/domain_trait_names/,/};/p' "$sources/core/domain.c" | grep -o '"[^"]*"' | tr -d '"' |
		schema_has '."$defs".trait.enum[]'
}
