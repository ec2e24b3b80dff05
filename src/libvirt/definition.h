/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The definitions of domains, and their own settings in these; see hypervisor.h. */
#pragma once

#include "libvirt/link.h"
#include "libvirt/traits.h"

int libvirt_link_sample_definitions(struct libvirt_link *link,
				    struct snapshot *ret_snapshot);
int libvirt_link_read_definitions(struct libvirt_link *link, const char *domain,
				  struct definitions *ret_definitions);
int libvirt_link_write_metadata(struct libvirt_link *link, const char *uuid,
				enum definition_kind kind, const char *element);
