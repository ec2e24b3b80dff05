/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vocabulary: a host and its running domains at one moment.
 *
 * Words are those of libvirt and virtio; sizes are KiB, times are monotonic milliseconds.
 * A figure that the hypervisor did not report is not 0: its presence bit is clear.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/choices.h"

enum { DOMAIN_UUID_SIZE = 37 }; /* text form with its terminating NUL */

/* Presence bits of struct domain. */
enum domain_figure {
	DOMAIN_CURRENT = 1 << 0,
	DOMAIN_MAXIMUM = 1 << 1,
	DOMAIN_USABLE = 1 << 2,
	DOMAIN_UNUSED = 1 << 3,
	DOMAIN_AVAILABLE = 1 << 4,
	DOMAIN_DISK_CACHES = 1 << 5,
	DOMAIN_RSS = 1 << 6,
	DOMAIN_SWAP_IN = 1 << 7,
	DOMAIN_SWAP_OUT = 1 << 8,
	DOMAIN_MAJOR_FAULTS = 1 << 9,
	DOMAIN_LAST_UPDATE = 1 << 10,
	DOMAIN_STATS_PERIOD = 1 << 11,
};

/*
 * What the definition of the running domain tells: why the host gains nothing from its
 * balloon, and what else matters for it.
 */
enum domain_trait {
	/* Devices that reach all of the guest's memory themselves: it stays where it is.
	 */
	DOMAIN_PASSES_DEVICES = 1 << 0,
	DOMAIN_LOCKS_MEMORY = 1 << 1,
	DOMAIN_HAS_HUGE_PAGES = 1 << 2,
	DOMAIN_IS_ENCRYPTED = 1 << 3,
	/* The balloon gives way before the guest kills a process. */
	DOMAIN_AUTODEFLATES = 1 << 4,
	/* What the guest does not use is back on the host by itself. */
	DOMAIN_REPORTS_FREE_PAGES = 1 << 5,
	/* Memory that was plugged in, which the balloon's maximum leaves out. */
	DOMAIN_HAS_PLUGGED_MEMORY = 1 << 6,
	/* It can use the memory of some NUMA nodes only. */
	DOMAIN_IS_NUMA_BOUND = 1 << 7,
};

enum domain_state {
	DOMAIN_RUNNING,
	DOMAIN_PAUSED,
	DOMAIN_SUSPENDED, /* by the guest's own power management */
	DOMAIN_CRASHED,
	DOMAIN_SHUTTING_DOWN,
	DOMAIN_SHUT_OFF, /* there is only its definition */
};

/* A statistics period that was shortened for a while, as the live XML has it. */
struct period_mark {
	bool is_there;
	unsigned original_s; /* to be given back */
	unsigned set_s;	     /* the longest that was set instead; at least 1 */
};

struct domain {
	char uuid[DOMAIN_UUID_SIZE]; /* first: see domain_compare_uuid() */
	char *name;		     /* owned */
	int id;			     /* another one after each start; -1: none */
	enum domain_state state;
	bool has_balloon;
	bool is_unanswered; /* a call about it does not return: nothing else is new */
	unsigned present;   /* enum domain_figure */

	uint64_t current_kib;	  /* the balloon's actual size */
	uint64_t maximum_kib;	  /* ceiling since boot */
	uint64_t usable_kib;	  /* guest's MemAvailable */
	uint64_t unused_kib;	  /* guest's MemFree */
	uint64_t available_kib;	  /* guest's MemTotal: may or may not fall with current */
	uint64_t disk_caches_kib; /* guest's page cache that it can drop quickly */
	uint64_t rss_kib;	  /* what the domain costs the host */
	uint64_t swap_in_kib;	  /* since the guest's boot, like the next two */
	uint64_t swap_out_kib;
	uint64_t major_faults;	 /* a count */
	uint64_t last_update_s;	 /* host's wall clock; 0: the guest never reported */
	uint64_t stats_period_s; /* 0: the hypervisor does not ask the guest */

	unsigned traits; /* enum domain_trait */
	struct period_mark period_mark;
	struct domain_choices choices;
	char *metadata_error; /* owned; why its choices do not count, or NULL */
	/* Owned; why the definition that was asked for cannot be read, or NULL. Then
	 * nothing is known of what it tells: traits, choices, the maximum. */
	char *definition_error;
};

struct host {
	uint64_t total_kib;
	uint64_t available_kib; /* can be had without swapping */
};

/* Owned by whoever filled it; free with snapshot_clear(). Domains are sorted by UUID. */
struct snapshot {
	int64_t now_ms;
	bool has_time;	 /* not of another machine, whose clock may be off */
	uint64_t time_s; /* the wall clock that dates what guests report */
	struct host host;
	size_t n_domains;
	struct domain *domains;
};

/*
 * QEMU's own memory, as long as a domain has not shown more: 30 to 100 MiB with KVM. Too
 * little assumed here comes out of the host's reserve once guests touch all they have.
 */
#define OVERHEAD_MIN_KIB ((uint64_t)100 * 1024)

static inline bool domain_has(const struct domain *domain, unsigned figures)
{
	return (domain->present & figures) == figures;
}

/*
 * Can the domain be asked for anything? Not while it does not run, nor while its figures
 * are missing because its monitor is busy or hung: a call would then block for half a
 * minute, and what is shown of its balloon is old.
 */
static inline bool domain_responds(const struct domain *domain)
{
	return domain->state == DOMAIN_RUNNING && domain->current_kib > 0 &&
	       domain_has(domain, DOMAIN_CURRENT | DOMAIN_MAXIMUM | DOMAIN_LAST_UPDATE);
}

/* The words for enum domain_trait by bit, ended by NULL. */
extern const char *const domain_trait_names[];

/* The word for @state, for tables and logs. */
const char *domain_state_name(enum domain_state state);

/*
 * For qsort() and bsearch() of any structures that begin with the text of a UUID; the key
 * is such a structure or the text alone.
 */
int domain_compare_uuid(const void *a, const void *b);

/* May @text be a UUID, by its length and its characters? */
static inline bool domain_is_like_uuid(const char *text)
{
	return strlen(text) == DOMAIN_UUID_SIZE - 1 &&
	       strspn(text, "0123456789abcdefABCDEF-") == DOMAIN_UUID_SIZE - 1;
}

/* Is @pattern the name of @domain, a shell pattern for it, or its UUID? */
bool domain_matches(const struct domain *domain, const char *pattern);

/* Put the domains of @snapshot into the order of their UUIDs. */
void snapshot_sort(struct snapshot *snapshot);

/* Free what @snapshot owns and leave it empty. */
void snapshot_clear(struct snapshot *snapshot);
