# SPDX-License-Identifier: GPL-2.0-or-later

noinst_LIBRARIES += src/top/libtop.a
src_top_libtop_a_CPPFLAGS = $(AM_CPPFLAGS) $(NCURSES_CFLAGS)
src_top_libtop_a_SOURCES = \
	src/top/screen.c \
	src/top/screen.h \
	src/top/signals.c \
	src/top/signals.h \
	src/top/take.c \
	src/top/take.h \
	src/top/top.c \
	src/top/top.h \
	$(NULL)
