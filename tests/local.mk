# SPDX-License-Identifier: GPL-2.0-or-later
# Every test program prints TAP, so that single tests can be counted.

LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
# The program under test is $MEMCOORD, or else the first memcoord in PATH.
AM_TESTS_ENVIRONMENT = \
	PATH='$(abs_top_builddir)':"$$PATH"; export PATH; \
	LSAN_OPTIONS='print_suppressions=0:suppressions=$(abs_srcdir)/tests/lsan.supp'; export LSAN_OPTIONS; \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT;

# Unit tests: a line each. Each has one source file of its name, linked with $(LDADD).
unit_tests =
# unit_tests += tests/unit/test-classify
unit_tests += tests/unit/test-config-file
# unit_tests += tests/unit/test-demand
# unit_tests += tests/unit/test-history
# unit_tests += tests/unit/test-host
# unit_tests += tests/unit/test-ledger
# unit_tests += tests/unit/test-policy-classic
unit_tests += tests/unit/test-size
unit_tests += tests/unit/test-traits

if HAVE_CMOCKA
AM_CPPFLAGS += $(CMOCKA_CFLAGS)
LDADD = \
	libmemcoord-edge.a \
	libmemcoord-core.a \
	$(CMOCKA_LIBS) \
	$(LIBVIRT_LIBS) \
	$(LIBCONFIG_LIBS) \
	$(LIBXML_LIBS) \
	$(SMARTCOLS_LIBS) \
	$(JSONC_LIBS) \
	$(NULL)
tests_unit_test_traits_CPPFLAGS = $(AM_CPPFLAGS) $(LIBVIRT_CFLAGS) $(LIBXML_CFLAGS)
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif HAVE_CMOCKA

EXTRA_DIST += \
	tests/lsan.supp \
	tests/unit/suite.h \
	$(NULL)
