/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A simulated guest: a kernel, an application, page cache, swap, and a balloon.
 *
 * Pure: no I/O, no clock; times are milliseconds since the simulation began, sizes KiB.
 * What holds at any time:
 *   base + anonymous + cache <= current, as long as the guest started that way;
 *   rss <= current <= maximum.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/prng.h"
#include "model/demand.h"

/* The wall clock of the simulation begins here. */
#define SIM_EPOCH_S 1700000000

enum { SIM_TERMS_MAX = 8, SIM_NAME_LENGTH = 48 };

/* What a scenario says of one guest. */
struct sim_guest_spec {
	char name[SIM_NAME_LENGTH];
	uint64_t maximum_kib;
	uint64_t start_kib;	/* size of the balloon in the beginning */
	uint64_t base_kib;	/* the guest's kernel and what never shrinks */
	uint64_t io_kib;	/* read from files per second, into the page cache */
	uint64_t cache_max_kib; /* all of its files */
	uint64_t swap_kib;
	unsigned weight;
	bool cooperates;  /* its balloon moves */
	bool is_oneshot;  /* once killed, the application stays dead */
	bool is_warm;	  /* it has touched all of its memory before */
	bool is_hopeless; /* that it starves does not count: no host could feed it */
	bool falls_silent;
	int64_t silent_at_ms; /* no statistics from then on */
	int64_t boot_ms;
	int64_t driver_ms; /* after boot; without its driver the balloon is empty */
	size_t n_terms;
	struct sim_term terms[SIM_TERMS_MAX];
};

/* The statistics that the guest sent last. */
struct sim_stats {
	bool is_there;
	uint64_t last_update_s; /* wall clock; never the same for two of them */
	uint64_t current_kib;	/* the balloon's size at that moment */
	uint64_t usable_kib, unused_kib, disk_caches_kib;
	uint64_t swap_in_kib, swap_out_kib;
};

struct sim_guest {
	const struct sim_guest_spec *spec; /* not owned */
	bool is_up, is_dead;
	uint64_t current_kib, target_kib;
	uint64_t anonymous_kib, cache_kib, swapped_kib;
	uint64_t watermark_kib; /* the kernel keeps this much free */
	uint64_t rss_kib;
	uint64_t swap_in_kib, swap_out_kib; /* since boot */
	int64_t stalled_ms;		    /* how long it has been out of memory */
	int64_t killed_until_ms;	    /* the service is restarted then */

	int64_t stats_period_ms; /* 0: it is never asked */
	int64_t next_stats_ms;
	struct sim_stats stats;

	uint64_t moved_kib; /* by the balloon, in either direction */
	unsigned n_oom_kills;
	bool has_moved; /* the last larger command: */
	bool has_grown;
	int64_t moved_ms;
	uint64_t told_kib; /* size in the last balloon event */
	int64_t told_ms;
};

/* Begin with @spec, which must outlive @guest. Statistics come at a random phase. */
void sim_guest_init(struct sim_guest *guest, const struct sim_guest_spec *spec,
		    int64_t stats_period_ms, struct prng *prng);

/* Let @step_ms end at @now_ms: balloon, application, swap and page cache do their part.
 */
void sim_guest_step(struct sim_guest *guest, int64_t now_ms, int64_t step_ms);

/* Send statistics if they are due at @now_ms, with the noise that real ones have. */
void sim_guest_report(struct sim_guest *guest, int64_t now_ms, struct prng *prng);

/* Is the balloon driver there? */
bool sim_guest_has_driver(const struct sim_guest *guest, int64_t now_ms);

/* MemAvailable of the guest. */
uint64_t sim_guest_usable_kib(const struct sim_guest *guest);

/* What its kernel and its application want to have at @at_ms; a killed one nothing. */
uint64_t sim_guest_need_kib(const struct sim_guest *guest, int64_t at_ms);

/* The same, but a service that was killed and will be restarted still counts. */
uint64_t sim_guest_owed_kib(const struct sim_guest *guest, int64_t at_ms);
