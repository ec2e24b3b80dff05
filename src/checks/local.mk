# SPDX-License-Identifier: GPL-2.0-or-later

noinst_LIBRARIES += src/checks/libchecks.a
src_checks_libchecks_a_CFLAGS = $(AM_CFLAGS) $(FUZZ_CORE_CFLAGS)
src_checks_libchecks_a_SOURCES = \
	src/checks/cgroup.c \
	src/checks/checks.c \
	src/checks/checks.h \
	src/checks/domain.c \
	src/checks/facts.c \
	src/checks/facts.h \
	src/checks/guest.c \
	src/checks/host.c \
	src/checks/internal.h \
	src/checks/qemu.c \
	$(NULL)
