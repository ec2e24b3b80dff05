/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the memory of a host is. Pure. */
#pragma once

#include "top-model.h"

/*
 * Sum up what @cycle has seen and planned, with the sums of the ledger: what is free here
 * is what the policy could hand out.
 */
struct top_host top_host_of(const struct cycle *cycle);
