# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Helpers of the packaging tests. They test what git knows of, as it is in the work tree.
#
# PACKAGING_CHECK=0: do not run "make check" while packages are built.

bats_require_minimum_version 1.5.0

top=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)
version=$(sed -n 's/^AC_INIT(\[memcoord\], \[\([^]]*\)\].*/\1/p' "$top/configure.ac")
: "${PACKAGING_CHECK:=1}"

# shellcheck source=tests/requires.bash
. "$top/tests/requires.bash"

unset MEMCOORD MEMCOORD_SCENARIO_DIR DEB_BUILD_OPTIONS
export LC_ALL=C.UTF-8

# Run a command with its output in the file $1, of which the end is shown on failure.
logged() {
	local log=$1

	shift
	"$@" >"$log" 2>&1 </dev/null || fail "failed: $*" "$(tail -n 50 "$log")"
}

# Run a command that runs bats. Within bats the first one in PATH is not the one that is
# installed, but a part of it that needs functions of its caller's, which not every shell
# hands on.
with_bats() {
	PATH=${PATH//$BATS_LIBEXEC:/} "$@"
}

# The time of the last commit; that of a copy of the sources is of no use.
commit_time() {
	git -C "$top" log -1 --format=%ct
}

# Make the directory $1 and in it a tarball, from a copy of the sources.
make_tarball() {
	mkdir -p "$1/sources" &&
		(cd "$top" && git ls-files -z | xargs -0 cp --parents -t "$1/sources") &&
		cd "$1/sources" &&
		logged ../autoreconf.log autoreconf -fi &&
		logged ../configure.log ./configure &&
		SOURCE_DATE_EPOCH=$(commit_time) logged ../dist.log make dist &&
		mv "memcoord-$version.tar.xz" "$1/"
}

# The tarball that all packages of a run are made of; share_tarball makes it.
shared_tarball() {
	echo "$BATS_RUN_TMPDIR/tarball/memcoord-$version.tar.xz"
}

share_tarball() {
	[[ -e $(shared_tarball) ]] || make_tarball "$BATS_RUN_TMPDIR/tarball"
}

# The program at $1, with the configuration $2, is the right one and works.
works() {
	[[ $("$1" --version) == *"$version" ]]
	run -0 --separate-stderr "$1" -f "$2" -c test:///default stats -n -r -o NAME
	[[ $output == test && -z $stderr ]]
	"$1" -f "$2" --check-config
}

# The paths on stdin, folders with a / at their end, are those that installed-files has for
# the package $1. Folders without memcoord in their names belong to others.
is_accounted_for() {
	sed -e '/\/$/{/memcoord/!d;s|/$||}' -e 's|^/lib/|/usr/lib/|' -e 's|\.gz$||' |
		sort >"$BATS_TEST_TMPDIR/installed"
	awk -F '[ \t]' -v package="$1" '
		!/^#/ && index("," $1 ",", "," package ",") { print $2 }
		!/^#/ && !/\t./ { print "says not what for: " $0 }
	' "$top/tests/packaging/installed-files" | sort | diff - "$BATS_TEST_TMPDIR/installed"
}
