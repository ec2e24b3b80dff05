#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# get: which settings hold, and where they are from.

load functions

# What libvirt does not give it: see refusing.c. Built by "make check", in the build tree.
REFUSING=${REFUSING:-tests/cli/refusing}

rules='domain_floor = "128 MiB"; domains = (
    { match = "db-1"; ceiling = "3 GiB"; weight = 50; },
    { match = "plain"; managed = false; },
    { match = "db-*"; weight = 7; }
);'

@test "metadata, configuration and defaults" {
	echo "$rules" >"$config"
	golden get-settings -c "$(node settings)" get "db-*" plain passing
}

@test "--config: the persistent definitions, of inactive domains too" {
	echo "$rules" >"$config"
	golden get-config -c "$(node settings)" get --config "db-*" plain shut-off
}

@test "--config shows no figures but the maximum, and no id of who does not run" {
	expect 0 -c "$(node settings)" get --config -rn \
		-o NAME,ID,STATE,CLASS,CURRENT,MAXIMUM,RSS,PERIOD 'db-1' 'shut-off'
	[[ $output == "db-1 1 running - - 4G - -
shut-off - shut\x20off - - 2G - -" ]]
}

# Be the program to which it gives no persistent definition of the domains that $@ name:
# use_refusing DENIED=NAME BROKEN=NAME GONE=NAME.
use_refusing() {
	[[ -x $REFUSING ]] || skip "$REFUSING is not built"
	export MEMCOORD=$REFUSING "${@?}"
}

@test "--config: a definition that cannot be read hides no other" {
	use_refusing DENIED=plain BROKEN=db-2
	expect 1 -c "$(node settings)" get --config -rn \
		-o NAME,STATE,MANAGED,FLOOR,CEILING,WEIGHT,SOURCE,MAXIMUM,MODE,TRAITS,WHY \
		db-1 db-2 plain
	[[ $output == "db-1 running yes 1G - 200 metadata 4G MANAGED - -
db-2 running - - - - - - - - -
plain running - - - - - - - - -" ]]
	[[ ${#stderr_lines[@]} == 2 ]]
	[[ $stderr == *"memcoord: db-2: its persistent definition cannot be read: libvirt gives XML that cannot be parsed"* ]]
	[[ $stderr == *"memcoord: plain: its persistent definition cannot be read: operation forbidden: "* ]]
}

@test "--config: who is undefined in this moment is not there, and nothing else is amiss" {
	use_refusing GONE=plain
	expect 0 -c "$(node settings)" get --config -rn -o NAME
	[[ $output == *db-1* && $output$stderr != *plain* ]]
}

@test "--config: what cannot be read is no matter if it is not shown" {
	use_refusing DENIED=plain
	succeeds -c "$(node settings)" get --config db-1
	succeeds -c "$(node settings)" get plain
}

@test "--config: what cannot be read does not end a watch, and is told once" {
	use_refusing DENIED=plain
	start -c "$(node settings)" get --config --watch 1 -rn -o NAME plain
	eventually has_printed 3 '^plain$'
	stop TERM 143
	[[ $(wc -l <"$err") == 1 ]]
}

@test "JSON: what a definition tells is null where it cannot be read" {
	requires jq
	use_refusing DENIED=plain
	expect 1 -c "$(node settings)" get --config -J plain
	[[ $(jq -c '.domains[0] | [.name, .managed, .floor, .weight, .source, .mode, .traits]' \
		<<<"$output") == '["plain",null,null,null,null,null,null]' ]]
}

@test "JSON" {
	requires jq
	golden get-settings.json -c "$(node settings)" get -J db-1 db-2 plain \
		-o NAME,MANAGED,FLOOR,CEILING,WEIGHT,SOURCE
	succeeds -c "$(node idle)" get -J
	[[ $(jq -c . <<<"$output") == '{"domains":[]}' ]]
}

@test "no domains" {
	succeeds -c "$(node idle)" get
	[[ $output == "No active domains." ]]
	succeeds -c "$(node idle)" get -rn
	[[ -z $output ]]
	succeeds -c "$(node idle)" get --config
	[[ ${lines[1]} == "shut-off yes "* ]]
}

@test "bad metadata is told in one line, and ignored" {
	expect 0 -c "$(node settings)" get -rn -o NAME,WEIGHT,SOURCE wrong
	[[ $output == "wrong 100 default" ]]
	[[ $stderr == "memcoord: wrong: its metadata is ignored: weight must be a whole number from 1 to 10000 ('memcoord set DOMAIN --clear' takes it back)" ]]
	expect 0 -c "$(node settings)" get --config wrong-off
	[[ $stderr == "memcoord: wrong-off: its metadata is ignored: managed must be yes or no ('memcoord set DOMAIN --clear --config' takes it back)" ]]
}

@test "bad metadata of domains that are not shown is not told" {
	succeeds -c "$(node settings)" get db-1
	succeeds -c "$(node settings)" get --config shut-off
}

@test "bad metadata is told once, however long it is watched" {
	start -c "$(node settings)" get --watch 1 -rn -o NAME
	eventually has_printed 3 '^wrong$'
	stop TERM 143
	[[ $(wc -l <"$err") == 1 ]]
}

@test "names of domains in warnings cannot do any harm" {
	cat >"$BATS_TEST_TMPDIR/node.xml" <<-'EOT'
		<node>
		  <domain type='test'>
		    <name>a&#x9b;2Jb</name>
		    <metadata><m:settings xmlns:m='urn:memcoord:domain:1' weight='x'/></metadata>
		    <memory unit='MiB'>64</memory>
		    <os><type>hvm</type></os>
		  </domain>
		</node>
	EOT
	expect 0 -c "test://$BATS_TEST_TMPDIR/node.xml" get
	[[ $stderr == "memcoord: a 2Jb: its metadata is ignored: "* ]]
}

@test "a domain that is not there" {
	refuses_in_one_line 1 "memcoord: shut-off: no active domain of that name or UUID" \
		-c "$(node settings)" get shut-off
	refuses_in_one_line 1 "memcoord: passing: no persistent domain of that name or UUID" \
		-c "$(node settings)" get --config passing
}

@test "run tells of bad metadata once, and goes on without it" {
	expect 0 -v -c "$(node settings)" run --cycles 3 --period 1
	[[ $(grep -c "its metadata is ignored" <<<"$stderr") == 1 ]]
	[[ $stderr == *"memcoord: wrong: its metadata is ignored: weight must be "* ]]
	[[ $stderr == *"memcoord: db-2: UNMANAGED, its settings leave it out"* ]]
}

@test "the settings are columns of the other tables as well" {
	succeeds -c "$(node settings)" stats -rn -o NAME,MANAGED,SOURCE db-1 db-2
	[[ $output == "db-1 yes metadata
db-2 no metadata" ]]
}
