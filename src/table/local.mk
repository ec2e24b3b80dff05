# SPDX-License-Identifier: GPL-2.0-or-later

noinst_LIBRARIES += src/table/libtable.a
src_table_libtable_a_CPPFLAGS = $(AM_CPPFLAGS) $(SMARTCOLS_CFLAGS) $(JSONC_CFLAGS)
src_table_libtable_a_SOURCES = \
	src/table/column.c \
	src/table/column.h \
	src/table/document.c \
	src/table/document.h \
	src/table/domain-columns.c \
	src/table/fit.c \
	src/table/fit.h \
	src/table/report.c \
	src/table/report.h \
	$(NULL)
