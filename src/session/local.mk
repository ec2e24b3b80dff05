# SPDX-License-Identifier: GPL-2.0-or-later

noinst_LIBRARIES += src/session/libsession.a
src_session_libsession_a_SOURCES = \
	src/session/invocation.c \
	src/session/invocation.h \
	src/session/selection.c \
	src/session/selection.h \
	src/session/session.c \
	src/session/session.h \
	$(NULL)
