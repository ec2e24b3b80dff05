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

# Files here that contain a line like $1.
files_with() {
	grep -rlE "$1" . | sed 's|^\./||' | sort
}

@test "every file says its licence, but for data that cannot" {
	cd "$BATS_TEST_TMPDIR"
	tar --strip-components=1 -xf "$BATS_FILE_TMPDIR/one/memcoord-$version.tar.xz"
	diff - <(comm -23 <(find . -type f | sed 's|^\./||' | sort) \
		<(files_with 'SPDX-License-Identifier: GPL-2\.0-or-later') |
		grep -vE '^build-aux/|^tests/((bench|cli)/golden|fuzz/corpus|metadata)/') <<-EOT
		.clang-format
		.clang-tidy
		.editorconfig
		COPYING
		aclocal.m4
		config.h.in
		configure
		debian/changelog
		debian/copyright
		debian/source/format
		tests/fuzz/config.dict
		tests/fuzz/report.dict
		tests/fuzz/scenario.dict
		tests/fuzz/size.dict
		tests/fuzz/traits.dict
	EOT
}

# Not the text of the licence itself: lintian says that this is not to be listed.
@test "what others have written is in debian/copyright" {
	local file

	cd "$BATS_TEST_TMPDIR"
	tar --strip-components=1 -xf "$BATS_FILE_TMPDIR/one/memcoord-$version.tar.xz"
	run -0 files_with 'Copyright( \(C\))? [0-9]{4}'
	((${#lines[@]} > 5))
	for file in "${lines[@]}"; do
		[[ $file == COPYING || $file == debian/copyright ]] ||
			grep -xE "(Files:)? (${file//./\\.}|${file%/*}/\\*)" debian/copyright ||
			fail "$file is not in debian/copyright"
	done
}
