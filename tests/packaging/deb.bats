#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The Debian package: built, looked at, and in a clean Debian installed, upgraded and
# removed.

load functions
load debian

setup_file() {
	requires debootstrap dh dpkg-buildpackage dpkg-scanpackages faketime lintian
	share_deb
}

setup() {
	deb=$(echo "$deb_dir/memcoord_$version"-*.deb)
	root=$BATS_FILE_TMPDIR/root
}

@test "lintian has nothing to say" {
	cd "$deb_dir"
	run lintian -EvIL +pedantic --allow-root --fail-on info,warning,error ./*.changes
	[[ $status == 0 && $(grep -v '^[NO]: ' <<<"$output") == "" ]] || fail "$output"
}

# Run a command as somebody else, elsewhere, with other habits, in the future.
otherwise() {
	local as_root=()

	# A host name is only root's to change.
	# shellcheck disable=SC2016 # for the inner shell
	((EUID != 0)) || as_root=(unshare --uts sh -euc 'hostname elsewhere.example.net; exec "$@"' sh)
	umask 027
	NO_FAKE_STAT=1 "${as_root[@]}" setarch --uname-2.6 --addr-no-randomize \
		faketime -f +400d env TZ=Pacific/Apia LANG=et_EE.UTF-8 LC_ALL=et_EE.UTF-8 \
		LANGUAGE=et HOME=/nonexistent USER=nobody LOGNAME=nobody \
		PATH="$PATH:/nonexistent" "$@"
}

@test "built again, elsewhere and otherwise, the package is the same" {
	local elsewhere=$BATS_TEST_TMPDIR/a-longer-name/elsewhere file

	# shellcheck disable=SC2034 # for build_deb
	build_under=(otherwise)
	build_deb "$elsewhere" nocheck parallel=2
	run -1 grep "^Build-Date: .* $(date +%Y) " "$elsewhere"/*.buildinfo
	for file in "$deb_dir"/*.{deb,debian.tar.xz}; do
		cmp "$file" "$elsewhere/${file##*/}"
	done
}

@test "the program in the package is hardened, and works where it was unpacked" {
	dpkg-deb -x "$deb" "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	works usr/bin/memcoord etc/memcoord/memcoord.conf
	readelf -d usr/bin/memcoord | grep -F 'BIND_NOW'
	readelf -W -l usr/bin/memcoord | grep -F GNU_RELRO
	readelf -h usr/bin/memcoord | grep -F 'DYN (Position-Independent Executable file)'
	readelf -W --dyn-syms usr/bin/memcoord | grep -F __stack_chk_fail
	readelf -W --dyn-syms usr/bin/memcoord | grep -F _chk@
	MANPATH=$PWD/usr/share/man man -w memcoord memcoord.conf memcoord-scenario
}

@test "every file that is installed is accounted for" {
	dpkg-deb --fsys-tarfile "$deb" | tar -t | sed 's/^\.//' | is_accounted_for deb
}

# Everything of memcoord's in the clean Debian, but what apt and dpkg themselves keep.
remains() {
	(cd "$root" && find . -path ./proc -prune -o -path ./repository -prune -o \
		-path ./var/lib/apt -prune -o -path ./var/cache -prune -o -name '*memcoord*' -print)
}

@test "it is installed in a clean Debian" {
	make_root
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
}

@test "its service is enabled, and has its user" {
	requires_root
	in_root systemctl is-enabled memcoord
	in_root id memcoord
	in_root id -nG memcoord | grep -w libvirt
	in_root sh -c 'ls /lib/systemd/system/memcoord.service'
}

@test "where there is no libvirt, the service waits for it" {
	requires_root
	run -0 in_root setpriv --reuid=memcoord --regid=memcoord --init-groups \
		env LIBVIRT_DEFAULT_URI=qemu:///system XDG_RUNTIME_DIR=/tmp \
		timeout --preserve-status 5 memcoord run --wait
	[[ $output == *"trying again and again"* ]] || fail "$output"
}

# Type $1 into an interactive shell that a user of the clean Debian has after logging in.
# Not all at once: what comes before readline is there is not edited.
type_in() {
	{ sleep 3; printf '%s' "$1"; sleep 3; printf '\rexit\r'; } |
		in_root script -qec 'bash -il' /dev/null
}

@test "its pages are found, and bash completes its commands" {
	requires_root
	apt_get install man-db bash-completion
	in_root man -P cat memcoord | grep -w LIMITATIONS
	in_root man -P cat memcoord.conf | grep -w on_exit
	run -0 type_in $'memcoord -c test:///default st\t-n -r -o NAME'
	[[ $output == *"default stats -n"* ]] || fail "$output"
	[[ $output == *$'\rtest\r'* ]] || fail "$output"
}

@test "a changed configuration outlives an upgrade" {
	requires_root
	echo 'period = 7;' >>"$root/etc/memcoord/memcoord.conf"
	repack "$version-1.1" "$BATS_TEST_TMPDIR/new.deb" sed -i '1i # new'
	offer "$BATS_TEST_TMPDIR/new.deb"
	apt_get -o Dpkg::Options::=--force-confold upgrade
	# shellcheck disable=SC2016 # dpkg's variable
	in_root dpkg-query -W -f '${Version}' memcoord | grep '\.1$'
	grep -x 'period = 7;' "$root/etc/memcoord/memcoord.conf"
	in_root systemctl is-enabled memcoord
}

@test "an upgrade leaves a disabled service disabled" {
	requires_root
	in_root systemctl disable memcoord
	repack "$version-1.2" "$BATS_TEST_TMPDIR/newer.deb" true
	offer "$BATS_TEST_TMPDIR/newer.deb"
	apt_get -o Dpkg::Options::=--force-confold upgrade
	run -1 in_root systemctl is-enabled memcoord
	[[ $output == disabled ]]
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
