# SPDX-License-Identifier: GPL-2.0-or-later

noinst_LIBRARIES += src/paint/libpaint.a
src_paint_libpaint_a_SOURCES = \
	src/paint/bar.c \
	src/paint/bar.h \
	src/paint/filter.c \
	src/paint/filter.h \
	src/paint/frame.c \
	src/paint/frame.h \
	src/paint/glyph.c \
	src/paint/glyph.h \
	src/paint/help.c \
	src/paint/help.h \
	src/paint/host.c \
	src/paint/host.h \
	src/paint/layout.c \
	src/paint/layout.h \
	src/paint/model.c \
	src/paint/model.h \
	src/paint/paint.c \
	src/paint/paint.h \
	src/paint/row.c \
	src/paint/row.h \
	src/paint/trace.c \
	src/paint/trace.h \
	src/paint/view.c \
	src/paint/view.h \
	$(NULL)
