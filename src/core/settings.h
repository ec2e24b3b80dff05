/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Validated settings: whoever holds a struct settings need not check it again.
 *
 * Ranges are enforced where values come in (config-file.h and the command line).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/choices.h"

struct domain;
struct policy;

/* Which of the guest's figures counts as its free memory. */
enum metric {
	METRIC_AUTO,   /* usable; else unused + disk caches; else unused, never shrunk */
	METRIC_USABLE, /* usable only */
	METRIC_UNUSED, /* unused only: the original rules to the letter */
};

/* What becomes of the domains' sizes when 'run' ends. */
enum on_exit {
	ON_EXIT_KEEP,
	ON_EXIT_RESTORE, /* they are put back, see restore.h */
};

/* Host memory to keep free: a share of the host, or a size. */
struct reserve {
	bool is_percent;
	union {
		unsigned percent;
		uint64_t size_kib;
	};
};

/* What the configuration says of some domains. */
struct domain_rule {
	char *match; /* owned; a name, a shell pattern for names, or a UUID */
	struct domain_choices choices;
};

/* Who has a say in what holds for a domain; the defaults do where nobody else has. */
enum settings_source {
	SETTINGS_FROM_CONFIG = 1 << 0,
	SETTINGS_FROM_METADATA = 1 << 1,
};

/* What holds for one domain. */
struct domain_settings {
	bool is_managed;    /* else it is left alone, though what it has counts */
	uint64_t floor_kib; /* not above the ceiling */
	bool has_ceiling;
	uint64_t ceiling_kib; /* UINT64_MAX if it has none */
	unsigned weight;      /* 'fair': of its need and of its wish, against others' */
	unsigned sources;     /* enum settings_source */
};

struct settings {
	char *uri; /* owned; NULL: libvirt's own default */
	unsigned period_s;
	unsigned stats_period_s;
	const struct policy *policy;
	unsigned starvation_threshold_percent;
	unsigned waste_threshold_percent;
	uint64_t rate_threshold_bytes; /* per second */
	struct reserve host_reserve;
	bool has_host_capacity;
	uint64_t host_capacity_kib;
	uint64_t domain_floor_kib;
	bool idle_reclaim; /* 'fair': take from idle domains though nobody needs it */
	enum metric metric;
	enum on_exit on_exit;
	char *metrics_file; /* owned; NULL: see metrics-file.h; "": none */
	size_t n_rules;
	struct domain_rule *rules; /* owned, with what they own; the first match wins */
};

/* Ranges, shared by the configuration file, the command line and their messages. */
enum {
	PERIOD_MIN_S = 1,
	PERIOD_MAX_S = 3600,
	/* libvirt takes any int; beyond a minute every sample would be stale. */
	STATS_PERIOD_MIN_S = 1,
	STATS_PERIOD_MAX_S = 60,
	RESERVE_MIN_PERCENT = 1,
	RESERVE_MAX_PERCENT = 90,
};

/* Less than this free, and the host's kernel cannot keep its own watermarks. */
#define RESERVE_MIN_KIB ((uint64_t)64 * 1024)

/* Deep copy. Returns 0, or -ENOMEM with @ret untouched. */
int settings_copy(const struct settings *settings, struct settings *ret);

/* Free what @settings owns. NULL is fine. */
void settings_clear(struct settings *settings);

/*
 * What holds for @domain: what it chose for itself, else the first rule that matches,
 * else what holds for all domains. Whom the rule leaves out stays left out.
 */
struct domain_settings settings_for_domain(const struct settings *settings,
					   const struct domain *domain);

/* The words for @sources of struct domain_settings, for tables. */
const char *settings_sources_name(unsigned sources);

/* The word for @metric, as in the configuration file. */
const char *metric_name(enum metric metric);

/* The word for @choice, as in the configuration file. */
const char *on_exit_name(enum on_exit choice);
