#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The Debian package: built, looked at, and in a clean Debian installed, upgraded and
# removed. That Debian comes by debootstrap from where apt on this machine has its own.

load functions

# Build the package in $1 from the tarball: build_deb DIR [OPTION OF THE BUILD]...
build_deb() {
	local dir=$1

	shift
	mkdir -p "$dir"
	cp "$BATS_FILE_TMPDIR/memcoord-$version.tar.xz" "$dir/memcoord_$version.orig.tar.xz"
	cd "$dir" || return
	tar -xf "memcoord_$version.orig.tar.xz"
	cd "memcoord-$version" || return
	logged ../log env DEB_BUILD_OPTIONS="$*" dpkg-buildpackage -us -uc
}

setup_file() {
	requires debootstrap dpkg-buildpackage dh dpkg-scanpackages lintian
	make_tarball "$BATS_FILE_TMPDIR"
	if [[ $PACKAGING_CHECK == 0 ]]; then
		build_deb "$BATS_FILE_TMPDIR/deb" nocheck
	else
		build_deb "$BATS_FILE_TMPDIR/deb"
	fi
}

setup() {
	deb=$(echo "$BATS_FILE_TMPDIR/deb/memcoord_$version"-*.deb)
	root=$BATS_FILE_TMPDIR/root
	repository=$BATS_FILE_TMPDIR/root/repository
}

@test "lintian has nothing to say" {
	cd "$BATS_FILE_TMPDIR/deb"
	run -0 lintian -EvIL +pedantic --allow-root --fail-on info,warning,error ./*.changes
	[[ $(grep -v '^[NO]: ' <<<"$output") == "" ]]
}

@test "built again, elsewhere and otherwise, the package is the same" {
	local file

	umask 022
	TZ=Pacific/Apia LANG=C build_deb "$BATS_FILE_TMPDIR/elsewhere/deb2" nocheck parallel=2
	for file in "$BATS_FILE_TMPDIR"/deb/*.{deb,debian.tar.xz}; do
		cmp "$file" "$BATS_FILE_TMPDIR/elsewhere/deb2/${file##*/}"
	done
}

@test "the program in the package is hardened, and works where it was unpacked" {
	dpkg-deb -x "$deb" "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	works usr/bin/memcoord etc/memcoord/memcoord.conf
	readelf -d usr/bin/memcoord | grep -F 'BIND_NOW'
	readelf -h usr/bin/memcoord | grep -F 'DYN (Position-Independent Executable file)'
	readelf -W --dyn-syms usr/bin/memcoord | grep -F __stack_chk_fail
	MANPATH=$PWD/usr/share/man man -w memcoord memcoord.conf memcoord-scenario
}

# Run a command in the clean Debian. No process and no mount of it is left behind.
in_root() {
	unshare --mount --pid --fork --mount-proc="$root/proc" chroot "$root" \
		/usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive \
		LC_ALL=C.UTF-8 "$@"
}

# Offer the package $1 to the apt in there.
offer() {
	mkdir -p "$repository"
	rm -f "$repository"/*
	cp "$1" "$repository/"
	(cd "$repository" && dpkg-scanpackages --multiversion . >Packages 2>/dev/null)
	logged "$BATS_TEST_TMPDIR/log" in_root apt-get update
}

apt_get() {
	logged "$BATS_TEST_TMPDIR/log" in_root apt-get -y --no-install-recommends "$@"
}

# Everything of memcoord's in the clean Debian, but what apt and dpkg themselves keep.
remains() {
	(cd "$root" && find . -path ./proc -prune -o -path ./repository -prune -o \
		-path ./var/lib/apt -prune -o -path ./var/cache -prune -o -name '*memcoord*' -print)
}

# "CODENAME URI" of this machine's own Debian.
find_mirror() {
	# shellcheck disable=SC2016 # apt's variables
	apt-get indextargets --format '$(ORIGIN) $(LABEL) $(COMPONENT) $(CODENAME) $(REPO_URI)' \
		'Created-By: Packages' | sed -n 's/^Debian Debian main \([a-z]*\) /\1 /p' | head -n 1
}

@test "it is installed in a clean Debian" {
	local codename uri mirror

	((EUID == 0)) || skip "debootstrap needs root"
	mirror=$(find_mirror)
	read -r codename uri <<<"$mirror"
	[[ -n $uri ]] || skip "apt has no Debian"
	logged "$BATS_TEST_TMPDIR/log" debootstrap --variant=minbase "$codename" "$root" "$uri"
	# Services are not started in there.
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod +x "$root/usr/sbin/policy-rc.d"
	cp /etc/resolv.conf "$root/etc/"
	apt-config dump Acquire >"$root/etc/apt/apt.conf.d/host"
	echo 'deb [trusted=yes] file:/repository ./' >"$root/etc/apt/sources.list.d/local.list"
	offer "$deb"
	apt_get install memcoord
}

# Where the test before has been left out, so are these.
requires_root() {
	[[ -x $root/usr/bin/memcoord ]] || skip "it is not installed"
}

@test "it runs with its declared dependencies only" {
	requires_root
	[[ $(in_root memcoord --version) == *"$version" ]]
	[[ $(in_root memcoord -c test:///default stats -n -r -o NAME) == test ]]
	in_root memcoord --check-config
	in_root memcoord simulate --list | grep boot
	man -l "$root/usr/share/man/man1/memcoord.1.gz" | grep SERVICE
}

@test "its service is enabled, and has its user" {
	requires_root
	in_root systemctl is-enabled memcoord
	in_root id memcoord
	in_root id -nG memcoord | grep -w libvirt
	in_root sh -c 'ls /lib/systemd/system/memcoord.service'
}

@test "a changed configuration outlives an upgrade" {
	requires_root
	echo 'period = 7;' >>"$root/etc/memcoord/memcoord.conf"
	dpkg-deb -R "$deb" "$BATS_TEST_TMPDIR/deb"
	sed -i '/^Version:/s/$/.1/' "$BATS_TEST_TMPDIR/deb/DEBIAN/control"
	echo '# new' >>"$BATS_TEST_TMPDIR/deb/etc/memcoord/memcoord.conf"
	dpkg-deb --root-owner-group -b "$BATS_TEST_TMPDIR/deb" "$BATS_TEST_TMPDIR/memcoord_new.deb"
	offer "$BATS_TEST_TMPDIR/memcoord_new.deb"
	apt_get -o Dpkg::Options::=--force-confold upgrade
	# shellcheck disable=SC2016 # dpkg's variable
	in_root dpkg-query -W -f '${Version}' memcoord | grep '\.1$'
	grep -x 'period = 7;' "$root/etc/memcoord/memcoord.conf"
	in_root systemctl is-enabled memcoord
}

@test "removed, it leaves its configuration, and its user" {
	requires_root
	apt_get remove memcoord
	grep -x 'period = 7;' "$root/etc/memcoord/memcoord.conf"
	run -0 remains
	# dpkg's records, and that it is to be enabled when it comes back
	run -1 grep -vE '^./(etc/memcoord|etc/systemd/system|var/lib/(dpkg|systemd))/?' \
		<<<"$output"
	in_root id memcoord
}

@test "purged, it leaves nothing" {
	[[ -e $root/etc/memcoord ]] || skip "it was not installed"
	apt_get purge memcoord
	run -0 remains
	[[ -z $output ]] || fail "$output"
}
