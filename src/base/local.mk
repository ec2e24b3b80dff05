# SPDX-License-Identifier: GPL-2.0-or-later

noinst_LIBRARIES += src/base/libbase.a
src_base_libbase_a_SOURCES = \
	src/base/cells.c \
	src/base/cells.h \
	src/base/hash.h \
	src/base/plain.c \
	src/base/plain.h \
	src/base/prng.h \
	src/base/sat.h \
	src/base/size.c \
	src/base/size.h \
	src/base/value.c \
	src/base/value.h \
	$(NULL)
