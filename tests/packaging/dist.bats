#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The tarball of a release.

load functions

setup_file() {
	make_tarball "$BATS_FILE_TMPDIR/one"
}

files_of_tarball() {
	tar -tf "$1" | sed "s|^memcoord-$version/||" | grep -v -e '/$' -e '^$' | sort
}

@test "the tarball has what git has, and what the Autotools made of it" {
	cd "$BATS_TEST_TMPDIR"
	{
		git -C "$top" ls-files | grep -vxF -e .ci/run -e .gitignore
		printf '%s\n' Makefile.in aclocal.m4 config.h.in configure
		printf 'build-aux/%s\n' ar-lib compile depcomp install-sh missing tap-driver.sh
	} | sort >wanted
	files_of_tarball "$BATS_FILE_TMPDIR/one/memcoord-$version.tar.xz" >got
	diff wanted got
}

@test "another copy, made elsewhere by somebody else, is the same" {
	umask 077
	TZ=Asia/Tokyo LC_ALL=C make_tarball "$BATS_FILE_TMPDIR/a-longer-name/two"
	cmp "$BATS_FILE_TMPDIR"/{one,"a-longer-name/two"}/"memcoord-$version.tar.xz"
}

@test "a tarball made from the tarball is the same" {
	cd "$BATS_TEST_TMPDIR"
	tar -xf "$BATS_FILE_TMPDIR/one/memcoord-$version.tar.xz"
	cd "memcoord-$version"
	logged ../log ./configure
	logged ../log make dist
	cmp "memcoord-$version.tar.xz" "$BATS_FILE_TMPDIR/one/memcoord-$version.tar.xz"
}
