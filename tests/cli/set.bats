#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# set, as far as libvirt's test driver can show it: what is set ends with the process.
# tests/guests/settings.bats has the rest.

load functions

# Set in the host "settings"; quiet.
sets() {
	succeeds -c "$(node settings)" set "$@"
	[[ -z $output ]]
}

# It is refused in one line that begins with "memcoord: $1".
does_not_set() {
	local text=$1

	shift
	refuses_in_one_line 1 "memcoord: $text" -c "$(node settings)" set "$@"
}

# The same for wrong usage, without any connection.
is_misused() {
	local text=$1

	shift
	refuses_in_one_line 64 "memcoord set: $text" -c nonsense:/// set "$@"
}

@test "success is quiet" {
	sets db-1 --floor "2 GiB"
	sets db-1 --floor 2G --ceiling "3.5 GiB" --weight 10000 --managed no
	sets db-1 --floor 50M --live
	sets db-1 --floor 50M --config
	sets db-1 --floor 50M --live --config
	sets --weight 1 shut-off --config
	sets db-1 --clear
	sets plain --clear --live --config
	sets db-1 --clear --weight 7
	sets passing --weight 7
}

@test "a domain by its name, UUID or id" {
	sets db-1 --weight 7
	sets 00000000-0000-4000-8000-00000000000A --weight 7
	sets 1 --weight 7
	does_not_set "00000000-0000-4000-8000-0000000000ff: no domain of that name, UUID or id" \
		00000000-0000-4000-8000-0000000000ff --weight 7
	does_not_set "99: no domain of that name, UUID or id" 99 --weight 7
	does_not_set "db-[*]: no domain of that name, UUID or id" "db-*" --weight 7
	does_not_set ": no domain of that name, UUID or id" "" --weight 7
}

@test "default takes one choice back" {
	sets db-1 --floor default
	sets db-1 --ceiling default --weight default --managed default
	# the floor goes, and with it what stood in the way of this
	does_not_set "db-1: floor must not be above ceiling (*)" db-1 --ceiling 512M
	sets db-1 --ceiling 512M --floor default
	sets db-1 --ceiling 512M --floor 1G --floor default
}

@test "a value that is wrong is told with what would be right" {
	local size='must be a size from "50 MiB" to "1024 TiB", or default'

	is_misused "floor $size, not '49 MiB'" db-1 --floor "49 MiB"
	is_misused "floor $size, not '512'" db-1 --floor 512
	is_misused "ceiling $size, not '2000 TiB'" db-1 --ceiling "2000 TiB"
	is_misused "ceiling $size, not ''" db-1 --ceiling=
	is_misused "weight must be a whole number from 1 to 10000, or default, not '0'" \
		db-1 --weight 0
	is_misused "weight must be a whole number from 1 to 10000, or default, not '-1'" \
		db-1 --weight=-1
	is_misused "managed must be yes or no, or default, not 'true'" db-1 --managed true
	is_misused "floor must not be above ceiling" db-1 --floor 2G --ceiling 1G
}

@test "wrong usage" {
	is_misused "nothing to set (*--clear*)" db-1
	is_misused "nothing to set (*--clear*)" db-1 --live --config
	is_misused "a DOMAIN is missing" --weight 7
	is_misused "unexpected argument 'db-2': one domain at a time" db-1 db-2 --weight 7
	is_misused "option '--floor' requires an argument (*)" db-1 --floor
	is_misused "unrecognized option '--json' (*)" db-1 --json
}

@test "a wrong configuration" {
	echo 'period = 0;' >"$config"
	refuses_in_one_line 78 "memcoord: *:1: period must be *" \
		-c "$(node settings)" set db-1 --weight 7
}

@test "what is already there counts" {
	does_not_set "db-1: floor must not be above ceiling (its live metadata would be <settings floor=\"1 GiB\" ceiling=\"512 MiB\" weight=\"200\"/>)" \
		db-1 --ceiling 512M
	does_not_set "shut-off: floor must not be above ceiling (its persistent metadata would be *)" \
		shut-off --config --floor 1.8G
	sets db-1 --clear --ceiling 512M
}

@test "a floor above the maximum" {
	does_not_set "plain: floor 2.1 GiB must not be above the maximum memory of its live definition, 2 GiB" \
		plain --floor 2150M
	does_not_set "plain: floor 3 GiB must not be above the maximum memory of its persistent definition, 2 GiB" \
		plain --floor 3G --config
	sets plain --floor 2G --config
}

@test "invalid metadata is refused, unless it is taken back" {
	does_not_set "wrong: its live metadata is invalid: weight must be * (--clear takes it back)" \
		wrong --floor 2G
	does_not_set "wrong-off: its persistent metadata is invalid: managed must be yes or no (--clear takes it back)" \
		wrong-off --floor 2G --config
	sets wrong --clear
	sets wrong --clear --floor 2G
}

@test "who does not run, and who has no persistent definition" {
	does_not_set "shut-off: it is not running (--config alone *)" shut-off --weight 7
	does_not_set "shut-off: it is not running (--config alone *)" \
		shut-off --weight 7 --live --config
	does_not_set "passing: it is transient * (leave out --config)" passing --weight 7 --config
	does_not_set "passing: it is transient * (leave out --config)" \
		passing --weight 7 --live --config
}

@test "whom the configuration leaves out: done, with a warning" {
	echo 'domains = ( { match = "db-2"; managed = false; } );' >"$config"
	expect 0 -c "$(node settings)" set db-2 --managed yes
	[[ $stderr == "memcoord: db-2: is set, but the configuration leaves it out (managed = false) all the same" ]]
	sets db-2 --managed no
	sets db-1 --managed yes
	sets db-2 --weight 7
}
