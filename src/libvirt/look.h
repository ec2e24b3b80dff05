/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Look at the host and its domains, such that no domain can hold up the look at others.
 *
 * Whoever listens to events knows the active domains, and asks about these alone: in one
 * call, as long as nothing hangs. Who starts is known by its event or, if that was
 * missed, by a list that is asked for every 10 s on the side. When the one call does not
 * return, each domain is asked singly: who hangs then is left out until its call returns.
 */
#pragma once

#include "libvirt/crew.h"

/* See hypervisor.h. */
int libvirt_sample(struct hypervisor *base, struct snapshot *ret_snapshot);
