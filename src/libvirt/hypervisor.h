/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor interface on top of libvirt. */
#pragma once

#include <stdbool.h>

#include "cycle/hypervisor.h"

/*
 * Connect to @uri (NULL: libvirt's own default), giving up soon when *@is_hurried becomes
 * true (NULL: never). Returns 0, or a negative errno with @ret_error set to one line that
 * names the cure where there is one, owned by the caller.
 */
int libvirt_hypervisor_open(const char *uri, bool read_only, const bool *is_hurried,
			    struct hypervisor **ret_hypervisor, char **ret_error);
