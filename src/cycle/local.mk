# SPDX-License-Identifier: GPL-2.0-or-later

noinst_LIBRARIES += src/cycle/libcycle.a
src_cycle_libcycle_a_SOURCES = \
	src/cycle/cycle.c \
	src/cycle/cycle.h \
	src/cycle/definition.h \
	src/cycle/hypervisor.h \
	src/cycle/stats-period.c \
	src/cycle/stats-period.h \
	$(NULL)
