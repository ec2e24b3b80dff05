/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libvirt tells of a host and its domains beyond a sample, for 'doctor'. */
#pragma once

#include "checks/facts.h"
#include "cycle/hypervisor.h"

/*
 * Put what libvirt tells beyond a snapshot into @facts, about the host and about those
 * domains in @facts that the last sample had. Changes nothing. Returns 0; or a negative
 * errno, with @facts as they were and hypervisor_error() set.
 */
int libvirt_hypervisor_examine(struct hypervisor *hypervisor, struct host_facts *facts);
