/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What memcoord needs of a hypervisor, and nothing else.
 *
 * Functions return 0 or a negative errno; hypervisor_error() then has the text. Sizes are
 * KiB, times milliseconds of the hypervisor's own monotonic clock (which a simulation may
 * turn faster than the world's).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "domain.h"

struct hypervisor;

/*
 * Called when the balloon of @uuid has reached @current_kib. Returns whether
 * hypervisor_wait() should return now.
 */
typedef bool hypervisor_balloon_fn(void *data, const char *uuid, uint64_t current_kib,
				   int64_t now_ms);

struct hypervisor_ops {
	int64_t (*now_ms)(struct hypervisor *hypervisor);
	int (*sample)(struct hypervisor *hypervisor, struct snapshot *ret_snapshot);
	int (*set_target)(struct hypervisor *hypervisor, const char *uuid,
			  uint64_t target_kib);
	int (*set_stats_period)(struct hypervisor *hypervisor, const char *uuid,
				unsigned period_s);
	int (*listen)(struct hypervisor *hypervisor);
	int (*wait)(struct hypervisor *hypervisor, int64_t until_ms, int wake_fd);
	bool (*is_alive)(struct hypervisor *hypervisor);
	void (*close)(struct hypervisor *hypervisor);
};

struct hypervisor {
	const struct hypervisor_ops *ops;
	char *uri;	 /* canonical form; owned */
	bool is_private; /* its domains exist in this process only */
	char error[512]; /* why the last call failed */
	hypervisor_balloon_fn *on_balloon;
	void *on_balloon_data;
	bool is_woken; /* on_balloon wants hypervisor_wait() to return */
};

static inline int64_t hypervisor_now_ms(struct hypervisor *hypervisor)
{
	return hypervisor->ops->now_ms(hypervisor);
}

/*
 * Read the host and all active domains, sorted by UUID. @ret_snapshot is the caller's, to
 * be freed with snapshot_clear(); untouched on failure.
 */
static inline int hypervisor_sample(struct hypervisor *hypervisor,
				    struct snapshot *ret_snapshot)
{
	return hypervisor->ops->sample(hypervisor, ret_snapshot);
}

/*
 * Ask the balloon of a domain of the last sample to become @target_kib large, now and
 * until the domain ends; its persistent definition is not changed. It moves later, or
 * never. -ENOENT: the domain is gone; -EOPNOTSUPP: it has no balloon; -ERANGE: beyond its
 * maximum.
 */
static inline int hypervisor_set_target(struct hypervisor *hypervisor, const char *uuid,
					uint64_t target_kib)
{
	return hypervisor->ops->set_target(hypervisor, uuid, target_kib);
}

/* Have the statistics of a running domain refreshed every @period_s seconds; 0: never. */
static inline int hypervisor_set_stats_period(struct hypervisor *hypervisor,
					      const char *uuid, unsigned period_s)
{
	return hypervisor->ops->set_stats_period(hypervisor, uuid, period_s);
}

/* From now on call @on_balloon for every balloon that moves, from within wait. */
static inline int hypervisor_listen(struct hypervisor *hypervisor,
				    hypervisor_balloon_fn *on_balloon, void *data)
{
	hypervisor->on_balloon = on_balloon;
	hypervisor->on_balloon_data = data;
	return hypervisor->ops->listen(hypervisor);
}

/*
 * Deliver events until @until_ms, until @wake_fd is readable if it is not -1, or until
 * on_balloon has returned true.
 */
static inline int hypervisor_wait(struct hypervisor *hypervisor, int64_t until_ms,
				  int wake_fd)
{
	hypervisor->is_woken = false;
	return hypervisor->ops->wait(hypervisor, until_ms, wake_fd);
}

static inline bool hypervisor_is_alive(struct hypervisor *hypervisor)
{
	return hypervisor->ops->is_alive(hypervisor);
}

static inline const char *hypervisor_error(const struct hypervisor *hypervisor)
{
	return hypervisor->error;
}

/* Close and free. NULL is fine. */
static inline void hypervisor_close(struct hypervisor *hypervisor)
{
	if (hypervisor)
		hypervisor->ops->close(hypervisor);
}
