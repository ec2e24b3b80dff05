# SPDX-License-Identifier: GPL-2.0-or-later
# Every test program prints TAP, so that single tests can be counted (count-results).

TEST_EXTENSIONS = .bats
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
BATS_LOG_DRIVER = $(LOG_DRIVER)
BATS_LOG_COMPILER = $(BATS)
AM_BATS_LOG_FLAGS = --tap
# The program under test is $MEMCOORD, or else the first memcoord in PATH.
AM_TESTS_ENVIRONMENT = \
	PATH='$(abs_top_builddir)':"$$PATH"; export PATH; \
	srcdir='$(srcdir)'; export srcdir; \
	MEMCOORD_SCENARIO_DIR='$(abs_srcdir)/data/scenarios'; export MEMCOORD_SCENARIO_DIR; \
	CC='$(CC)'; export CC; \
	NM='$(NM)'; export NM; \
	LAYERS='$(layers)'; export LAYERS; \
	PURE_LAYERS='$(pure_layers)'; export PURE_LAYERS; \
	LSAN_OPTIONS='print_suppressions=0:suppressions=$(abs_srcdir)/tests/lsan.supp'; export LSAN_OPTIONS; \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT;

# Unit tests: a line each. Each has one source file of its name, linked with $(LDADD).
unit_tests =
unit_tests += tests/unit/test-absence
unit_tests += tests/unit/test-absurd
unit_tests += tests/unit/test-aftermath
unit_tests += tests/unit/test-arrival
unit_tests += tests/unit/test-cells
unit_tests += tests/unit/test-classify
unit_tests += tests/unit/test-config-file
unit_tests += tests/unit/test-counters
unit_tests += tests/unit/test-cycle
unit_tests += tests/unit/test-daemon
unit_tests += tests/unit/test-daemon-metrics
unit_tests += tests/unit/test-demand
unit_tests += tests/unit/test-doctor
unit_tests += tests/unit/test-domain-rules
unit_tests += tests/unit/test-event-loop
unit_tests += tests/unit/test-exposition
unit_tests += tests/unit/test-fair-loop
unit_tests += tests/unit/test-fit
unit_tests += tests/unit/test-foreign
unit_tests += tests/unit/test-history
unit_tests += tests/unit/test-hold
unit_tests += tests/unit/test-hold-back
unit_tests += tests/unit/test-host
unit_tests += tests/unit/test-journal
unit_tests += tests/unit/test-ledger
unit_tests += tests/unit/test-lessons
unit_tests += tests/unit/test-libvirt
unit_tests += tests/unit/test-local-facts
unit_tests += tests/unit/test-log
unit_tests += tests/unit/test-memory-lock
unit_tests += tests/unit/test-metadata
unit_tests += tests/unit/test-metrics
unit_tests += tests/unit/test-metrics-file
unit_tests += tests/unit/test-notify
unit_tests += tests/unit/test-plain
unit_tests += tests/unit/test-policy-classic
unit_tests += tests/unit/test-policy-fair
unit_tests += tests/unit/test-qemus
unit_tests += tests/unit/test-restore
unit_tests += tests/unit/test-rewrite
unit_tests += tests/unit/test-scenario
unit_tests += tests/unit/test-sim-demand
unit_tests += tests/unit/test-sim-guest
unit_tests += tests/unit/test-sim-hypervisor
unit_tests += tests/unit/test-sim-run
unit_tests += tests/unit/test-shell
unit_tests += tests/unit/test-size
unit_tests += tests/unit/test-stats-period
unit_tests += tests/unit/test-suitability
unit_tests += tests/unit/test-swapping
unit_tests += tests/unit/test-tally
unit_tests += tests/unit/test-top-bar
unit_tests += tests/unit/test-top-model
unit_tests += tests/unit/test-top-paint
unit_tests += tests/unit/test-top-trace
unit_tests += tests/unit/test-top-view
unit_tests += tests/unit/test-traits
unit_tests += tests/unit/test-waterfill
unit_tests += tests/unit/test-worker

if HAVE_CMOCKA
AM_CPPFLAGS += $(CMOCKA_CFLAGS)
LDADD = \
	$(layers) \
	$(CMOCKA_LIBS) \
	$(LIBVIRT_LIBS) \
	$(LIBCONFIG_LIBS) \
	$(LIBXML_LIBS) \
	$(SMARTCOLS_LIBS) \
	$(JSONC_LIBS) \
	$(NCURSES_LIBS) \
	$(SYSTEMD_LIBS) \
	-lm \
	$(NULL)
tests_unit_test_fit_CPPFLAGS = $(AM_CPPFLAGS) $(SMARTCOLS_CFLAGS)
tests_unit_test_libvirt_CPPFLAGS = $(AM_CPPFLAGS) $(LIBVIRT_CFLAGS) $(LIBXML_CFLAGS)
tests_unit_test_metadata_CPPFLAGS = $(AM_CPPFLAGS) $(LIBXML_CFLAGS)
tests_unit_test_rewrite_CPPFLAGS = $(AM_CPPFLAGS) $(LIBXML_CFLAGS)
tests_unit_test_traits_CPPFLAGS = $(AM_CPPFLAGS) $(LIBVIRT_CFLAGS) $(LIBXML_CFLAGS)
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif HAVE_CMOCKA

# The simulator with other programs' policies, to compare with; not installed.
check_PROGRAMS += tests/sim/simulate-all
tests_sim_simulate_all_SOURCES = \
	tests/sim/rival-mom.c \
	tests/sim/rival-oracle.c \
	tests/sim/rival-prototype.c \
	tests/sim/rival-proxmox.c \
	tests/sim/rival-qubes.c \
	tests/sim/rival.c \
	tests/sim/rival.h \
	tests/sim/simulate-all.c \
	$(NULL)
tests_sim_simulate_all_LDADD = $(memcoord_LDADD)

# memcoord with definitions that it cannot read, for tests/cli/get.bats.
check_PROGRAMS += tests/cli/refusing
tests_cli_refusing_SOURCES = src/command/main.c tests/cli/refusing.c
tests_cli_refusing_CPPFLAGS = $(AM_CPPFLAGS) $(LIBVIRT_CFLAGS)
tests_cli_refusing_LDADD = $(memcoord_LDADD)

# Has metrics to tell, for tests/prometheus/prometheus.bats.
check_PROGRAMS += tests/prometheus/run-simulated
tests_prometheus_run_simulated_LDADD = $(memcoord_LDADD)

# Connects again and again, for tests/guests/faults.bats.
check_PROGRAMS += tests/guests/reconnect
tests_guests_reconnect_LDADD = $(memcoord_LDADD)

# The command line, in libvirt's in-process test driver; and the tests' own tools.
bats_tests = \
	tests/bench/bench.bats \
	tests/cli/complete-bash.bats \
	tests/cli/complete-zsh.bats \
	tests/cli/config.bats \
	tests/cli/connection.bats \
	tests/cli/doctor.bats \
	tests/cli/get.bats \
	tests/cli/help.bats \
	tests/cli/json.bats \
	tests/cli/metadata.bats \
	tests/cli/metrics.bats \
	tests/cli/output.bats \
	tests/cli/run.bats \
	tests/cli/schema.bats \
	tests/cli/set.bats \
	tests/cli/simulate.bats \
	tests/cli/stats.bats \
	tests/cli/terminal.bats \
	tests/cli/top.bats \
	tests/cli/usage.bats \
	tests/harness.bats \
	tests/prometheus/prometheus.bats \
	tests/prometheus/rules.bats \
	tests/sim/compare.bats \
	$(NULL)
if HAVE_BATS
TESTS += $(bats_tests)
endif HAVE_BATS

check_scripts = \
	tests/check-config-docs \
	tests/check-docs \
	tests/check-examples \
	tests/check-guards \
	tests/check-layers \
	tests/check-purity \
	tests/check-service \
	$(NULL)
dist_check_SCRIPTS += $(check_scripts)
TESTS += $(check_scripts)

# Not of "make check": these boot guests, build in build/, or install packages (tests/all).
dist_noinst_SCRIPTS += \
	tests/all \
	tests/bench/bench-calls \
	tests/bench/bench-fallback \
	tests/bench/bench-guests \
	tests/bench/bench-reaction \
	tests/bench/bench-reclaim \
	tests/bench/bench-instructions \
	tests/bench/bench-startup \
	tests/bench/report \
	tests/bench/run \
	tests/demo \
	tests/figures \
	tests/guests/agent \
	tests/guests/build-image \
	tests/guests/init \
	tests/guests/soak \
	tests/install-packages \
	tests/packages \
	$(NULL)
EXTRA_DIST += \
	tests/guests/balance.bats \
	tests/guests/cases.bash \
	tests/guests/cases.bats \
	tests/guests/doctor.bats \
	tests/guests/examples.bats \
	tests/guests/faults.bats \
	tests/guests/functions.bash \
	tests/guests/grow.c \
	tests/guests/jobs.bash \
	tests/guests/jobs.bats \
	tests/guests/lab-selftest.bats \
	tests/guests/lib.sh \
	tests/guests/periods.bats \
	tests/guests/settings.bats \
	tests/guests/soak-checks.bash \
	tests/guests/soak-faults.bash \
	tests/guests/soak-memcoord.bash \
	tests/guests/weights.bats \
	$(NULL)

EXTRA_DIST += \
	$(bats_tests) \
	tests/.shellcheckrc \
	tests/bench/golden \
	tests/bench/rows.bash \
	tests/cli/completion.bash \
	tests/cli/functions.bash \
	tests/cli/golden \
	tests/cli/nodes \
	tests/cli/terminal.bash \
	tests/cli/window.bash \
	tests/count-results \
	tests/docs.sh \
	tests/examples.bash \
	tests/lsan.supp \
	tests/metadata \
	tests/packaging/autopkgtest.bats \
	tests/packaging/boot-guest \
	tests/packaging/deb.bats \
	tests/packaging/debian.bash \
	tests/packaging/dist.bats \
	tests/packaging/functions.bash \
	tests/packaging/installed-files \
	tests/packaging/piuparts.bats \
	tests/packaging/rpm-macros \
	tests/packaging/rpm.bats \
	tests/packaging/rpmlint.toml \
	tests/packaging/service-package \
	tests/packaging/service.bats \
	tests/processes.bash \
	tests/requires.bash \
	tests/packaging/version.bats \
	tests/prometheus/host.conf \
	tests/prometheus/rules.test.yml \
	tests/unit/manager.h \
	tests/unit/planning.h \
	tests/unit/suite.h \
	tests/unit/testing.h \
	tests/unit/top-screens.h \
	tests/unit/top-world.h \
	tests/valgrind.supp \
	$(NULL)

# A sanitizer and valgrind cannot watch the same program.
check-valgrind: $(unit_tests)
	@test -n '$(VALGRIND)' || { echo 'valgrind is not installed' >&2; exit 1; }
	@test -z '$(SANITIZE_CFLAGS)' || \
		{ echo 'valgrind needs a build without sanitizers' >&2; exit 1; }
	@failed=; \
	for program in $(unit_tests); do \
		echo "  VALGRIND $$program"; \
		CMOCKA_MESSAGE_OUTPUT=TAP MEMCOORD_TEST_QUICK=1 \
		$(VALGRIND) --quiet --leak-check=full --error-exitcode=99 \
			--suppressions='$(srcdir)/tests/valgrind.supp' \
			$$program >$$program.valgrind 2>&1 || \
			{ failed="$$failed $$program"; grep -v '^ok ' $$program.valgrind; }; \
	done; \
	test -z "$$failed" || { echo "failed:$$failed" >&2; exit 1; }
.PHONY: check-valgrind
CLEANFILES += tests/unit/*.valgrind

# Fuzz targets: a line each, and a folder of inputs (tests/fuzz/seeds). With
# --enable-fuzzing they have libFuzzer; in other builds they replay these inputs.
fuzz_targets =
fuzz_targets += tests/fuzz/fuzz-config
fuzz_targets += tests/fuzz/fuzz-policy
fuzz_targets += tests/fuzz/fuzz-report
fuzz_targets += tests/fuzz/fuzz-sample
fuzz_targets += tests/fuzz/fuzz-scenario
fuzz_targets += tests/fuzz/fuzz-size
fuzz_targets += tests/fuzz/fuzz-traits

if FUZZING
fuzz_main =
else !FUZZING
fuzz_main = tests/fuzz/standalone.c
endif !FUZZING
fuzz_common = tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_config_SOURCES = tests/fuzz/fuzz-config.c $(fuzz_common)
tests_fuzz_fuzz_policy_SOURCES = \
	tests/fuzz/fuzz-policy.c \
	tests/fuzz/plan-check.c \
	tests/fuzz/plan-check.h \
	$(fuzz_common) \
	$(NULL)
tests_fuzz_fuzz_report_SOURCES = tests/fuzz/fuzz-report.c $(fuzz_common)
tests_fuzz_fuzz_sample_SOURCES = tests/fuzz/fuzz-sample.c $(fuzz_common)
tests_fuzz_fuzz_scenario_SOURCES = tests/fuzz/fuzz-scenario.c $(fuzz_common)
tests_fuzz_fuzz_size_SOURCES = tests/fuzz/fuzz-size.c $(fuzz_common)
tests_fuzz_fuzz_traits_SOURCES = tests/fuzz/fuzz-traits.c $(fuzz_common)

tests_fuzz_fuzz_report_CPPFLAGS = $(AM_CPPFLAGS) $(JSONC_CFLAGS)
tests_fuzz_fuzz_sample_CPPFLAGS = $(AM_CPPFLAGS) $(LIBVIRT_CFLAGS) $(LIBXML_CFLAGS)
tests_fuzz_fuzz_traits_CPPFLAGS = $(AM_CPPFLAGS) $(LIBVIRT_CFLAGS) $(LIBXML_CFLAGS)

tests_fuzz_fuzz_config_LDADD = $(memcoord_LDADD)
tests_fuzz_fuzz_policy_LDADD = $(memcoord_LDADD)
tests_fuzz_fuzz_report_LDADD = $(memcoord_LDADD)
tests_fuzz_fuzz_sample_LDADD = $(memcoord_LDADD)
tests_fuzz_fuzz_scenario_LDADD = $(memcoord_LDADD)
tests_fuzz_fuzz_size_LDADD = $(memcoord_LDADD)
tests_fuzz_fuzz_traits_LDADD = $(memcoord_LDADD)

tests_fuzz_fuzz_config_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_policy_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_report_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_sample_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_scenario_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_size_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_traits_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)

check_PROGRAMS += $(fuzz_targets)
dist_check_SCRIPTS += tests/fuzz/replay tests/fuzz/seeds
TESTS += tests/fuzz/replay
dist_noinst_SCRIPTS += tests/fuzz/run
EXTRA_DIST += \
	tests/fuzz/config.dict \
	tests/fuzz/corpus \
	tests/fuzz/report.dict \
	tests/fuzz/scenario.dict \
	tests/fuzz/size.dict \
	tests/fuzz/standalone.c \
	tests/fuzz/traits.dict \
	$(NULL)

fuzz-targets: $(fuzz_targets)
.PHONY: fuzz-targets

# From any build tree: builds in a tree of its own, with clang.
fuzz:
	$(top_srcdir)/tests/fuzz/run
.PHONY: fuzz

# What takes too long for every change (the gate is tests/all).
release-check:
	$(top_srcdir)/tests/all --release
.PHONY: release-check

# Figures, not tests: compare them within one run. BENCH_PARTS='plan metrics' for some.
EXTRA_PROGRAMS = \
	tests/bench/alternate \
	tests/bench/bench-metrics \
	tests/bench/bench-plan \
	tests/bench/bench-simulated \
	tests/bench/cycles \
	tests/bench/sample-domains \
	$(NULL)
tests_bench_alternate_SOURCES = tests/bench/alternate.c tests/bench/bench.h
tests_bench_alternate_LDADD =
tests_bench_bench_metrics_SOURCES = tests/bench/bench-metrics.c tests/bench/bench.h
tests_bench_bench_metrics_LDADD = $(memcoord_LDADD)
tests_bench_bench_plan_SOURCES = tests/bench/bench-plan.c tests/bench/bench.h
tests_bench_bench_plan_LDADD = src/core/libcore.a src/base/libbase.a -lm
tests_bench_cycles_SOURCES = tests/bench/cycles.c tests/bench/bench.h
tests_bench_cycles_CPPFLAGS = $(AM_CPPFLAGS) $(LIBVIRT_CFLAGS) $(LIBXML_CFLAGS)
tests_bench_cycles_LDADD = $(memcoord_LDADD)
tests_bench_bench_simulated_SOURCES = tests/bench/bench-simulated.c tests/bench/bench.h
tests_bench_bench_simulated_LDADD = $(memcoord_LDADD)
tests_bench_sample_domains_SOURCES = tests/bench/sample-domains.c tests/bench/bench.h
tests_bench_sample_domains_CPPFLAGS = $(AM_CPPFLAGS) $(LIBVIRT_CFLAGS)
tests_bench_sample_domains_LDADD = $(memcoord_LDADD)
CLEANFILES += $(EXTRA_PROGRAMS) bench.json
BENCH_PARTS = \
	plan \
	instructions \
	simulated \
	metrics \
	fallback \
	startup \
	calls \
	guests \
	reaction \
	reclaim \
	$(NULL)
bench: $(EXTRA_PROGRAMS) memcoord
	@CC='$(CC)' CFLAGS='$(CFLAGS) $(SANITIZE_CFLAGS)' \
		MEMCOORD='$(abs_top_builddir)/memcoord' \
		MEMCOORD_SCENARIO_DIR='$(abs_top_srcdir)/data/scenarios' \
		LAB_IMAGE='$(abs_top_builddir)/guest-image' \
		$(top_srcdir)/tests/bench/run bench.json $(BENCH_PARTS)
.PHONY: bench

# Real guests, random load and faults. MINUTES=60 for long; SEED=N repeats a run.
MINUTES = 10
SEED =
soak: memcoord
	MEMCOORD='$(abs_top_builddir)/memcoord' \
		LSAN_OPTIONS='suppressions=$(abs_top_srcdir)/tests/lsan.supp' \
		$(top_srcdir)/tests/guests/soak $(MINUTES) $(SEED)
.PHONY: soak
