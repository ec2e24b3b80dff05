# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests of the documentation share.
# MEMCOORD: the program (default: memcoord in PATH); srcdir: the sources.

LC_ALL=C.UTF-8
export LC_ALL

# shellcheck disable=SC2034 # for those who load this
{
	memcoord=${MEMCOORD:-memcoord}
	srcdir=${srcdir:-$(dirname "$0")/..}
	page1=$srcdir/man/memcoord.1
	page5=$srcdir/man/memcoord.conf.5
	pagescenario=$srcdir/man/memcoord-scenario.5
	pagemetrics=$srcdir/man/memcoord-metrics.7
	conf=$srcdir/conf/memcoord.conf
}

work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM

n=0
n_failed=0

ok() { # NAME
	n=$((n + 1))
	echo "ok $n - $1"
}

# Not at the end of a pipeline: that is a subshell, and the count would be lost.
not_ok() { # NAME DIAGNOSIS
	n=$((n + 1))
	n_failed=$((n_failed + 1))
	echo "not ok $n - $1"
	sed 's/^/# /' "$2"
}

# Nothing wrong?
empty() { # NAME DIAGNOSIS
	if [ -s "$2" ]; then
		not_ok "$1" "$2"
	else
		ok "$1"
	fi
}

# Is the program $2 there, and man that of man-db? Else the test is skipped; with REQUIRE_PROGRAMS it fails: where
# that is set, programs have been installed.
has() { # NAME PROGRAM
	if case $2 in
		man) man --warnings --version 2>/dev/null | grep -q '^man ' ;;
		*) command -v "$2" >/dev/null ;;
		esac; then
		return 0
	elif [ -n "${REQUIRE_PROGRAMS:-}" ]; then
		echo "$2 is not installed" >"$work/wrong"
		not_ok "$1" "$work/wrong"
	else
		n=$((n + 1))
		echo "ok $n - $1 # SKIP $2 is not installed"
	fi
	return 1
}

# The same lines in both files, in any order, and at least one?
same() { # NAME DOCUMENTED REAL
	sort -u "$2" >"$work/left"
	sort -u "$3" >"$work/right"
	diff "$work/left" "$work/right" |
		sed -n 's/^</only documented:/p; s/^>/not documented:/p' >"$work/wrong"
	[ -s "$work/right" ] || echo 'found nothing to compare with' >"$work/wrong"
	empty "$1" "$work/wrong"
}

# Is every line of the second file part of the first one?
contains() { # NAME TEXT LINES
	while IFS= read -r line; do
		grep -qF -- "$line" "$2" || echo "missing: $line"
	done <"$3" >"$work/wrong"
	[ -s "$3" ] || echo 'found nothing to look for' >"$work/wrong"
	empty "$1" "$work/wrong"
}

# Success without any output?
silent() { # NAME COMMAND...
	title=$1
	shift
	"$@" >"$work/wrong" 2>&1 || echo "exit status $?" >>"$work/wrong"
	empty "$title" "$work/wrong"
}

# Roff to plain text, as far as these pages need it.
plain() {
	sed -e 's/\\f[BIRP]//g' -e 's/\\-/-/g' -e 's/\\(dq/"/g' -e 's/\\~/ /g' \
		-e 's/^\.SS "\(.*\)"$/.SS \1/'
}

# The tags (bold lines after .TP or .TQ) below a heading, up to the next one of its kind.
tags() { # PAGE HEADING, such as ".SS Options of run"
	awk -v heading="$2" '
		/^\.S[SH] / { inside = $0 == heading; next }
		inside && was_tp && /^\\fB/
		{ was_tp = /^\.T[PQ]/ }' "$1" | plain
}

# "-c, --connect=URI" for each option of a help text.
options() {
	sed -n 's/^ \{2,6\}\(-[^ ]\(, --[^ ]*\)\{0,1\}\|--[^ ]*\)\( .*\)\{0,1\}$/\1/p'
}

# The columns of a help text.
columns() {
	sed -n '/^Columns for --output:$/,/^$/s/^  \([^ ]*\) .*/\1/p'
}

# To be called last: its status is that of the test program.
finish() {
	echo "1..$n"
	[ "$n_failed" -eq 0 ]
}
