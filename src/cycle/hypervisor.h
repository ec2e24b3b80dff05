/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What memcoord needs of a hypervisor, and nothing else.
 *
 * Functions return 0 or a negative errno; hypervisor_error() then has the text. No call
 * blocks for long: -ETIMEDOUT tells that it was given up, though it may take effect yet.
 * Sizes are KiB, times milliseconds of the hypervisor's own monotonic clock (which a
 * simulation may turn faster than the world's).
 */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/domain.h"
#include "cycle/definition.h"

struct hypervisor;

enum hypervisor_event_kind {
	HYPERVISOR_BALLOON,  /* a balloon has reached another size */
	HYPERVISOR_STARTED,  /* a domain, also resumed or arrived from elsewhere */
	HYPERVISOR_STOPPED,  /* a domain, also paused or gone elsewhere */
	HYPERVISOR_REBOOTED, /* a guest */
	HYPERVISOR_CLOSED,   /* the connection is lost: there is no domain */
	HYPERVISOR_ANSWERED, /* a change of a domain that was given up, after all */
};

struct hypervisor_event {
	enum hypervisor_event_kind kind;
	const char *uuid;
	uint64_t current_kib; /* of HYPERVISOR_BALLOON */
	int result;	      /* of HYPERVISOR_ANSWERED: 0 or a negative errno */
	int64_t at_ms;
};

/* Called from within waiting and calls. Returns whether hypervisor_wait() is to end now.
 */
typedef bool hypervisor_event_fn(void *data, const struct hypervisor_event *event);

struct hypervisor_ops {
	int64_t (*now_ms)(struct hypervisor *hypervisor);
	int (*sample)(struct hypervisor *hypervisor, struct snapshot *ret_snapshot);
	int (*set_target)(struct hypervisor *hypervisor, const char *uuid,
			  uint64_t target_kib);
	int (*set_stats_period)(struct hypervisor *hypervisor, const char *uuid,
				unsigned period_s);
	int (*mark_stats_period)(struct hypervisor *hypervisor, const char *uuid,
				 const struct period_mark *mark);
	int (*refresh)(struct hypervisor *hypervisor, const char *uuid);
	int (*sample_definitions)(struct hypervisor *hypervisor,
				  struct snapshot *ret_snapshot);
	int (*read_definitions)(struct hypervisor *hypervisor, const char *domain,
				struct definitions *ret_definitions);
	int (*write_metadata)(struct hypervisor *hypervisor, const char *uuid,
			      enum definition_kind kind, const char *element);
	/* NULL: it has no jobs. */
	int (*has_job)(struct hypervisor *hypervisor, const char *uuid,
		       bool *ret_has_job);
	bool (*answers)(struct hypervisor *hypervisor); /* NULL: always */
	int (*listen)(struct hypervisor *hypervisor);
	int (*wait)(struct hypervisor *hypervisor, int64_t until_ms);
	bool (*is_alive)(struct hypervisor *hypervisor);
	void (*close)(struct hypervisor *hypervisor);
};

enum { HYPERVISOR_ERROR_SIZE = 512 };

struct hypervisor {
	const struct hypervisor_ops *ops;
	char *uri;			   /* canonical form; owned */
	bool is_private;		   /* its domains exist in this process only */
	bool is_local;			   /* they are processes of this machine */
	char error[HYPERVISOR_ERROR_SIZE]; /* why the last call failed */
	hypervisor_event_fn *on_event;
	void *on_event_data;
	/* For callers to set at any time: */
	unsigned patience_ms;	/* for one call; 0: the implementation's choice */
	int64_t deadline_ms;	/* when to give up calls in any case; 0: never */
	const bool *is_hurried; /* NULL, or when to give up calls soon; not owned */
	bool is_woken;		/* hypervisor_wait() returns */
	bool is_hampered;	/* some calls were given up and have not returned */
	/* Samples may leave out what only the live XML of a domain has: whether it has a
	 * balloon, its statistics period, its traits, its choices and their error. */
	bool is_brief;
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
 * maximum; -EBUSY: another job (migration, dump ...) has it, -EALREADY: an earlier call
 * for it has not returned; it was not asked. -ETIMEDOUT is this domain's own affair as
 * long as hypervisor_answers().
 */
static inline int hypervisor_set_target(struct hypervisor *hypervisor, const char *uuid,
					uint64_t target_kib)
{
	return hypervisor->ops->set_target(hypervisor, uuid, target_kib);
}

/*
 * Has another job (migration, dump, snapshot ...) the domain, which answers for its
 * figures? -EALREADY: an earlier call for it has not returned.
 */
static inline int hypervisor_has_job(struct hypervisor *hypervisor, const char *uuid,
				     bool *ret_has_job)
{
	if (hypervisor->ops->has_job)
		return hypervisor->ops->has_job(hypervisor, uuid, ret_has_job);
	*ret_has_job = false;
	return 0;
}

/* After a call was given up: does the hypervisor answer when no domain is concerned? */
static inline bool hypervisor_answers(struct hypervisor *hypervisor)
{
	return !hypervisor->ops->answers || hypervisor->ops->answers(hypervisor);
}

/* Have the statistics of a running domain refreshed every @period_s seconds; 0: never. */
static inline int hypervisor_set_stats_period(struct hypervisor *hypervisor,
					      const char *uuid, unsigned period_s)
{
	return hypervisor->ops->set_stats_period(hypervisor, uuid, period_s);
}

/*
 * Put @mark into the live definition of a running domain in the place of the one that is
 * there. NULL: remove that. It goes where the domain goes, and ends with it.
 */
static inline int hypervisor_mark_stats_period(struct hypervisor *hypervisor,
					       const char *uuid,
					       const struct period_mark *mark)
{
	if (!hypervisor->ops->mark_stats_period)
		return -EOPNOTSUPP;
	return hypervisor->ops->mark_stats_period(hypervisor, uuid, mark);
}

/*
 * Read what only the live XML of a domain of the last sample has with the next one, once:
 * otherwise that is read when a domain starts, or when the hypervisor tells of a change.
 */
static inline int hypervisor_refresh(struct hypervisor *hypervisor, const char *uuid)
{
	if (!hypervisor->ops->refresh)
		return -EOPNOTSUPP;
	return hypervisor->ops->refresh(hypervisor, uuid);
}

/*
 * The same as hypervisor_sample() for the persistent definitions, whether their domains
 * are active or not. There are no figures but the maximum, and the host's are 0. A domain
 * whose definition cannot be read is there with its definition_error.
 */
static inline int hypervisor_sample_definitions(struct hypervisor *hypervisor,
						struct snapshot *ret_snapshot)
{
	return hypervisor->ops->sample_definitions(hypervisor, ret_snapshot);
}

/*
 * Read the definitions of @domain, a name, UUID or id. @ret_definitions are the caller's,
 * to be freed with definitions_clear(); untouched on failure. -ENOENT: no such domain.
 */
static inline int hypervisor_read_definitions(struct hypervisor *hypervisor,
					      const char *domain,
					      struct definitions *ret_definitions)
{
	return hypervisor->ops->read_definitions(hypervisor, domain, ret_definitions);
}

/*
 * Put @element, as metadata_format() makes it, into one definition of the domain @uuid,
 * in the place of the one that is there. NULL: remove that.
 */
static inline int hypervisor_write_metadata(struct hypervisor *hypervisor,
					    const char *uuid, enum definition_kind kind,
					    const char *element)
{
	return hypervisor->ops->write_metadata(hypervisor, uuid, kind, element);
}

/* From now on call @on_event for what happens. */
static inline int hypervisor_listen(struct hypervisor *hypervisor,
				    hypervisor_event_fn *on_event, void *data)
{
	hypervisor->on_event = on_event;
	hypervisor->on_event_data = data;
	return hypervisor->ops->listen(hypervisor);
}

/* Deliver an event to whoever listens. For implementations. */
static inline void hypervisor_tell(struct hypervisor *hypervisor,
				   const struct hypervisor_event *event)
{
	if (hypervisor->on_event &&
	    hypervisor->on_event(hypervisor->on_event_data, event))
		hypervisor->is_woken = true;
}

/*
 * Has the caller something better to do than to wait for a call? That shortens each call;
 * loops over domains have to ask for themselves.
 */
static inline bool hypervisor_is_hurried(const struct hypervisor *hypervisor)
{
	return hypervisor->is_hurried && *hypervisor->is_hurried;
}

/* Have hypervisor_wait() return, from within a callback of the event loop. */
static inline void hypervisor_wake(struct hypervisor *hypervisor)
{
	hypervisor->is_woken = true;
}

/*
 * Deliver events until @until_ms, until on_event has returned true, or until it is woken.
 * What came during calls since the last wait counts, too.
 */
static inline int hypervisor_wait(struct hypervisor *hypervisor, int64_t until_ms)
{
	int r = hypervisor->ops->wait(hypervisor, until_ms);

	hypervisor->is_woken = false;
	return r;
}

/* False once the connection is known to be lost. */
static inline bool hypervisor_is_alive(struct hypervisor *hypervisor)
{
	return hypervisor->ops->is_alive(hypervisor);
}

/*
 * Is the failure @r of a call the domain's own, and for good? Otherwise it cannot be
 * changed just now (-EBUSY, -EALREADY, -ETIMEDOUT), or libvirt is gone.
 */
static inline bool hypervisor_is_refusal(struct hypervisor *hypervisor, int r)
{
	return r != -ETIMEDOUT && r != -EAGAIN && r != -EBUSY && r != -EALREADY &&
	       r != -ENOMEM && r != -ENOTCONN && hypervisor_is_alive(hypervisor);
}

/*
 * After the failure @r of a call for one domain: would a call for the next one fare no
 * better?
 */
static inline bool hypervisor_fails_all(struct hypervisor *hypervisor, int r)
{
	return r == -EAGAIN || r == -ENOTCONN || r == -ENOMEM ||
	       !hypervisor_is_alive(hypervisor) ||
	       (r == -ETIMEDOUT && !hypervisor_answers(hypervisor));
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
