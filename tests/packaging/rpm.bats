#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The RPM packages, built on whatever this is, as far as that can be.

load functions

rpm_build() {
	with_bats rpmbuild --load "$top/tests/packaging/rpm-macros" \
		--define "_topdir $BATS_FILE_TMPDIR/rpm" --nodeps "$@"
}

setup_file() {
	requires cpio rpm2cpio rpmbuild rpmlint
	share_tarball
	mkdir -p "$BATS_FILE_TMPDIR/rpm/SOURCES"
	cp "$(shared_tarball)" "$BATS_FILE_TMPDIR/rpm/SOURCES/"
	if [[ $PACKAGING_CHECK == 0 ]]; then
		logged "$BATS_FILE_TMPDIR/log" rpm_build -ba --without tests "$top/rpm/memcoord.spec"
	else
		logged "$BATS_FILE_TMPDIR/log" rpm_build -ba "$top/rpm/memcoord.spec"
	fi
}

setup() {
	package=$(echo "$BATS_FILE_TMPDIR/rpm/RPMS/$(uname -m)/memcoord-$version"-1*.rpm)
	monitoring=$(echo "$BATS_FILE_TMPDIR/rpm/RPMS/noarch/memcoord-monitoring-$version"-1*.rpm)
	root=$BATS_FILE_TMPDIR/root
}

ask() {
	rpm -qp "$@" "$package" 2>/dev/null
}

# rpm on $root, which is another system, whose scripts cannot run.
rpm_there() {
	rpm --root "$root" --dbpath /var/lib/rpm "$@"
}

@test "rpmlint has nothing to say" {
	run rpmlint --config "$top/tests/packaging/rpmlint.toml" "$top/rpm/memcoord.spec" \
		"$package" "$monitoring" "$BATS_FILE_TMPDIR"/rpm/SRPMS/*.rpm
	[[ $output == *" 0 errors, 0 warnings,"* ]] || fail "$output"
}

@test "the tests are run while it is built" {
	[[ $PACKAGING_CHECK != 0 ]] || skip "PACKAGING_CHECK=0"
	grep -E '^# PASS: +[1-9]' "$BATS_FILE_TMPDIR/log"
	grep -E '^# FAIL: +0$' "$BATS_FILE_TMPDIR/log"
}

@test "what is in the package works where it was unpacked" {
	cd "$BATS_TEST_TMPDIR"
	rpm2cpio "$package" | cpio -idm --quiet
	works usr/bin/memcoord etc/memcoord/memcoord.conf
	MANPATH=$PWD/usr/share/man man -w memcoord memcoord.conf memcoord-scenario
	grep -x 'ExecStart=/usr/bin/memcoord run --wait' usr/lib/systemd/system/memcoord.service
}

@test "installed in an empty root, with libraries only, it works" {
	((EUID == 0)) || skip "chroot needs root"
	mkdir "$root"
	rpm_there -i --nodeps --noscripts "$package" "$monitoring"
	rpm_there -V --nodeps --noscripts memcoord memcoord-monitoring
	ldd "$root/usr/bin/memcoord" | grep -o '/[^ ]*' | xargs cp -L --parents -t "$root"
	[[ $(chroot "$root" /usr/bin/memcoord --version) == *"$version" ]]
	[[ $(chroot "$root" /usr/bin/memcoord -c test:///default stats -n -r -o NAME) == test ]]
	chroot "$root" /usr/bin/memcoord --check-config
	chroot "$root" /usr/bin/memcoord simulate --list | grep boot
}

# The package of the next release, which has another configuration.
build_next() {
	sed -e "s/^Release: .*/Release: 2/" -e '/^%autosetup/a echo "# new" >>conf/memcoord.conf' \
		"$top/rpm/memcoord.spec" >"$BATS_TEST_TMPDIR/memcoord.spec"
	rpm_build -bb --without tests "$BATS_TEST_TMPDIR/memcoord.spec"
}

@test "an upgrade keeps a changed configuration" {
	[[ -d $root/usr ]] || skip "it is not installed"
	echo 'period = 7;' >>"$root/etc/memcoord/memcoord.conf"
	logged "$BATS_TEST_TMPDIR/log" build_next
	rpm_there -U --nodeps --noscripts \
		"$BATS_FILE_TMPDIR"/rpm/RPMS/*/memcoord-{,monitoring-}"$version-2".*.rpm
	[[ $(rpm_there -q --qf '%{RELEASE}' memcoord) == 2 ]]
	grep -x 'period = 7;' "$root/etc/memcoord/memcoord.conf"
	grep -x '# new' "$root/etc/memcoord/memcoord.conf.rpmnew"
}

@test "erased, it leaves the changed configuration only" {
	[[ -d $root/usr ]] || skip "it is not installed"
	rpm_there -e --noscripts memcoord memcoord-monitoring
	run -0 find "$root" -path "$root/var/lib/rpm" -prune -o -name '*memcoord*' -printf '%P\n'
	[[ $(sort <<<"$output") == \
		$'etc/memcoord\netc/memcoord/memcoord.conf.rpmnew\netc/memcoord/memcoord.conf.rpmsave' ]] ||
		fail "$output"
}

# The paths in the package $1, as is_accounted_for() takes them. Links by build ids are
# rpm's own doing.
paths_in() {
	rpm -qp --qf '[%{FILEMODES:perms}%{FILENAMES}\n]' "$1" |
		sed -e '/^d/s|$|/|' -e 's/^[^/]*//' -e '\|/\.build-id/|d' \
			-e "\\|^/usr/share/licenses/|s/-$version//"
}

@test "every file that is installed is accounted for" {
	paths_in "$package" | is_accounted_for rpm
	paths_in "$monitoring" | is_accounted_for monitoring
}

@test "the service is enabled, stopped and started again by scripts" {
	run -0 ask --scripts
	[[ $output == *"systemctl --no-reload preset memcoord.service"* ]]
	[[ $output == *"systemctl --no-reload disable --now memcoord.service"* ]]
	[[ $output == *"systemctl try-restart memcoord.service"* ]]
}

@test "what watches other machines needs no libvirt" {
	run -0 rpm -qp --requires "$monitoring"
	run -1 grep -v '^rpmlib(' <<<"$output"
}

@test "the version is that of the sources, and the licence has its SPDX name" {
	[[ $(ask --qf '%{VERSION} %{LICENSE}') == "$version GPL-2.0-or-later" ]]
}
