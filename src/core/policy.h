/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decide: from a snapshot and what is remembered to a class and a move per domain.
 *
 * A plan is data. To preview it is to print it; to carry it out is to hand each move to
 * the hypervisor, in order.
 *
 * Pure: no I/O, no clock, the inputs are const. Sizes are KiB.
 */
#pragma once

#include "core/classify.h"
#include "core/domain.h"
#include "core/history.h"
#include "core/need.h"
#include "core/settings.h"

struct move {
	size_t domain; /* index into the snapshot */
	uint64_t from_kib, to_kib;
	enum reason reason;
	bool has_peer; /* else the other side is the host */
	size_t peer;   /* index into the snapshot */
};

/* How 'fair' came to its decision. */
struct share {
	struct need need;
	uint64_t share_kib; /* what would be fair now */
	enum reason bound;  /* why it is not moved, or not further */
};

/* Owned by whoever called policy_plan(); free with plan_clear(). */
struct plan {
	size_t n_verdicts;
	struct verdict *verdicts; /* one per domain of the snapshot, same order */
	struct share *shares;	  /* of 'fair' only, else NULL; one per domain */
	/* Look again after so long instead of a whole period; 0: there is no hurry. */
	unsigned look_again_ms;
	/* Look again after so long if looking is cheap: who may need more could have
	 * news; 0: nobody could. */
	unsigned watch_ms;
	/* The domains are known to need more than the host can back: no policy can cure
	   that. */
	bool is_overloaded;
	/* A domain waits for a donor's balloon: look again as soon as one moves. */
	bool is_waiting;
	size_t n_moves;
	struct move *moves; /* at most one per domain */
};

/* One policy: a row of the table that policy_find() searches. */
struct policy {
	const char *name;
	const char *summary; /* one line for help texts */
	/*
	 * Requests to balloons that do not move are withdrawn, even from a domain that
	 * has been left out since: else they could come true later. See .move.
	 */
	bool withdraws_from_stuck;
	bool awaits_targets; /* nobody grows while !history_knows_targets() */

	struct verdict (*classify)(const struct domain *domain,
				   const struct demand *demand,
				   const struct settings *settings, int64_t now_ms);

	/* What the host can hand out now, in KiB; negative: it is short by that much. */
	int64_t (*grantable_kib)(const struct snapshot *snapshot,
				 const struct history *history,
				 const struct settings *settings);

	/*
	 * Add moves to @plan, which holds the verdicts and room for one move each; none
	 * for domains that do not respond, and with .withdraws_from_stuck none for those
	 * whose promise is stuck and open.
	 * Returns 0 or -ENOMEM.
	 */
	int (*move)(const struct snapshot *snapshot, const struct history *history,
		    const struct settings *settings, struct plan *plan);
};

/* All policies, ended by NULL. */
extern const struct policy *const policies[];

extern const struct policy policy_classic, policy_fair;

/* The policy of that name, or NULL. */
const struct policy *policy_find(const char *name);

const struct policy *policy_default(void);

/*
 * Let the policy of @settings classify every domain and plan its moves. @history must
 * have taken in @snapshot last, with the same settings.
 *
 * Guarantees: floor <= target <= maximum, and no growth beyond the ceiling (a domain that
 * is below its floor is not shrunk, one above its ceiling may shrink in steps); one that
 * the configuration leaves out is not moved, but for the withdrawal of older requests;
 * what is granted is on the host now, above the reserve, all earlier promises counted; a
 * domain is moved only on a sample newer than the last command to it; one that does not
 * respond is not moved at all; same input, same plan.
 *
 * Returns 0, or -ENOMEM with @ret_plan untouched.
 */
int policy_plan(const struct snapshot *snapshot, const struct history *history,
		const struct settings *settings, struct plan *ret_plan);

/* Free what @plan owns and leave it empty. */
void plan_clear(struct plan *plan);
