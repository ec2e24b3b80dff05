# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The examples of the manual pages and of README.md, taken from there, so that tests can run
# them. Every one belongs to a class, which says who does.

sources=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)

# What these are is known by their first words; all others must be told apart below.
example_programs='memcoord|sudo|virsh|systemctl|systemd-sysusers|journalctl|kill|apt|dnf|make|autoreconf|stress|tests/[a-z-]+'

# Roff to plain text, as far as the examples need it.
plain() {
	sed -e 's/\\f[BIRP]//g' -e 's/\\-/-/g' -e 's/\\(dq/"/g' -e "s/\\\\(aq/'/g" \
		-e 's/\\~/ /g' -e 's/\\e/\\/g'
}

# Print the examples of the manual page $1, with a NUL behind each: PAGE:LINE TEXT.
# They are blocks from .EX to .EE, and what stands in bold and is a command.
page_examples() {
	plain <"$1" | awk -v page="${1##*/}" -v programs="^($example_programs) " '
		function put(line, text) { printf "%s:%d %s%c", page, line, text, 0 }
		/^\.EX/ { inside = 1; begin = NR + 1; text = ""; next }
		/^\.EE/ { inside = 0; put(begin, text); next }
		inside { text = text (text == "" ? "" : "\n") $0; next }
		/^\.(B|BR|BI) / {
			text = $0
			sub(/^\.B[RI]? /, "", text)
			if ($1 == ".BI")
				gsub(/"/, "", text)
			else if (text ~ /^"/)
				sub(/^"/, "", text) && sub(/".*/, "", text)
			else if ($1 == ".BR")
				sub(/ .*/, "", text)
			gsub(/  +/, " ", text)
			sub(/\.$/, "", text)
			if (text ~ programs)
				put(NR, text)
		}'
}

# The same of README.md: each line of its code, without comments, and words in backticks.
readme_examples() {
	awk -v programs="^($example_programs)( |$)" '
		function put(text) { printf "README.md:%d %s%c", NR, text, 0 }
		/^```/ { inside = !inside; next }
		inside {
			sub(/ +#.*/, "")
			if ($0 != "")
				put($0)
			next
		}
		{
			n = split($0, parts, "`")
			for (i = 2; i <= n; i += 2)
				if (parts[i] ~ programs && parts[i] !~ /^(memcoord|virsh)$/)
					put(parts[i])
		}' "$sources/README.md"
}

# Print all examples, each text once.
all_examples() {
	local page

	{
		for page in "$sources"/man/*.[0-9]; do
			page_examples "$page"
		done
		readme_examples
	} | awk -v RS='\0' -v ORS='\0' '{ text = $0; sub(/^[^ ]* /, "", text) } !seen[text]++'
}

# Print the class of the example $2 of the page $1:
#	driver		runs anywhere, in libvirt's test driver or the simulator
#	mention		names a command; that there is one is tested
#	guests		needs guests: tests/guests/examples.bats
#	inside		is to be run in a guest: likewise
#	xml, configuration, scenario, prometheus: no commands; they are valid
#	service		needs systemd, which the tests of the service have
#	installation	changes the machine: the gate and the tests of the packages do
# or nothing if it is in none.
class_of() {
	case $1:$2 in
	*:'<metadata>'*) echo xml ;;
	memcoord.conf.5:*[a-z_]' = '*';'*) echo configuration ;;
	memcoord-scenario.5:'name = '*) echo scenario ;;
	memcoord-metrics.7:memcoord_* | memcoord-metrics.7:'sum('*) echo prometheus ;;

	*:'systemctl reload memcoord' | *:'systemctl enable --now memcoord' | \
		*:'systemd-sysusers' | *:'journalctl MEMCOORD_DOMAIN=db-1') echo service ;;
	*:'autoreconf -fi && ./configure --sysconfdir=/etc && make && sudo make install' | \
		*:'make install' | *:'apt install stress' | *:tests/all | *:tests/demo | \
		*:tests/figures) echo installation ;;

	*:'memcoord -c test:///'* | *:*'-c test:///default run &'* | \
		*:'memcoord simulate -'* | *:'memcoord --'* | *:*' --check-config' | \
		*:'tests/packages '*) echo driver ;;
	*:'stress '*) echo inside ;;
	README.md:'kill -HUP' | README.md:'memcoord '* | README.md:'sudo memcoord '* | \
		*:'memcoord '*[[:space:]]* | *:'virsh '*[[:space:]]*) echo guests ;;
	*:'memcoord '* | *:'virsh '*) echo mention ;;
	esac
}

# Print the examples of the class $1, with a NUL behind each.
examples_of() {
	local example

	while IFS= read -r -d '' example; do
		[[ $(class_of "${example%%:*}" "${example#* }") != "$1" ]] ||
			printf '%s\0' "$example"
	done < <(all_examples)
}
