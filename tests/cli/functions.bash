# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Helpers of the command line tests.
#
# The program under test is $MEMCOORD, or else the first memcoord in PATH, so that the
# same tests run on the built and on the installed program. Everything happens inside
# libvirt's test driver, within the process: no daemon and no network are needed.

bats_require_minimum_version 1.5.0

# shellcheck source=tests/processes.bash
. "${BASH_SOURCE[0]%/*}/../processes.bash"
# shellcheck source=tests/requires.bash
. "${BASH_SOURCE[0]%/*}/../requires.bash"

MEMCOORD=${MEMCOORD:-memcoord}

# Nothing of the user's environment may change what is printed.
unset ARGP_HELP_FMT COLUMNS JOURNAL_STREAM LIBVIRT_DEBUG LIBVIRT_DEFAULT_URI \
	LIBVIRT_LOG_FILTERS LIBVIRT_LOG_OUTPUTS NO_COLOR POSIXLY_CORRECT \
	RUNTIME_DIRECTORY VIRSH_DEFAULT_CONNECT_URI
export LC_ALL=C TZ=UTC TERM=xterm

# An empty configuration, in place of the one that may be installed.
setup_program() {
	command -v "$MEMCOORD" >/dev/null || fail "$MEMCOORD: no such program"
	config=$BATS_TEST_TMPDIR/memcoord.conf
	: >"$config"
	export HOME=$BATS_TEST_TMPDIR XDG_CONFIG_HOME=$BATS_TEST_TMPDIR
	pid=
}

setup() {
	setup_program
}

teardown() {
	[[ -z $pid ]] || kill -KILL "$pid" 2>/dev/null || true
}

# Run the program, but not for ever.
program() {
	timeout -k 5 60 "$MEMCOORD" -f "$config" "$@"
}

# The URI of nodes/$1.xml.
node() {
	printf 'test://%s/nodes/%s.xml\n' "$BATS_TEST_DIRNAME" "$1"
}

# Run the program with standard output and standard error apart; it must exit with $1.
expect() {
	local wanted=$1

	shift
	run --separate-stderr program "$@"
	[[ $status == "$wanted" ]] ||
		fail "memcoord $*" "exited with $status, not $wanted" "$output" "$stderr"
}

# It does its work and says nothing on standard error.
succeeds() {
	expect 0 "$@"
	[[ -z $stderr ]] || fail "memcoord $*" "printed on stderr:" "$stderr"
}

# It prints nothing, exits with $1, and explains itself with a line that matches $2.
refuses() {
	local wanted=$1 pattern=$2

	shift 2
	expect "$wanted" "$@"
	[[ -z $output ]] || fail "memcoord $*" "printed on stdout:" "$output"
	# shellcheck disable=SC2053,SC2154 # a glob; set by run
	[[ ${stderr_lines[0]} == $pattern ]] ||
		fail "memcoord $*" "printed: $stderr" "instead of: $pattern"
}

# The same, and that line is all.
refuses_in_one_line() {
	refuses "$@"
	[[ ${#stderr_lines[@]} == 1 ]] ||
		fail "${#stderr_lines[@]} lines instead of one:" "$stderr"
}

# Take the place of this machine out of the output: where the nodes and where the
# configuration are. The table of the host is as wide as its URI, so its heading gives up
# as many spaces.
neutralize() {
	awk -v dir="test://$BATS_TEST_DIRNAME/nodes/" -v neutral=test:///nodes/ '
		/^URI  / { heading = $0; next }
		{ at = index($0, dir) }
		heading != "" {
			cut = at == 1 ? length(dir) - length(neutral) : 0
			print "URI" substr(heading, 4 + cut)
			heading = ""
		}
		at {
			$0 = substr($0, 1, at - 1) neutral substr($0, at + length(dir))
		}
		{ sub(/[^ ]*\/memcoord\/memcoord\.conf/, "SYSCONFDIR/memcoord/memcoord.conf") }
		{ print }
	'
}

# What the program prints on success is golden/$1. MEMCOORD_UPDATE_GOLDEN=1 writes it anew.
golden() {
	local wanted=$BATS_TEST_DIRNAME/golden/$1 got=$BATS_TEST_TMPDIR/golden

	shift
	succeeds "$@"
	neutralize <<<"$output" >"$got"
	if [[ -n ${MEMCOORD_UPDATE_GOLDEN:-} ]]; then
		cp "$got" "$wanted"
	fi
	diff -u "$wanted" "$got"
}

# Wait until the command $@ succeeds: at most 20 s.
eventually() {
	local i

	for ((i = 0; i < 200; i++)); do
		"$@" && return 0
		sleep 0.1
	done
	fail "never came true: $*"
}

# Start the program with its pid in $pid and its output in the files out and err.
start() {
	out=$BATS_TEST_TMPDIR/out
	err=$BATS_TEST_TMPDIR/err
	# Now: what the one before has said must not be taken for what this one says.
	: >"$out" 2>"$err"
	"$MEMCOORD" -f "$config" "$@" >"$out" 2>"$err" 3>&- &
	pid=$!
}

# It has printed a line with $1 on standard error, at least $2 times.
has_said() {
	(($(grep -c -e "$1" "$err") >= ${2:-1}))
}

# Its output file has at least $1 lines that match $2.
has_printed() {
	(($(grep -c -e "$2" "$out") >= $1))
}

# Send signal $1; the program must end with status $2 within 2 s.
stop() {
	local begun=${EPOCHREALTIME/./} status=0

	kill -s "$1" "$pid"
	await_end "$pid" || status=$?
	pid=
	[[ $status == "$2" ]] || fail "ended with $status, not $2" "$(<"$err")"
	((${EPOCHREALTIME/./} - begun < 2000000)) || fail "took more than 2 s to stop"
}
