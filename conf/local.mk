# SPDX-License-Identifier: GPL-2.0-or-later

memcoordconfdir = $(sysconfdir)/memcoord
dist_memcoordconf_DATA = conf/memcoord.conf
