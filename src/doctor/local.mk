# SPDX-License-Identifier: GPL-2.0-or-later

noinst_LIBRARIES += src/doctor/libdoctor.a
src_doctor_libdoctor_a_CPPFLAGS = $(AM_CPPFLAGS) $(JSONC_CFLAGS)
src_doctor_libdoctor_a_SOURCES = \
	src/doctor/report.c \
	src/doctor/report.h \
	src/doctor/shell.c \
	src/doctor/shell.h \
	src/doctor/text.c \
	src/doctor/text.h \
	src/doctor/words.c \
	$(NULL)
