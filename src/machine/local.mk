# SPDX-License-Identifier: GPL-2.0-or-later

noinst_LIBRARIES += src/machine/libmachine.a
src_machine_libmachine_a_SOURCES = \
	src/machine/cgroup-limit.c \
	src/machine/cgroup-limit.h \
	src/machine/facts.c \
	src/machine/facts.h \
	src/machine/host.c \
	src/machine/host.h \
	src/machine/processes.c \
	src/machine/qemus.c \
	src/machine/qemus.h \
	$(NULL)
