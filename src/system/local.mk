# SPDX-License-Identifier: GPL-2.0-or-later

noinst_LIBRARIES += src/system/libsystem.a
src_system_libsystem_a_CPPFLAGS = $(AM_CPPFLAGS) $(LIBVIRT_CFLAGS) $(SYSTEMD_CFLAGS)
src_system_libsystem_a_SOURCES = \
	src/system/cleanup.h \
	src/system/event-loop.c \
	src/system/event-loop.h \
	src/system/exit-status.h \
	src/system/journal.c \
	src/system/journal.h \
	src/system/log-level.h \
	src/system/log.c \
	src/system/log.h \
	src/system/monotonic.h \
	src/system/output.c \
	src/system/output.h \
	src/system/repeats.c \
	src/system/repeats.h \
	src/system/screen.c \
	src/system/screen.h \
	src/system/signals.c \
	src/system/signals.h \
	src/system/worker.c \
	src/system/worker.h \
	$(NULL)
