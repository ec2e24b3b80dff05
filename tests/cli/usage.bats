#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Wrong command lines: status 64, nothing on stdout, a reason on stderr.

load functions

@test "no command" {
	refuses_in_one_line 64 "memcoord: a command is missing (*--help*)"
	refuses_in_one_line 64 "memcoord: a command is missing (*--help*)" -c test:///default
	refuses_in_one_line 64 "memcoord: a command is missing (*--help*)" --
}

@test "unknown command" {
	refuses_in_one_line 64 "memcoord: unknown command 'nope' (*--help*)" nope
	refuses_in_one_line 64 "memcoord: unknown command 'Stats' (*--help*)" Stats
	refuses_in_one_line 64 "memcoord: unknown command 'stat' (*--help*)" stat
	refuses_in_one_line 64 "memcoord: unknown command '' (*--help*)" ""
}

@test "unknown global option" {
	local cure="('memcoord --help' lists the options)"

	refuses_in_one_line 64 "memcoord: unrecognized option '--nope' $cure" --nope stats
	refuses_in_one_line 64 "memcoord: invalid option -- 'z' $cure" -z stats
	refuses_in_one_line 64 "memcoord: option '--quiet' doesn't allow an argument $cure" \
		--quiet=1 stats
	refuses_in_one_line 64 "memcoord: option '--con=x' is ambiguous; *--config* $cure" \
		--con=x stats
}

@test "missing argument of a global option" {
	local cure="('memcoord --help' lists the options)"

	refuses_in_one_line 64 "memcoord: option requires an argument -- 'c' $cure" -c
	refuses_in_one_line 64 "memcoord: option '--connect' requires an argument $cure" \
		--connect
	refuses_in_one_line 64 "memcoord: option '--config' requires an argument $cure" \
		--config
}

@test "an empty URI is none" {
	refuses_in_one_line 64 "memcoord: --connect must be a libvirt URI, not ''" -c "" stats
	refuses_in_one_line 64 "memcoord: --connect must be a libvirt URI, not ''" \
		--connect= --check-config
}

@test "errors of a command name the command" {
	local command

	for command in run once dry-run stats classify get set simulate; do
		refuses_in_one_line 64 \
			"memcoord $command: unrecognized option '--nope' ('memcoord $command --help' lists the options)" \
			"$command" --nope
	done
}

@test "a wrong option is told in one line, whatever is in it" {
	refuses_in_one_line 64 \
		"memcoord stats: unrecognized option '--a Try  [[]2J??' ('memcoord stats *" \
		stats $'--a\nTry \e[2J\xfc\xff'
}

@test "--help is no error" {
	succeeds stats --help
	succeeds stats --usage
}

@test "global options do not stand behind the command" {
	refuses_in_one_line 64 "memcoord stats: invalid option -- 'c' (*)" stats -c test:///default
	refuses_in_one_line 64 "memcoord run: unrecognized option '--connect=x' (*)" run --connect=x
	refuses_in_one_line 64 "memcoord run: invalid option -- 'f' (*)" run -f x
}

@test "options of a command do not stand before it" {
	refuses_in_one_line 64 "memcoord: invalid option -- 'J' (*)" -J stats
}

# Every one of these is no number from $min to $max.
refuses_numbers() {
	local command=$1 option=$2 min=$3 max=$4 bad

	for bad in 0 -1 +1 "" " 1" "1 " x 1x 0x1 1.5 1e3 "$((max + 1))" 4294967297 \
		18446744073709551617 99999999999999999999999999; do
		refuses_in_one_line 64 \
			"memcoord $command: $option must be a whole number from $min to $max, not '$bad'" \
			"$command" "$option=$bad"
	done
	refuses_in_one_line 64 "memcoord $command: option '$option' requires an argument (*)" \
		"$command" "$option"
}

@test "run --period" {
	refuses_numbers run --period 1 3600
}

@test "run --cycles" {
	refuses_numbers run --cycles 1 2147483647
}

@test "stats --interval" {
	refuses_numbers stats --interval 1 3600
}

@test "stats --watch" {
	refuses_numbers stats --watch 1 3600
}

@test "classify, dry-run, once --interval" {
	local command

	for command in classify dry-run once; do
		refuses_in_one_line 64 \
			"memcoord $command: --interval must be a whole number from 1 to 3600, not '0'" \
			"$command" --interval 0
	done
}

@test "numbers with leading zeros are decimal" {
	succeeds -c "$(node idle)" stats --interval 001
}

@test "run takes no arguments" {
	refuses_in_one_line 64 "memcoord run: unexpected argument 'db-1'" run db-1
	refuses_in_one_line 64 "memcoord run: unexpected argument 'x'" run --cycles 1 x
	refuses_in_one_line 64 "memcoord run: unexpected argument ''" run ""
}

@test "once cannot be watched" {
	refuses_in_one_line 64 "memcoord once: unrecognized option '--watch' (*)" once --watch 1
}

@test "unknown column" {
	local command

	for command in stats classify dry-run once get; do
		refuses_in_one_line 64 "memcoord: --output: unknown column 'NOPE' (*--help*)" \
			"$command" -o NAME,NOPE
	done
}

@test "a column of another table is unknown" {
	refuses_in_one_line 64 "memcoord: --output: unknown column 'FROM' *" stats -o FROM
	refuses_in_one_line 64 "memcoord: --output: unknown column 'STATE' *" \
		dry-run -o NAME,STATE
}

@test "empty elements of --output" {
	local columns

	for columns in "" "," "NAME," ",NAME" "NAME,,UUID"; do
		refuses_in_one_line 64 "memcoord: --output: unknown column '' *" \
			stats -o "$columns"
	done
}

@test "column names are whole names without spaces" {
	refuses_in_one_line 64 "memcoord: --output: unknown column 'NAM' *" stats -o NAM
	refuses_in_one_line 64 "memcoord: --output: unknown column 'NAMES' *" stats -o NAMES
	refuses_in_one_line 64 "memcoord: --output: unknown column ' UUID' *" \
		stats -o "NAME, UUID"
}

@test "wrong usage is found before the connection is made" {
	refuses_in_one_line 64 "memcoord: --output: *" -c nonsense:/// stats -o NOPE
	refuses 64 "memcoord run: *" -c nonsense:/// run --period 0
}
