#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The service in the Debian package under a real systemd, in a Debian that is booted in QEMU.

load functions
load debian

setup_file() {
	requires debootstrap dpkg-buildpackage dh dpkg-scanpackages mke2fs qemu-system-x86_64 \
		setpriv
	share_deb
}

setup() {
	root=$BATS_FILE_TMPDIR/root
	image=${LAB_IMAGE:-$top/tests/guests/image}
}

# What debian/tests/control wants for the test of the service, but not what makes the image of
# its guest, which is made here.
list_needed() {
	awk 'BEGIN { RS = "" } /(^|\n)Tests: service\n/' "$top/debian/tests/control" |
		sed -n '/^Depends:/,/^[A-Z].*:/s/^ \([a-z0-9-]*\),\{0,1\}$/\1/p' |
		grep -vxE 'busybox-static|cpio|gcc|libc6-dev|stress'
}

# A Debian with as small an initramfs as its disk allows.
make_bootable_root() {
	make_root
	mkdir -p "$root/etc/initramfs-tools/conf.d"
	echo MODULES=list >"$root/etc/initramfs-tools/conf.d/guest"
	printf '%s\n' virtio_pci virtio_blk ext4 >"$root/etc/initramfs-tools/modules"
	offer "$(echo "$deb_dir"/memcoord_*.deb)"
	apt_get -o Dpkg::Options::=--force-confold install linux-image-cloud-amd64 \
		systemd-sysv udev
	mapfile -t needed < <(list_needed)
	apt_get install memcoord "${needed[@]}"
	apt_get clean
	rm "$root/usr/sbin/policy-rc.d" # its systemd starts services
}

# The sources as the tests in the guest find them, and the image of the guest in there.
add_sources() {
	mkdir -p "$root/root/sources" "$root/var/lib/image"
	(cd "$top" && git ls-files -z | xargs -0 cp --parents -t "$root/root/sources")
	cp "$image"/{vmlinuz,initrd.gz} "$root/var/lib/image/"
}

@test "the package is installed in a Debian that can boot" {
	run "$top/tests/guests/build-image" "$image"
	((status != 77)) || skip "$output"
	((status == 0)) || fail "$output"
	make_bootable_root
	add_sources
}

requires_guest() {
	[[ -d $root/root/sources ]] || skip "there is no Debian to boot"
}

@test "a guest that takes too long is ended, and leaves nothing" {
	requires_guest
	mkdir "$BATS_TEST_TMPDIR/tmp"
	TMPDIR=$BATS_TEST_TMPDIR/tmp run -124 "$top/tests/packaging/boot-guest" "$root" 3 true
	[[ -z $(ls "$BATS_TEST_TMPDIR/tmp") ]]
	run -1 pgrep -f "$BATS_TEST_TMPDIR/tmp"
}

# Run a test of the sources in the guest, within $1 seconds: in_guest SECONDS FILE. It takes a
# fourth of that on two processors without hardware virtualisation.
in_guest() {
	requires_guest
	run "$top/tests/packaging/boot-guest" "$root" "$1" \
		env LAB_IMAGE=/var/lib/image "/root/sources/$2"
	echo "$output"
	((status == 0))
	grep -E '^[0-9]+ s: ' <<<"$output" | sed 's/^/# /' >&3
}

@test "the service, in a Debian that has booted" {
	in_guest 2400 debian/tests/service
}

@test "the package is upgraded, removed and installed where the service runs" {
	in_guest 1200 tests/packaging/service-package
}
