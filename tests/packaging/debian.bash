# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The Debian package, and clean Debians to put it into, by debootstrap from where apt on
# this machine has its own. What takes long is made once for all tests of a run.

deb_dir=$BATS_RUN_TMPDIR/deb
debian_tar=$BATS_RUN_TMPDIR/debian.tar.gz

# Build the package in $1 from the tarball: build_deb DIR [OPTION OF THE BUILD]... The
# command in the array build_under, if there is one, runs the build.
build_deb() {
	local dir=$1

	shift
	mkdir -p "$dir"
	cp "$(shared_tarball)" "$dir/memcoord_$version.orig.tar.xz"
	cd "$dir" || return
	tar -xf "memcoord_$version.orig.tar.xz"
	cd "memcoord-$version" || return
	logged ../log with_bats "${build_under[@]}" env DEB_BUILD_OPTIONS="$*" dpkg-buildpackage -us -uc
}

# Have the package in $deb_dir that all tests look at.
share_deb() {
	[[ ! -e $deb_dir/built ]] || return 0
	share_tarball
	if [[ $PACKAGING_CHECK == 0 ]]; then
		build_deb "$deb_dir" nocheck
	else
		build_deb "$deb_dir"
	fi
	touch "$deb_dir/built"
}

# Another version of the package: repack VERSION FILE COMMAND-FOR-ITS-CONFIGURATION...
repack() {
	local other=$1 file=$2 dir

	shift 2
	dir=$(mktemp -d "$BATS_TEST_TMPDIR/repack.XXX")
	dpkg-deb -R "$deb_dir"/memcoord_*.deb "$dir"
	sed -i "s/^Version:.*/Version: $other/" "$dir/DEBIAN/control"
	"$@" "$dir/etc/memcoord/memcoord.conf"
	dpkg-deb --root-owner-group -b "$dir" "$file"
}

# "CODENAME URI" of this machine's own Debian.
find_mirror() {
	# shellcheck disable=SC2016 # apt's variables
	apt-get indextargets --format '$(ORIGIN) $(LABEL) $(COMPONENT) $(CODENAME) $(REPO_URI)' \
		'Created-By: Packages' | sed -n 's/^Debian Debian main \([a-z]*\) /\1 /p' | head -n 1
}

# Have a clean Debian in $debian_tar, and set $codename and $mirror to where it is from.
share_debian() {
	local found tree=$BATS_RUN_TMPDIR/debian

	((EUID == 0)) || skip "debootstrap needs root"
	found=$(find_mirror)
	read -r codename mirror <<<"$found"
	[[ -n $mirror ]] || skip "apt has no Debian"
	[[ ! -e $debian_tar ]] || return 0
	logged "$tree.log" debootstrap --variant=minbase "$codename" "$tree" "$mirror"
	tar -C "$tree" -I 'gzip -1' -cf "$debian_tar.new" .
	rm -rf "$tree"
	mv "$debian_tar.new" "$debian_tar"
}

# A clean Debian in $root, where services are not started, with a repository of ours.
make_root() {
	share_debian
	mkdir "$root"
	tar -C "$root" -xf "$debian_tar"
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod +x "$root/usr/sbin/policy-rc.d"
	cp /etc/resolv.conf "$root/etc/"
	echo '127.0.0.1 localhost' >"$root/etc/hosts"
	apt-config dump Acquire >"$root/etc/apt/apt.conf.d/host"
	echo 'deb [trusted=yes] file:/repository ./' >"$root/etc/apt/sources.list.d/local.list"
}

# Run a command in $root. No process and no mount of it is left behind. The shell is its
# init: it has to live on, to take in orphans.
in_root() {
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount --pid --fork --mount-proc="$root/proc" sh -euc '
		mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$1/dev/pts"
		mount -t tmpfs -o mode=1777 tmpfs "$1/dev/shm"
		mount -t sysfs -o ro sysfs "$1/sys"
		status=0
		chroot "$@" || status=$?
		exit "$status"
	' sh "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
		DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 TERM=xterm "$@"
}

# Make the directory $1 a repository of the packages $2...
make_repository() {
	local dir=$1

	shift
	mkdir -p "$dir"
	rm -f "$dir"/*
	cp "$@" "$dir/"
	(cd "$dir" && dpkg-scanpackages --multiversion . >Packages 2>/dev/null)
}

# Offer the package $1 to the apt in $root.
offer() {
	make_repository "$root/repository" "$1"
	logged "$BATS_TEST_TMPDIR/log" in_root apt-get update
}

apt_get() {
	logged "$BATS_TEST_TMPDIR/log" in_root apt-get -y --no-install-recommends "$@"
}
