# SPDX-License-Identifier: GPL-2.0-or-later

noinst_LIBRARIES += src/core/libcore.a
src_core_libcore_a_CFLAGS = $(AM_CFLAGS) $(FUZZ_CORE_CFLAGS)
src_core_libcore_a_SOURCES = \
	src/core/absence.c \
	src/core/absence.h \
	src/core/aftermath.c \
	src/core/aftermath.h \
	src/core/arrival.c \
	src/core/arrival.h \
	src/core/balloon-sizes.c \
	src/core/balloon-sizes.h \
	src/core/borrowed-period.c \
	src/core/borrowed-period.h \
	src/core/choices.h \
	src/core/classic.c \
	src/core/classify.c \
	src/core/classify.h \
	src/core/counters.c \
	src/core/counters.h \
	src/core/defaults.c \
	src/core/defaults.h \
	src/core/demand.c \
	src/core/demand.h \
	src/core/domain.c \
	src/core/domain.h \
	src/core/fair-donors.c \
	src/core/fair-internal.h \
	src/core/fair-shares.c \
	src/core/fair.c \
	src/core/foreign.c \
	src/core/foreign.h \
	src/core/history.c \
	src/core/history.h \
	src/core/hold.c \
	src/core/hold.h \
	src/core/ledger.c \
	src/core/ledger.h \
	src/core/need.c \
	src/core/need.h \
	src/core/policy.c \
	src/core/policy.h \
	src/core/promise.c \
	src/core/promise.h \
	src/core/reason.c \
	src/core/reason.h \
	src/core/settings.c \
	src/core/settings.h \
	src/core/suitability.c \
	src/core/suitability.h \
	src/core/swapping.c \
	src/core/swapping.h \
	src/core/tally.c \
	src/core/tally.h \
	src/core/waterfill.c \
	src/core/waterfill.h \
	$(NULL)
