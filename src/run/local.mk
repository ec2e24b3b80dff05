# SPDX-License-Identifier: GPL-2.0-or-later

noinst_LIBRARIES += src/run/librun.a
src_run_librun_a_CPPFLAGS = $(AM_CPPFLAGS) $(SYSTEMD_CFLAGS)
src_run_librun_a_SOURCES = \
	src/run/daemon-log.c \
	src/run/daemon-log.h \
	src/run/daemon-metrics.c \
	src/run/daemon-metrics.h \
	src/run/daemon.c \
	src/run/daemon.h \
	src/run/exposition.c \
	src/run/exposition.h \
	src/run/lessons.c \
	src/run/lessons.h \
	src/run/lock.c \
	src/run/lock.h \
	src/run/memory-lock.c \
	src/run/memory-lock.h \
	src/run/metrics-file.c \
	src/run/metrics-file.h \
	src/run/metrics.c \
	src/run/metrics.h \
	src/run/notify.c \
	src/run/notify.h \
	src/run/owned-file.c \
	src/run/owned-file.h \
	src/run/restore.c \
	src/run/restore.h \
	$(NULL)
