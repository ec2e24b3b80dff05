#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# --help and --version.

load functions

# The names of all commands, as --help lists them.
listed_commands() {
	program --help | sed -n '/^Commands:/,/^$/s/^  \([^ ]*\) .*/\1/p'
}

@test "--help" {
	# A wide margin, because the path of the configuration is not everywhere as long.
	export ARGP_HELP_FMT=rmargin=250
	golden help --help
}

@test "-? is --help" {
	succeeds -?
	[[ $output == "$(program --help)" ]]
}

@test "--help lists exactly the commands there are" {
	[[ "$(listed_commands | xargs)" == "run once dry-run stats classify top doctor get set simulate" ]]
}

@test "every listed command has its --help" {
	local command

	for command in $(listed_commands); do
		succeeds "$command" --help
		[[ ${lines[0]} == "Usage: memcoord $command [OPTION...]"* ]]
	done
}

@test "no line of a command's --help is longer than 80 columns" {
	local command

	for command in $(listed_commands); do
		program "$command" --help | awk 'length > 80 { print; exit 1 }'
	done
}

@test "run --help" {
	golden help-run run --help
}

@test "once --help" {
	golden help-once once --help
}

@test "dry-run --help" {
	golden help-dry-run dry-run --help
}

@test "stats --help" {
	golden help-stats stats --help
}

@test "classify --help" {
	golden help-classify classify --help
}

@test "top --help" {
	golden help-top top --help
}

@test "get --help" {
	golden help-get get --help
}

@test "set --help" {
	golden help-set set --help
}

@test "doctor --help" {
	golden help-doctor doctor --help
}

@test "simulate --help" {
	golden help-simulate simulate --help
}

@test "every column that --help lists can be printed" {
	local command columns

	for command in stats dry-run; do
		columns=$(program "$command" --help |
			sed -n '/^Columns/,/^$/s/^  \([^ ]*\) .*/\1/p' | paste -sd,)
		[[ $columns == NAME,UUID,*,REASON,WHY ]]
		succeeds -c "$(node idle)" "$command" --interval 1 -o "$columns"
	done
}

@test "--usage" {
	succeeds --usage
	[[ $output == "Usage: memcoord "* ]]
}

@test "--version" {
	succeeds --version
	[[ $output =~ ^memcoord\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "-V is --version, for a command too" {
	local version

	version=$(program --version)
	succeeds -V
	[[ $output == "$version" ]]
	succeeds stats --version
	[[ $output == "$version" ]]
}

@test "--help needs no configuration" {
	expect 0 -f "$BATS_TEST_TMPDIR/missing" --help
	expect 0 -f "$BATS_TEST_TMPDIR/missing" stats --help
}
