#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# top: what is on the terminal, what keys do to it, and what is left behind.

load functions
load terminal

teardown() {
	close_terminal
	[[ ! -s ${daemon_dir:-}/pid ]] || kill -KILL "$(<"$daemon_dir/pid")" 2>/dev/null || true
	[[ -z ${daemon_dir:-} ]] || rm -rf "$daemon_dir"
}

# Open a terminal of $1 columns and $2 lines, and start top of nodes/mixed.xml in it. It
# looks once: the statistics of the test driver never change, and soon are too old.
show_mixed() {
	open_terminal "$@"
	start_in_terminal -c "$(node mixed)" top --period 60
	eventually shows '^q quit '
}

# The URI of a new host with $1 domains, vm1 and so on.
node_of() {
	local i

	{
		echo "<node>"
		for ((i = 1; i <= $1; i++)); do
			echo "<domain type='test'><name>vm$i</name>"
			printf '<uuid>00000000-0000-4000-8000-%012d</uuid>' "$i"
			echo "<memory unit='MiB'>$((64 + i))</memory>"
			echo "<os><type>hvm</type></os>"
			echo "<devices><memballoon model='virtio'><stats period='1'/></memballoon></devices>"
			echo "</domain>"
		done
		echo "</node>"
	} >"$BATS_TEST_TMPDIR/node.xml"
	echo "test://$BATS_TEST_TMPDIR/node.xml"
}

# Open a terminal of 80x24 with 500 domains.
show_500() {
	open_terminal 80 24
	start_in_terminal -c "$(node_of 500)" top
	eventually shows '^q quit .* 1-16 of 500$'
}

@test "without a terminal it names what needs none" {
	refuses_in_one_line 64 \
		"memcoord: top needs a terminal for input and output ('memcoord stats --watch 2' does not)" \
		-c test:///default top
}

@test "wrong usage, and no connection, are told as elsewhere" {
	refuses_in_one_line 64 "*--period must be a whole number from 1 to 3600, not '0'*" \
		top --period 0
	refuses_in_one_line 64 "*there is no policy 'nice'*" top --policy nice
	open_terminal 80 24
	start_in_terminal -c nonsense:/// top
	leaves_terminal_sane 1
	shows '^memcoord: cannot connect to nonsense:'
}

@test "a name that no active domain has" {
	open_terminal 80 24
	start_in_terminal -c "$(node mixed)" top nope
	leaves_terminal_sane 1
	shows '^memcoord: nope: no active domain of that name or UUID$'
}

@test "a terminal that is not known, or cannot move its cursor" {
	local type

	for type in nonsense dumb; do
		open_terminal 100 24
		type_line "export TERM=$type"
		start_in_terminal -c test:///default top
		eventually shows '^status: 1$'
		shows "^memcoord: cannot use this terminal: its type is not known or too simple \(set TERM, or use"
		close_terminal
	done
}

@test "80x24" {
	show_mixed 80 24
	golden_screen top-80x24
	line_shows 1 ' fair, every 60 s  OVERLOAD  [0-2][0-9]:[0-5][0-9]:[0-5][0-9]$'
}

@test "120x40" {
	show_mixed 120 40
	golden_screen top-120x40
}

@test "40x10" {
	show_mixed 40 10
	golden_screen top-40x10
}

@test "ASCII, on a terminal without colours" {
	show_mixed 80 24 LC_ALL=C TERM=vt100
	golden_screen top-ascii
	in_terminal capture-pane -p -e >"$BATS_TEST_TMPDIR/escapes"
	run grep -c -e $'\033\\[[0-9;]*3[0-7]m' "$BATS_TEST_TMPDIR/escapes"
	[[ $output == 0 ]]
	press h
	eventually shows '^Up, Down: scroll;'
	run -1 grep -q -e '[^ -~]' <(screen)
	press q q
	leaves_terminal_sane 0
}

@test "colours, and NO_COLOR" {
	show_mixed 80 24
	in_terminal capture-pane -p -e | grep -q -e $'\033\\[32mB'
	press q
	leaves_terminal_sane 0
	type_line 'clear; export NO_COLOR=1'
	start_in_terminal -c "$(node mixed)" top --period 60
	eventually shows '^q quit '
	in_terminal capture-pane -p -e >"$BATS_TEST_TMPDIR/escapes"
	run -1 grep -q -e $'\033\\[[0-9;]*3[0-7]m' "$BATS_TEST_TMPDIR/escapes"
}

@test "a host without active domains" {
	open_terminal 80 24
	start_in_terminal -c "$(node idle)" top
	eventually shows '^No active domains\.$'
	shows '^0 domains '
	press q
	leaves_terminal_sane 0
}

@test "DOMAIN arguments choose rows" {
	open_terminal 80 24
	start_in_terminal -c "$(node mixed)" top 'db-*' 'with a space'
	eventually shows '^3 domains '
	shows '^db-1 '
	shows '^with a space '
	shows_not '^paused '
}

@test "--period and --policy" {
	open_terminal 80 24
	start_in_terminal -c "$(node mixed)" top --period 7 --policy classic
	eventually line_shows 1 ' classic, every 7 s '
	press + + -
	eventually line_shows 1 ' classic, every 8 s '
}

@test "the period of the configuration, and its end" {
	echo 'period = 1;' >"$config"
	open_terminal 80 24
	start_in_terminal -c "$(node mixed)" top
	eventually line_shows 1 'every 1 s '
	press -
	press +
	eventually line_shows 1 'every 2 s '
}

@test "keys sort" {
	show_500
	line_shows 8 '^vm1 '
	press r
	eventually line_shows 8 '^vm500 '
	eventually shows 'by NAME reversed$'
	press 5
	eventually shows 'by CURRENT$'
	eventually line_shows 8 '^vm500 '
	press 5
	eventually line_shows 8 '^vm1 '
	press '>'
	eventually shows 'by MAXIMUM$'
	eventually line_shows 8 '^vm500 '
	press '<' '<'
	eventually shows 'by USED$'
}

@test "keys filter" {
	show_500
	press /
	eventually line_shows 24 '^Filter:$'
	in_terminal send-keys -l M49
	eventually line_shows 24 '^Filter: M49$'
	line_shows 8 '^vm49 '
	line_shows 9 '^vm490 '
	line_shows 18 '^vm499 '
	line_shows 19 '^$'
	press Enter
	eventually line_shows 24 '^q quit '
	shows '  /M49  by NAME$'
	press / BSpace BSpace BSpace
	eventually line_shows 24 '^Filter:$'
	in_terminal send-keys -l 'vm?7'
	eventually line_shows 24 '^Filter: vm\?7$'
	line_shows 8 '^vm17 '
	line_shows 16 '^vm97 '
	line_shows 17 '^$'
	press Escape
	eventually line_shows 8 '^vm49 '
	press Escape
	eventually line_shows 8 '^vm1 '
	press /
	in_terminal send-keys -l nothing
	eventually shows '^No domain of such a name\.$'
	press Enter q
	leaves_terminal_sane 0
}

@test "a character that comes in parts, or is none, is not the end of the terminal" {
	show_mixed 80 24
	press -H c3
	press h
	eventually shows '^Keys'
	press h
	eventually shows '^q quit '
	press -H ff
	press /
	press -H c3
	press -H a4
	press Escape
	eventually shows '^q quit '
}

@test "a character that is none does not swallow the keys that come with it" {
	show_mixed 80 24
	press -H ff 2f # and /
	eventually line_shows 24 '^Filter:$'
	press -H c3
	press -H 64 # d: the other part never came
	eventually line_shows 24 '^Filter: d'
	press -H c3
	press -H a4 64
	eventually line_shows 24 '^Filter: däd'
	press -H ff 1b # Escape
	eventually shows '^q quit '
}

@test "keys scroll through 500 domains" {
	show_500
	line_shows 8 '^vm1 '
	press Down
	eventually line_shows 24 ' 2-17 of 500$'
	line_shows 8 '^vm2 '
	press NPage
	eventually line_shows 24 ' 17-32 of 500$'
	press End
	eventually line_shows 24 ' 485-500 of 500$'
	line_shows 23 '^vm500 '
	press Down NPage PPage
	eventually line_shows 24 ' 470-485 of 500$'
	press Home Up
	eventually line_shows 24 ' 1-16 of 500$'
	press End
	eventually line_shows 23 '^vm500 '
	resize 100 20
	eventually line_shows 20 ' 485-496 of 500$'
	resize 80 40
	eventually line_shows 40 ' 469-500 of 500$'
}

# The time of the last look.
clock() {
	screen | sed -n '1s/.* //p'
}

clock_is_not() {
	[[ $(clock) != "$1" ]]
}

it_is_not() {
	[[ $(date +%T) != "$1" ]]
}

@test "it looks again and again, every 2 s unless told otherwise" {
	open_terminal 80 24
	start_in_terminal -c "$(node mixed)" top
	eventually line_shows 1 'fair, every 2 s '
	eventually clock_is_not "$(clock)"
}

@test "keys pause and go on" {
	local paused

	show_mixed 80 24
	press p
	eventually line_shows 1 ' PAUSED  [0-9:]*$'
	paused=$(clock)
	# keys work as before
	press r
	eventually shows 'by NAME reversed$'
	press +
	eventually line_shows 1 'every 61 s '
	eventually it_is_not "$paused"
	[[ $(clock) == "$paused" ]]
	# it does not wait for the end of the period
	press Space
	eventually clock_is_not "$paused"
	line_shows 1 ' every 61 s  OVERLOAD  [0-9:]*$'
}

@test "help" {
	show_mixed 80 24
	press h
	eventually shows '^Up, Down: scroll;'
	golden_screen top-help
	press End
	eventually shows '^  others  '
	press q
	eventually shows '^db-1 '
	press '?'
	eventually shows '^Keys$'
	press Escape
	eventually shows '^db-1 '
}

@test "any size, and back again" {
	local size

	show_mixed 80 24
	for size in '200 60' '1 1' '2 50' '150 2' '30 8' '10 3'; do
		# shellcheck disable=SC2086 # two numbers
		resize $size
		press j k h h
	done
	resize 80 24
	eventually screen_is top-80x24 >/dev/null
	press q
	leaves_terminal_sane 0
}

@test "names cannot break the screen" {
	cat >"$BATS_TEST_TMPDIR/node.xml" <<-EOF
		<node>
		  <domain type='test'><name>&#x9b;31mred&#x9b;2J</name>
		    <memory unit='MiB'>64</memory><os><type>hvm</type></os></domain>
		  <domain type='test'><name>&#x202e;backwards</name>
		    <memory unit='MiB'>64</memory><os><type>hvm</type></os></domain>
		  <domain type='test'><name>&#x301;combining&#x301;</name>
		    <memory unit='MiB'>64</memory><os><type>hvm</type></os></domain>
		  <domain type='test'><name>中文中文中文中文中文中文中文中文中文中文中文</name>
		    <memory unit='MiB'>64</memory><os><type>hvm</type></os></domain>
		  <domain type='test'><name>a中文中文中文中文中文中文中文中文中文中文中文</name>
		    <memory unit='MiB'>64</memory><os><type>hvm</type></os></domain>
		  <domain type='test'><name>grün 🐧</name>
		    <memory unit='MiB'>64</memory><os><type>hvm</type></os></domain>
		</node>
	EOF
	open_terminal 80 24
	start_in_terminal -c "test://$BATS_TEST_TMPDIR/node.xml" top --period 60
	eventually shows '^q quit '
	golden_screen top-names
	press q
	leaves_terminal_sane 0
}

@test "q leaves the terminal as it was" {
	show_mixed 80 24
	[[ $(in_terminal display -p '#{alternate_on} #{cursor_flag}') == "1 0" ]]
	press q
	leaves_terminal_sane 0
	shows_not 'db-1'
}

@test "q leaves a vt100 as it was" {
	show_mixed 80 24 TERM=vt100
	press q
	leaves_terminal_sane 0
}

@test "so do Ctrl-C and Ctrl-\\" {
	local key

	for key in C-c $'C-\\'; do
		show_mixed 80 24
		press "$key"
		leaves_terminal_sane 0
		close_terminal
	done
}

@test "so do SIGTERM, SIGINT, SIGHUP and SIGQUIT" {
	local signal

	for signal in TERM INT HUP QUIT; do
		show_mixed 80 24
		kill -s "$signal" "$(running_pid)"
		leaves_terminal_sane 0
		close_terminal
	done
}

@test "so do these while it pauses, asks, and helps" {
	local key

	for key in p / h; do
		show_mixed 80 24
		press "$key"
		eventually shows 'PAUSED|^Filter:|^Keys'
		kill -s TERM "$(running_pid)"
		leaves_terminal_sane 0
		close_terminal
	done
}

@test "Ctrl-S does not stop it" {
	show_mixed 80 24
	press C-s
	press r
	eventually shows 'by NAME reversed$'
	press q
	leaves_terminal_sane 0
}

@test "Ctrl-Z gives the terminal back, fg takes it again" {
	show_mixed 80 24
	press C-z
	eventually shows 'Stopped'
	[[ $(in_terminal display -p '#{alternate_on} #{cursor_flag}') == "0 1" ]]
	type_line "clear; stty -a >$BATS_TEST_TMPDIR/stopped"
	eventually test -s "$BATS_TEST_TMPDIR/stopped"
	modes_are_as_before "$BATS_TEST_TMPDIR/stopped"
	resize 90 20
	type_line 'fg >/dev/null; echo status: $?'
	eventually line_shows 20 '^q quit '
	shows '^db-1 '
	press q
	leaves_terminal_sane 0
}

@test "Ctrl-L draws what somebody else has overwritten" {
	show_mixed 80 24
	printf '\033[2J' >"$(in_terminal display -p '#{pane_tty}')"
	eventually shows_not '^db-1 '
	press C-l
	eventually shows '^db-1 '
}

@test "it ends with its terminal" {
	show_mixed 80 24 ASAN_OPTIONS=detect_leaks=0
	take_terminal_away
	eventually is_gone
}

# Start a libvirtd of this test's own; its URI of the test driver is in $daemon_uri.
start_daemon() {
	local as=() path

	path=$(PATH=$PATH:/usr/sbin command -v libvirtd) || skip "libvirtd is not installed"
	requires virsh
	daemon_dir=${daemon_dir:-$(mktemp -d /tmp/mc-top.XXXXXX)}
	mkdir -p "$daemon_dir"/{home,run,config,cache}
	chmod 755 "$daemon_dir"
	chmod 700 "$daemon_dir/run"
	# root's would be the machine's own
	if [[ $EUID == 0 ]]; then
		requires setpriv
		chown -R nobody: "$daemon_dir"
		as=(setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups)
	fi
	HOME=$daemon_dir/home XDG_RUNTIME_DIR=$daemon_dir/run \
		XDG_CONFIG_HOME=$daemon_dir/config XDG_CACHE_HOME=$daemon_dir/cache \
		"${as[@]}" "$path" --daemon --timeout 120 --pid-file "$daemon_dir/pid" \
		</dev/null >"$BATS_TEST_TMPDIR/daemon" 2>&1 3>&- ||
		fail "$(<"$BATS_TEST_TMPDIR/daemon")"
	daemon_uri="test+unix:///default?socket=$daemon_dir/run/libvirt/libvirt-sock"
}

end_daemon() {
	kill -KILL "$(<"$daemon_dir/pid")"
}

@test "a change of size is shown, whoever makes it" {
	start_daemon
	open_terminal 80 24
	start_in_terminal -c "$daemon_uri" top --period 1
	eventually shows '^test .* 2G '
	virsh -c "$daemon_uri" setmem test 1G --live
	eventually shows '^test .* 1G .* ↓1G +[0-9]s '
	virsh -c "$daemon_uri" setmem test 1536M --live
	eventually shows '^test .* 1\.5G .* ↑512M +[0-9]s '
}

@test "a lost connection is told, and made again" {
	start_daemon
	open_terminal 80 24
	start_in_terminal -c "$daemon_uri" top --period 1
	eventually shows '^test '
	end_daemon
	eventually line_shows 24 '^connection lost [0-9]+s ago, trying again: '
	# what was last seen remains, and keys do what they do
	shows '^test '
	press r
	eventually shows 'by NAME reversed$'
	rm -f "$daemon_dir/pid"
	start_daemon
	eventually line_shows 24 '^q quit '
	press q
	leaves_terminal_sane 0
}

@test "a lost connection is made again during a pause, too" {
	local paused

	start_daemon
	open_terminal 80 24
	start_in_terminal -c "$daemon_uri" top --period 1
	eventually shows '^test '
	press p
	eventually line_shows 1 ' PAUSED '
	paused=$(clock)
	end_daemon
	eventually line_shows 24 '^connection lost '
	rm -f "$daemon_dir/pid"
	start_daemon
	eventually line_shows 24 '^q quit '
	[[ $(clock) == "$paused" ]]
}

@test "a signal ends it while the connection is lost" {
	start_daemon
	open_terminal 80 24
	start_in_terminal -c "$daemon_uri" top --period 1
	eventually shows '^test '
	end_daemon
	eventually shows '^connection lost '
	kill -s TERM "$(running_pid)"
	leaves_terminal_sane 0
}

@test "keys are answered while libvirtd hangs" {
	start_daemon
	open_terminal 80 24
	start_in_terminal -c "$daemon_uri" top --period 1
	eventually shows '^test '
	kill -STOP "$(<"$daemon_dir/pid")"
	press r
	eventually shows 'by NAME reversed$'
	press h
	eventually shows '^Keys$'
	press h
	eventually shows '^connection lost '
	press q
	leaves_terminal_sane 0
}
