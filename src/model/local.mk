# SPDX-License-Identifier: GPL-2.0-or-later

noinst_LIBRARIES += src/model/libmodel.a
src_model_libmodel_a_SOURCES = \
	src/model/demand.c \
	src/model/demand.h \
	src/model/guest.c \
	src/model/guest.h \
	src/model/metrics.c \
	src/model/metrics.h \
	$(NULL)
