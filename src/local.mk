# SPDX-License-Identifier: GPL-2.0-or-later

bin_PROGRAMS += memcoord

# The folders of src/, in the order in which they may depend on each other: each only on those
# behind it (tests/check-layers), which is how the linker wants them, too.
layers = \
	src/command/libcommand.a \
	src/top/libtop.a \
	src/session/libsession.a \
	src/paint/libpaint.a \
	src/run/librun.a \
	src/doctor/libdoctor.a \
	src/simulate/libsimulate.a \
	src/model/libmodel.a \
	src/table/libtable.a \
	src/libvirt/liblibvirt.a \
	src/machine/libmachine.a \
	src/config/libconfig.a \
	src/cycle/libcycle.a \
	src/checks/libchecks.a \
	src/core/libcore.a \
	src/system/libsystem.a \
	src/base/libbase.a \
	$(NULL)

# Of these, what is pure: no libvirt, no libconfig, no files, no clocks, no streams
# (tests/check-purity).
pure_layers = \
	src/paint/libpaint.a \
	src/model/libmodel.a \
	src/checks/libchecks.a \
	src/core/libcore.a \
	src/base/libbase.a \
	$(NULL)

include src/command/local.mk
include src/top/local.mk
include src/session/local.mk
include src/paint/local.mk
include src/run/local.mk
include src/doctor/local.mk
include src/simulate/local.mk
include src/model/local.mk
include src/table/local.mk
include src/libvirt/local.mk
include src/machine/local.mk
include src/config/local.mk
include src/cycle/local.mk
include src/checks/local.mk
include src/core/local.mk
include src/system/local.mk
include src/base/local.mk

# The dynamic linker takes four fifths of the instructions of "memcoord stats", and looks for
# each symbol in the libraries in this order: libc early saves it 1.4 million.
memcoord_SOURCES = src/command/main.c
memcoord_LDADD = \
	$(layers) \
	$(LIBVIRT_LIBS) \
	-lc \
	$(LIBXML_LIBS) \
	$(LIBCONFIG_LIBS) \
	$(SMARTCOLS_LIBS) \
	$(JSONC_LIBS) \
	$(NCURSES_LIBS) \
	$(SYSTEMD_LIBS) \
	-lm \
	$(NULL)
