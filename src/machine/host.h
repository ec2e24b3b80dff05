/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory of the machine that memcoord itself runs on. */
#pragma once

#include "core/domain.h"

/*
 * Read MemTotal and MemAvailable from @path, which has the form of /proc/meminfo.
 * Returns 0 or a negative errno (-ENODATA: a figure is missing); @ret_host is untouched
 * on failure.
 */
int host_read_meminfo(const char *path, struct host *ret_host);
