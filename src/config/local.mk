# SPDX-License-Identifier: GPL-2.0-or-later

noinst_LIBRARIES += src/config/libconfig.a
src_config_libconfig_a_CPPFLAGS = $(AM_CPPFLAGS) $(LIBCONFIG_CFLAGS) $(LIBXML_CFLAGS)
src_config_libconfig_a_SOURCES = \
	src/config/domains.c \
	src/config/domains.h \
	src/config/fields.c \
	src/config/fields.h \
	src/config/file.c \
	src/config/file.h \
	src/config/metadata.c \
	src/config/metadata.h \
	src/config/period-mark.c \
	src/config/period-mark.h \
	src/config/rewrite.c \
	src/config/rewrite.h \
	src/config/text.c \
	src/config/text.h \
	$(NULL)
