# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests of shell completion share.

# shellcheck disable=SC2034 # for the tests
completions=$BATS_TEST_DIRNAME/../../data/completions

# Let the shells find the program under test by its name, and nothing of this machine.
# Completion waits for two seconds only, which may be too short here.
prepare_completion() {
	bin=$BATS_TEST_TMPDIR/bin
	mkdir "$bin"
	ln -s "$(realpath "$(command -v "$MEMCOORD")")" "$bin/memcoord"
	printf '#!/bin/sh\nshift\nexec /usr/bin/timeout 60 "$@"\n' >"$bin/timeout"
	chmod +x "$bin/timeout"
	PATH=$bin:$PATH
	LC_ALL=C.UTF-8
	export LIBVIRT_DEFAULT_URI=test:///default
	cd "$BATS_TEST_TMPDIR" || return
}

# Put another program in the place of the one under test: what is read here.
replace_program() {
	rm "$bin/memcoord"
	cat >"$bin/memcoord"
	chmod +x "$bin/memcoord"
}

# A domain whose name has nearly everything that shells give a meaning to.
odd_name="a b'c\"d\\e\$f[g]*é:h=i,j;k"

# A host with that domain, in $odd_uri.
make_odd_host() {
	# shellcheck disable=SC2034 # for the tests
	odd_uri=test://$BATS_TEST_TMPDIR/odd.xml
	cat >"$BATS_TEST_TMPDIR/odd.xml" <<-EOT
		<node>
		  <domain type='test'>
		    <name>$odd_name</name>
		    <memory unit='MiB'>64</memory>
		    <os><type>hvm</type></os>
		  </domain>
		</node>
	EOT
}

# The words of the list "$1:" in the help text on stdin.
listed() {
	sed -n "/^$1.*:\$/,/^\$/s/^  \\([^ ]*\\) .*/\\1/p"
}

# "--name" or "--name=ARGUMENT" of each option in the help text on stdin.
listed_options() {
	sed -n 's/^ \{2,6\}\(-[^-], \)\{0,1\}\(--[^ ]*\)\( .*\)\{0,1\}$/\2/p'
}

# Commands that have a list "$1:" in their help texts.
commands_with() {
	local command

	for command in $(memcoord --help | listed Commands); do
		[[ -z $(memcoord "$command" --help | listed "$1") ]] || echo "$command"
	done
}
