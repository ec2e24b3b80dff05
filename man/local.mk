# SPDX-License-Identifier: GPL-2.0-or-later

dist_man_MANS += \
	man/memcoord-metrics.7 \
	man/memcoord-scenario.5 \
	man/memcoord.1 \
	man/memcoord.conf.5 \
	$(NULL)

