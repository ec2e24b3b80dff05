# SPDX-License-Identifier: GPL-2.0-or-later

noinst_LIBRARIES += src/command/libcommand.a
src_command_libcommand_a_SOURCES = \
	src/command/classify.c \
	src/command/command.c \
	src/command/command.h \
	src/command/doctor.c \
	src/command/dry-run.c \
	src/command/get.c \
	src/command/once.c \
	src/command/options.c \
	src/command/options.h \
	src/command/run.c \
	src/command/set.c \
	src/command/simulate.c \
	src/command/simulation.c \
	src/command/simulation.h \
	src/command/stats.c \
	src/command/table-options.c \
	src/command/table-options.h \
	src/command/table.c \
	src/command/table.h \
	src/command/top.c \
	src/command/usage.c \
	src/command/usage.h \
	$(NULL)
