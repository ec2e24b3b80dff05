#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The version stands in configure.ac; what has to repeat it says the same.

load functions

setup() {
	cd "$top" || return
}

@test "it is a semantic version" {
	local n='(0|[1-9][0-9]*)'

	[[ $version =~ ^$n\.$n\.$n(-[0-9A-Za-z.-]+)?$ ]]
}

@test "the packages have it" {
	[[ $(sed -n '1s/.*(\(.*\)-[^-]*).*/\1/p' debian/changelog) == "$version" ]]
	[[ $(sed -n 's/^Version: *//p' rpm/memcoord.spec) == "$version" ]]
	[[ $(sed -n '/^%changelog/{n;s/.* - \(.*\)-[^-]*$/\1/p}' rpm/memcoord.spec) == "$version" ]]
}

@test "NEWS begins with it, and the README tells it" {
	[[ $(grep -m 1 '^memcoord [0-9]' NEWS) == "memcoord $version" ]]
	grep -F "Version $version." README.md
}

@test "every manual page has it" {
	local page

	for page in man/*.[1-9]; do
		grep -F "\"memcoord $version\"" <(grep '^\.TH ' "$page")
	done
}

@test "nothing else has to be changed for a release" {
	diff - <(git grep -lwF "$version" | grep -v '^man/') <<-EOT
		NEWS
		README.md
		configure.ac
		debian/changelog
		rpm/memcoord.spec
	EOT
}
