#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The metrics on their way to where they are looked at: run (on a simulated host), node
# exporter, Prometheus; then all alerts and all of the dashboard. Run in the top of the
# build tree.
#
# Everything is a process of the test, on the loopback interface and free ports.

load ../cli/functions

data=$BATS_TEST_DIRNAME/../../data
rules=$data/prometheus/memcoord.rules.yml
dashboard=$data/grafana/memcoord.json
RUN_SIMULATED=${RUN_SIMULATED:-tests/prometheus/run-simulated}

# listen PID-FILE COMMAND...: start COMMAND with %PORT% in its arguments replaced by a free
# port, and wait until it listens there. The port is then in $port.
listen() {
	local pid tries pid_file=$1

	shift
	for ((tries = 0; tries < 20; tries++)); do
		port=$((20000 + RANDOM % 10000))
		"${@//%PORT%/$port}" >>"$pid_file.log" 2>&1 3>&- &
		pid=$!
		while kill -0 "$pid" 2>/dev/null; do
			if (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
				# somebody else's, if ours has just found it taken
				sleep 0.3
				kill -0 "$pid" 2>/dev/null || break
				echo "$pid" >"$pid_file"
				return
			fi
			sleep 0.1
		done
	done
	fail "$1 does not listen:" "$(<"$pid_file.log")"
}

start_memcoord() {
	mkdir "$dir/run" "$dir/textfile"
	# As memcoord-metrics(7) has it.
	ln -s "$dir/run/memcoord.prom" "$dir/textfile/memcoord.prom"
	cat >"$dir/memcoord.conf" <<-END
		metrics_file = "$dir/run/memcoord.prom";
		host_capacity = "7 GiB";
		domains = ( { match = "idle"; ceiling = "3 GiB"; weight = 50; } );
	END
	"$RUN_SIMULATED" "$BATS_TEST_DIRNAME/host.conf" "$dir/memcoord.conf" \
		>"$dir/memcoord.log" 2>&1 3>&- &
	echo $! >"$dir/memcoord.pid"
}

start_exporter() {
	listen "$dir/exporter.pid" prometheus-node-exporter \
		--web.listen-address=127.0.0.1:%PORT% --collector.disable-defaults \
		--collector.textfile --collector.textfile.directory="$dir/textfile"
}

start_prometheus() { # PORT of the exporter
	cat >"$dir/prometheus.yml" <<-END
		global: { scrape_interval: 1s, evaluation_interval: 1s }
		rule_files: [ "$(realpath "$rules")" ]
		scrape_configs:
		  - job_name: node
		    static_configs: [ { targets: [ "127.0.0.1:$1" ] } ]
	END
	promtool check config "$dir/prometheus.yml" || return
	listen "$dir/prometheus.pid" prometheus --config.file="$dir/prometheus.yml" \
		--storage.tsdb.path="$dir/data" --web.listen-address=127.0.0.1:%PORT% \
		--log.level=warn
	echo "$port" >"$dir/port"
}

needed=(jq prometheus prometheus-node-exporter promtool)

# What is missing each test tells for itself.
setup_file() {
	export dir=$BATS_FILE_TMPDIR
	command -v "${needed[@]}" >"$dir/found" || true
	(($(wc -l <"$dir/found") == ${#needed[@]})) && [[ -x $RUN_SIMULATED ]] || return 0
	start_memcoord
	start_exporter
	start_prometheus "$port"
}

teardown_file() {
	local file

	shopt -s nullglob
	for file in "$dir"/*.pid; do
		kill -KILL "$(<"$file")" 2>/dev/null || true
		wait "$(<"$file")" 2>/dev/null || true
	done
}

setup() {
	requires "${needed[@]}"
	[[ -x $RUN_SIMULATED ]] || skip "$RUN_SIMULATED is not built"
	server=http://127.0.0.1:$(<"$dir/port")
}

teardown() {
	:
}

# The samples of an expression, now; and those of the last five minutes.
now() {
	promtool query instant -- "$server" "$1"
}

lately() {
	promtool query range --start=$((EPOCHSECONDS - 300)) --end=$EPOCHSECONDS --step=1s \
		-- "$server" "$1"
}

# Does the expression give any?
holds() {
	[[ -n $(now "$1") ]]
}

has_data() {
	local got

	got=$(lately "$1") || fail "$1: $got"
	[[ -n $got ]] || fail "no data: $1"
}

# GET a path of Prometheus, without a program for that.
get() {
	local connection line

	exec {connection}<>"/dev/tcp/127.0.0.1/${server##*:}"
	printf 'GET %s HTTP/1.0\r\n\r\n' "$1" >&"$connection"
	while IFS= read -r line && [[ $line != $'\r' ]]; do :; done <&"$connection"
	cat <&"$connection"
	exec {connection}>&-
}

# An expression of the dashboard, with what Grafana would put in.
fill_in() {
	# shellcheck disable=SC2016 # so they are written there
	sed -e 's/\$instance/.+/g' -e 's/\$domain/.+/g' -e 's/\$__rate_interval/10s/g' \
		-e 's/\$__range/5m/g'
}

@test "Prometheus gets the metrics by way of the node exporter" {
	eventually holds memcoord_connected
	holds 'memcoord_connected == 1'
	holds 'node_textfile_scrape_error == 0'
	eventually holds 'memcoord_domain_unrelieved_seconds_total{domain="too-small"} > 60'
}

@test "promtool finds nothing wrong with the file" {
	run promtool check metrics <"$dir/run/memcoord.prom"
	[[ $status == 0 && -z $output ]] || fail "$output"
}

@test "every metric arrives" {
	local n=0 name

	# while it runs; some are there from time to time only
	while read -r name; do
		has_data "{__name__=~\"$name(_bucket)?\"}"
		n=$((n + 1))
	done < <(sed -n 's/^\t{ "\(memcoord_[a-z_]*\)", .*/\1/p' "$data/../src/run/metrics.c")
	((n > 30))
}

@test "names come through as they are" {
	holds 'memcoord_domain_current_bytes{domain="a \"name\" with a \\"}'
}

@test "Prometheus finds nothing wrong with the alerts" {
	local query

	eventually holds memcoord:stale
	get /api/v1/rules >"$BATS_TEST_TMPDIR/rules"
	run jq -r '.data.groups[].rules[] | select(.health != "ok" or .lastError)' \
		"$BATS_TEST_TMPDIR/rules"
	[[ $status == 0 && -z $output ]] || fail "$output"
	(($(jq '[.data.groups[].rules[]] | length' "$BATS_TEST_TMPDIR/rules") == \
		$(grep -cE '^ *- (alert|record):' "$rules")))
	while read -r query; do
		now "$query" >/dev/null
	done < <(jq -r '.data.groups[].rules[].query' "$BATS_TEST_TMPDIR/rules")
}

@test "an alert comes of what memcoord tells" {
	eventually holds 'ALERTS{alertname="MemcoordDomainStarving",alertstate="firing",domain="too-small"}'
	run now 'ALERTS{alertname=~"MemcoordStalled|MemcoordGone|MemcoordDisconnected"}'
	[[ -z $output ]] || fail "$output"
}

@test "every query of the dashboard gives data" {
	local n=0 query

	while IFS= read -r query; do
		has_data "$query"
		n=$((n + 1))
	done < <(jq -r '.panels[].targets[]?.expr' "$dashboard" | fill_in)
	((n > 30))
}

@test "every variable of the dashboard has values" {
	local n=0 query

	jq -e '.templating.list[0] | .name == "datasource" and .query == "prometheus"' \
		"$dashboard"
	while IFS= read -r query; do
		[[ $query =~ ^label_values\((.*),\ ([a-z]+)\)$ ]]
		has_data "count by (${BASH_REMATCH[2]}) (${BASH_REMATCH[1]})"
		n=$((n + 1))
	done < <(jq -r '.templating.list[].definition // empty' "$dashboard" | fill_in)
	((n == 2))
}

@test "every panel asks the data source that was chosen" {
	run jq -r '.. | .datasource? // empty | .uid' "$dashboard"
	# shellcheck disable=SC2016 # so it is written there
	[[ $(sort -u <<<"$output") == '${datasource}' ]]
	[[ $(jq '[.panels[] | select(.type != "row" and (.datasource | not))] | length' \
		"$dashboard") == 0 ]]
	[[ $(jq '.panels | length - (map(.id) | unique | length)' "$dashboard") == 0 ]]
}

@test "stopped: its metrics end, and an alert is on its way" {
	local memcoord

	memcoord=$(<"$dir/memcoord.pid")
	kill -TERM "$memcoord"
	eventually test ! -e "$dir/run/memcoord.prom"
	eventually holds 'absent(memcoord_connected)'
	eventually holds 'ALERTS{alertname="MemcoordGone",alertstate="pending"}'
	kill -0 "$(<"$dir/exporter.pid")"
}
