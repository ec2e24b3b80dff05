/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One tick of the coordinator: look, plan and, if the caller wants, act.
 *
 * Functions return 0 or a negative errno; hypervisor_error() has the text.
 */
#pragma once

#include "core/history.h"
#include "core/policy.h"
#include "cycle/hypervisor.h"

struct cycle {
	struct hypervisor *hypervisor;	 /* not owned */
	const struct settings *settings; /* not owned */
	struct history history;
	struct snapshot snapshot; /* of the last look */
	int64_t look_ms;	  /* how long that took */
	struct plan plan;	  /* of the last plan */
	bool awaits_xml;	  /* the next look shows what was asked for since */
};

/* Called after each move of a plan, with 0 or the negative errno of its failure. */
typedef void cycle_result_fn(void *data, const struct cycle *cycle,
			     const struct move *move, int result);

/* Look at the host and its domains, and remember what they show. */
int cycle_look(struct cycle *cycle);

/* Look at the persistent definitions instead; from these nothing can be planned. */
int cycle_look_at_definitions(struct cycle *cycle);

/*
 * Have the live XML of domains that miss a report read with the next look: others may
 * have changed the statistics period. See absence_is_due().
 */
void cycle_refresh(struct cycle *cycle);

/* The same for the @i-th domain of the last look, whatever it reports. */
void cycle_refresh_domain(struct cycle *cycle, size_t i);

/* Classify the domains and plan their moves. */
int cycle_plan(struct cycle *cycle);

/*
 * Carry out the plan. A move that fails does not hold up the others: its domain may just
 * have ended, or cannot be changed now and is left alone for a while. When libvirt itself
 * does not answer, or is gone, the rest is left to a new look, which is then due at once.
 * @on_result may be NULL.
 */
void cycle_act(struct cycle *cycle, cycle_result_fn *on_result, void *data);

/* Follow the balloons between two looks; see hypervisor_listen(). */
int cycle_listen(struct cycle *cycle);

/*
 * When to look again after a look that began at @begun_ms: after a period, or earlier for
 * who will have run out by then; and to watch who may grow, or to see the XML that was
 * asked for, if looking takes no more than a twentieth of the time.
 */
int64_t cycle_next_ms(const struct cycle *cycle, int64_t begun_ms);

/* Free what @cycle owns. */
void cycle_clear(struct cycle *cycle);
