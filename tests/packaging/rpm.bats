#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The RPM package, built on whatever this is, as far as that can be.

load functions

rpm_build() {
	rpmbuild --load "$top/tests/packaging/rpm-macros" --define "_topdir $BATS_FILE_TMPDIR/rpm" \
		--nodeps "$@"
}

setup_file() {
	requires cpio rpm2cpio rpmbuild rpmlint
	make_tarball "$BATS_FILE_TMPDIR"
	mkdir -p "$BATS_FILE_TMPDIR/rpm/SOURCES"
	cp "$BATS_FILE_TMPDIR/memcoord-$version.tar.xz" "$BATS_FILE_TMPDIR/rpm/SOURCES/"
	if [[ $PACKAGING_CHECK == 0 ]]; then
		logged "$BATS_FILE_TMPDIR/log" rpm_build -ba --without tests "$top/rpm/memcoord.spec"
	else
		logged "$BATS_FILE_TMPDIR/log" rpm_build -ba "$top/rpm/memcoord.spec"
	fi
}

setup() {
	package=$(echo "$BATS_FILE_TMPDIR/rpm/RPMS"/*/"memcoord-$version"-*.rpm)
}

ask() {
	rpm -qp "$@" "$package" 2>/dev/null
}

@test "rpmlint has nothing to say" {
	run rpmlint --config "$top/tests/packaging/rpmlint.toml" "$top/rpm/memcoord.spec" \
		"$package" "$BATS_FILE_TMPDIR"/rpm/SRPMS/*.rpm
	[[ $output == *" 0 errors, 0 warnings,"* ]] || fail "$output"
}

@test "what is in the package works in an empty root" {
	cd "$BATS_TEST_TMPDIR"
	rpm2cpio "$package" | cpio -idm --quiet
	works usr/bin/memcoord etc/memcoord/memcoord.conf
	MANPATH=$PWD/usr/share/man man -w memcoord memcoord.conf memcoord-scenario
	grep -x 'ExecStart=/usr/bin/memcoord run --wait' usr/lib/systemd/system/memcoord.service
	[[ -e usr/lib/sysusers.d/memcoord.conf ]]
}

@test "an upgrade keeps a changed configuration, and restarts the service" {
	ask --qf '[%{FILENAMES} %{FILEFLAGS:fflags}\n]' | grep -x '/etc/memcoord/memcoord.conf cn'
	ask --scripts | grep 'systemctl try-restart memcoord.service'
}

@test "the version is that of the sources, and the licence has its SPDX name" {
	[[ $(ask --qf '%{VERSION} %{LICENSE}') == "$version GPL-2.0-or-later" ]]
}
