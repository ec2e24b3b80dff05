# SPDX-License-Identifier: GPL-2.0-or-later

bin_PROGRAMS += memcoord
noinst_LIBRARIES += libmemcoord-core.a libmemcoord-edge.a

# Pure: no libvirt, no libconfig, no files, no clocks, no stdio (tests/check-purity).
libmemcoord_core_a_CFLAGS = $(AM_CFLAGS) $(FUZZ_CORE_CFLAGS)
libmemcoord_core_a_SOURCES = \
	src/aftermath.c \
	src/aftermath.h \
	src/choices.h \
	src/classify.c \
	src/classify.h \
	src/demand.c \
	src/demand.h \
	src/domain.c \
	src/domain.h \
	src/fair-donors.c \
	src/fair-internal.h \
	src/fair-shares.c \
	src/foreign.c \
	src/foreign.h \
	src/history.c \
	src/history.h \
	src/need.c \
	src/need.h \
	src/ledger.c \
	src/ledger.h \
	src/policy-classic.c \
	src/policy-fair.c \
	src/policy.c \
	src/policy.h \
	src/reason.c \
	src/reason.h \
	src/sat.h \
	src/settings.c \
	src/settings.h \
	src/suitability.c \
	src/suitability.h \
	src/waterfill.c \
	src/waterfill.h \
	$(NULL)

libmemcoord_edge_a_CPPFLAGS = \
	$(AM_CPPFLAGS) \
	$(LIBVIRT_CFLAGS) \
	$(LIBCONFIG_CFLAGS) \
	$(LIBXML_CFLAGS) \
	$(SMARTCOLS_CFLAGS) \
	$(JSONC_CFLAGS) \
	$(SYSTEMD_CFLAGS) \
	$(NULL)
libmemcoord_edge_a_SOURCES = \
	src/cleanup.h \
	src/cmd-classify.c \
	src/cmd-dry-run.c \
	src/cmd-get.c \
	src/cmd-once.c \
	src/cmd-run.c \
	src/cmd-set.c \
	src/cmd-simulate.c \
	src/cmd-stats.c \
	src/cmd.c \
	src/cmd.h \
	src/column.c \
	src/column.h \
	src/config-domains.c \
	src/config-domains.h \
	src/config-fields.c \
	src/config-fields.h \
	src/config-file.c \
	src/config-file.h \
	src/config-text.c \
	src/config-text.h \
	src/cycle.c \
	src/cycle.h \
	src/daemon-log.c \
	src/daemon-log.h \
	src/daemon.c \
	src/daemon.h \
	src/definition.h \
	src/domain-columns.c \
	src/document.c \
	src/document.h \
	src/event-loop.c \
	src/event-loop.h \
	src/host.c \
	src/host.h \
	src/hypervisor.h \
	src/journal.c \
	src/journal.h \
	src/lessons.c \
	src/lessons.h \
	src/libvirt-call.c \
	src/libvirt-definition.c \
	src/libvirt-hypervisor.c \
	src/libvirt-hypervisor.h \
	src/libvirt-internal.h \
	src/libvirt-link.c \
	src/libvirt-listener.c \
	src/libvirt-sample.c \
	src/libvirt-traits.c \
	src/lock.c \
	src/lock.h \
	src/log.c \
	src/log.h \
	src/metadata.c \
	src/metadata.h \
	src/monotonic.h \
	src/notify.c \
	src/notify.h \
	src/output.c \
	src/output.h \
	src/plain.c \
	src/plain.h \
	src/repeats.c \
	src/repeats.h \
	src/report.c \
	src/report.h \
	src/restore.c \
	src/restore.h \
	src/rewrite.c \
	src/rewrite.h \
	src/scenario-demand.c \
	src/scenario-demand.h \
	src/scenario-find.c \
	src/scenario-find.h \
	src/scenario.c \
	src/scenario.h \
	src/selection.c \
	src/selection.h \
	src/session.c \
	src/session.h \
	src/shell.c \
	src/shell.h \
	src/signals.c \
	src/signals.h \
	src/sim-bench.c \
	src/sim-bench.h \
	src/sim-demand.c \
	src/sim-demand.h \
	src/sim-guest.c \
	src/sim-guest.h \
	src/sim-hypervisor.c \
	src/sim-hypervisor.h \
	src/sim-metrics.c \
	src/sim-metrics.h \
	src/sim-prng.h \
	src/sim-report.c \
	src/sim-report.h \
	src/sim-run.c \
	src/sim-run.h \
	src/simulate-command.c \
	src/simulate-command.h \
	src/size.c \
	src/size.h \
	src/stats-period.c \
	src/stats-period.h \
	src/style-options.c \
	src/style-options.h \
	src/table-command.c \
	src/table-command.h \
	src/usage.c \
	src/usage.h \
	src/value.c \
	src/value.h \
	src/worker.c \
	src/worker.h \
	$(NULL)

memcoord_SOURCES = src/main.c
memcoord_LDADD = \
	libmemcoord-edge.a \
	libmemcoord-core.a \
	$(LIBVIRT_LIBS) \
	$(LIBCONFIG_LIBS) \
	$(LIBXML_LIBS) \
	$(SMARTCOLS_LIBS) \
	$(JSONC_LIBS) \
	$(SYSTEMD_LIBS) \
	-lm \
	$(NULL)
