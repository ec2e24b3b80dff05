/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What must hold for every plan, whatever the figures that it was made from. */
#pragma once

#include "core/policy.h"

/* What a plan was made from; the history has taken in the snapshot last. */
struct situation {
	const struct snapshot *snapshot;
	const struct history *history;
	const struct settings *settings;
};

/*
 * End the process unless @plan is sound: at most one move per domain; floor <= target <=
 * maximum; grants within what the host can back; nothing taken from a domain without a
 * fresh sample that can be trusted; and for 'fair', nobody below what is used and the
 * guests' watermark.
 */
void plan_check(const struct situation *situation, const struct plan *plan);

/* End the process unless both plans are the same. */
void plan_check_same(const struct plan *a, const struct plan *b);
