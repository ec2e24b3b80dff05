/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Other programs' policies, to compare with in the simulator.
 *
 * They are written down as they are known from their authors' sources, with their own
 * cadence and their own state, which begin() clears. Sizes are MiB, as broken numbers.
 */
#pragma once

#include "core/policy.h"
#include "simulate/run.h"

enum { RIVAL_GUESTS_MAX = 1000 }; /* as many as a scenario can have */

/* One guest that is up, as a rival sees it. */
struct rival_guest {
	size_t domain; /* index into the snapshot */
	size_t index;  /* the same for the whole simulation */
	const struct sim_guest *guest;
	bool has_stats;
	double current, maximum, floor, target, rss;
	double unused, usable; /* of the last statistics */
	double used;	       /* current - usable, both of then */
	double weight;
};

struct rival_view {
	int64_t now_ms;
	const struct simulation *simulation;
	double host, host_free, reserve;
	size_t n;
	struct rival_guest guests[RIVAL_GUESTS_MAX];
};

/* Remember which simulation is to be looked at. */
void rival_begin(const struct simulation *simulation);

/* All guests that are up; the view is valid until the next call. */
struct rival_view *rival_look(const struct snapshot *snapshot,
			      const struct settings *settings);

/* Ask the balloon of @guest to become @target; what libvirt would refuse is dropped. */
void rival_set(struct plan *plan, const struct rival_guest *guest, double target);

/* Rivals do not classify: everybody is BALANCED. */
struct verdict rival_classify(const struct domain *domain, const struct demand *demand,
			      const struct settings *settings, int64_t now_ms);

static inline double clamp(double value, double low, double high)
{
	return value < low ? low : value > high ? high : value;
}

static inline double larger(double a, double b)
{
	return a > b ? a : b;
}

static inline double smaller(double a, double b)
{
	return a < b ? a : b;
}

extern const struct contender rival_mom, rival_proxmox, rival_qubes, rival_prototype,
	rival_oracle;
