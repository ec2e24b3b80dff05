#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The tests of the installed package that a distribution runs (debian/tests), run as it
# does, but within a clean Debian. That with a real systemd needs a machine of its own.

load functions
load debian

setup_file() {
	requires debootstrap dh dpkg-buildpackage dpkg-scanpackages
	share_deb
	share_debian
}

setup() {
	root=$BATS_FILE_TMPDIR/root
}

@test "autopkgtest is installed in a clean Debian" {
	make_root
	mkdir "$root/packages"
	cp "$deb_dir"/*.{changes,deb,dsc,xz} "$root/packages/"
	make_repository "$root/repository" "$deb_dir"/*.deb
	logged "$BATS_TEST_TMPDIR/log" in_root apt-get update
	apt_get install autopkgtest
}

# The test $1 passes, within $2 seconds. The package gets there by what depends on it. The
# status of autopkgtest also says whether tests were left out: others, here.
passes() {
	local package

	[[ -x $root/usr/bin/autopkgtest ]] || skip "it is not installed"
	package=$(cd "$root" && echo packages/*.changes)
	log=$BATS_TEST_TMPDIR/log
	in_root timeout "$2" autopkgtest --test-name="$1" --summary-file="/$1" "/$package" -- null \
		>"$log" 2>&1 </dev/null || true
	tr -s ' ' <"$root/$1" | grep -x "$1 PASS" || fail "$(<"$root/$1")" "$(tail -n 50 "$log")"
	grep '^ok ' "$log" >"$BATS_TEST_TMPDIR/passed"
	run -1 grep -i '# skip' "$BATS_TEST_TMPDIR/passed"
}

@test "the command line" {
	passes command-line 1200
}

@test "real guests" {
	passes guests 1800
}
