/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the memory of a host is. Pure. */
#pragma once

#include "core/policy.h"
#include "paint/model.h"

/*
 * Sum up what a cycle has seen and planned, with the sums of the ledger: what is free
 * here is what the policy could hand out.
 */
struct top_host top_host_of(const struct snapshot *snapshot,
			    const struct history *history, const struct plan *plan,
			    const struct settings *settings);
