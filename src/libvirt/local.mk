# SPDX-License-Identifier: GPL-2.0-or-later

noinst_LIBRARIES += src/libvirt/liblibvirt.a
src_libvirt_liblibvirt_a_CPPFLAGS = $(AM_CPPFLAGS) $(LIBVIRT_CFLAGS) $(LIBXML_CFLAGS)
src_libvirt_liblibvirt_a_SOURCES = \
	src/libvirt/call.c \
	src/libvirt/call.h \
	src/libvirt/crew.c \
	src/libvirt/crew.h \
	src/libvirt/definition.c \
	src/libvirt/definition.h \
	src/libvirt/facts.c \
	src/libvirt/facts.h \
	src/libvirt/figures.c \
	src/libvirt/figures.h \
	src/libvirt/hypervisor.c \
	src/libvirt/hypervisor.h \
	src/libvirt/job.c \
	src/libvirt/job.h \
	src/libvirt/known.c \
	src/libvirt/known.h \
	src/libvirt/link.c \
	src/libvirt/link.h \
	src/libvirt/listener.c \
	src/libvirt/listener.h \
	src/libvirt/look.c \
	src/libvirt/look.h \
	src/libvirt/operations.c \
	src/libvirt/operations.h \
	src/libvirt/roster.c \
	src/libvirt/roster.h \
	src/libvirt/sample.c \
	src/libvirt/sample.h \
	src/libvirt/seen.c \
	src/libvirt/seen.h \
	src/libvirt/traits.c \
	src/libvirt/traits.h \
	$(NULL)
