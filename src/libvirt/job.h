/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Jobs of libvirt that keep a domain from being changed. */
#pragma once

#include <libvirt/libvirt.h>

/*
 * The job that has the domain, in words such as "migration out"; NULL: none that would be
 * in the way of a change, or libvirt does not tell. Waits for half a minute on an
 * incoming migration.
 */
const char *libvirt_job_of(virDomainPtr handle);
