#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# piuparts: what installing, upgrading, removing and purging the package leaves of it.

load functions
load debian

setup_file() {
	requires debootstrap dh dpkg-buildpackage dpkg-scanpackages piuparts
	share_deb
	share_debian
}

setup() {
	share_debian
	deb=$(echo "$deb_dir/memcoord_$version"-*.deb)
	log=$BATS_TEST_TMPDIR/log
}

# systemd stays in there: it does not take away everything that it made, which is not
# memcoord's fault.
run_piuparts() {
	logged "$log" piuparts --basetgz="$debian_tar" --distribution="$codename" \
		--mirror="$mirror main" --tmpdir="$BATS_TEST_TMPDIR" --no-eatmydata \
		--fake-essential-packages=systemd "$@" "$deb"
	grep 'PASS: All tests' "$log"
}

@test "installed, removed, installed again and purged, it leaves nothing" {
	run_piuparts --no-upgrade-test --install-remove-install
}

@test "upgraded from an older version and purged, it leaves nothing" {
	local repository=$BATS_TEST_TMPDIR/repository

	repack "$version-0" "$BATS_TEST_TMPDIR/old.deb" sed -i '1i # old'
	make_repository "$repository" "$BATS_TEST_TMPDIR/old.deb"
	run_piuparts --no-install-purge-test --bindmount="$repository" \
		--extra-repo="deb [trusted=yes] file:$repository ./"
	grep -E "Unpacking memcoord \($version-[1-9][^ ]*\) over \($version-0\)" "$log"
}
