# SPDX-License-Identifier: GPL-2.0-or-later

noinst_LIBRARIES += src/simulate/libsimulate.a
src_simulate_libsimulate_a_CPPFLAGS = $(AM_CPPFLAGS) $(LIBCONFIG_CFLAGS)
src_simulate_libsimulate_a_SOURCES = \
	src/simulate/bench.c \
	src/simulate/bench.h \
	src/simulate/hypervisor.c \
	src/simulate/hypervisor.h \
	src/simulate/report.c \
	src/simulate/report.h \
	src/simulate/run.c \
	src/simulate/run.h \
	src/simulate/scenario-demand.c \
	src/simulate/scenario-demand.h \
	src/simulate/scenario-find.c \
	src/simulate/scenario-find.h \
	src/simulate/scenario.c \
	src/simulate/scenario.h \
	$(NULL)
