# SPDX-License-Identifier: GPL-2.0-or-later

scenariodir = $(pkgdatadir)/scenarios
dist_scenario_DATA = \
	data/scenarios/boot.conf \
	data/scenarios/cache.conf \
	data/scenarios/diurnal.conf \
	data/scenarios/flash.conf \
	data/scenarios/herd.conf \
	data/scenarios/leak.conf \
	data/scenarios/overload.conf \
	data/scenarios/sawtooth.conf \
	data/scenarios/stale.conf \
	data/scenarios/tc1.conf \
	data/scenarios/tc1tight.conf \
	data/scenarios/tc2.conf \
	data/scenarios/tc3.conf \
	data/scenarios/uncoop.conf \
	$(NULL)

# What the metadata of domains may have, and what --json prints.
schemadir = $(pkgdatadir)/schemas
dist_schema_DATA = data/memcoord-borrowed.rng data/memcoord-domain.rng data/memcoord.schema.json

prometheusdir = $(pkgdatadir)/prometheus
dist_prometheus_DATA = data/prometheus/memcoord.rules.yml

grafanadir = $(pkgdatadir)/grafana
dist_grafana_DATA = data/grafana/memcoord.json

# The names by which the shells look for them.
if BASH_COMPLETION
dist_bashcompletion_DATA = data/completions/bash/memcoord
endif BASH_COMPLETION
if ZSH_COMPLETION
dist_zshcompletion_DATA = data/completions/zsh/_memcoord
endif ZSH_COMPLETION

# The service. A sed rule: configure itself would leave ${exec_prefix} in the path.
noinst_DATA = data/memcoord.service
CLEANFILES += data/memcoord.service
EXTRA_DIST += data/memcoord.service.in
data/memcoord.service: data/memcoord.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D)
	$(AM_V_at)$(SED) -e 's|@bindir[@]|$(bindir)|' -e '$(EDIT_UNIT)' \
		$(srcdir)/data/memcoord.service.in >$@.tmp
	$(AM_V_at)mv $@.tmp $@

if WITH_UNIT
systemdsystemunit_DATA = data/memcoord.service
endif WITH_UNIT

if WITH_SYSUSERS
dist_sysusers_DATA = data/sysusers/memcoord.conf
else !WITH_SYSUSERS
EXTRA_DIST += data/sysusers/memcoord.conf
endif !WITH_SYSUSERS

# To be copied and changed by an administrator.
exampledir = $(docdir)/examples
dist_example_DATA = \
	data/examples/memcoord-libvirt.rules \
	data/examples/memcoord-remote.conf \
	$(NULL)
