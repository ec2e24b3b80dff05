/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Validated settings: whoever holds a struct settings need not check it again.
 *
 * Ranges are enforced where values come in (config-file.h and the command line).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

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

/* Below 50 MiB a Linux guest cannot even fork a shell: the original rules' floor. */
#define DOMAIN_FLOOR_MIN_KIB ((uint64_t)50 * 1024)
/* Less than this free, and the host's kernel cannot keep its own watermarks. */
#define RESERVE_MIN_KIB ((uint64_t)64 * 1024)

/* Fill @settings with the defaults. */
void settings_init(struct settings *settings);

/* Deep copy. Returns 0, or -ENOMEM with @ret untouched. */
int settings_copy(const struct settings *settings, struct settings *ret);

/* Free what @settings owns. NULL is fine. */
void settings_clear(struct settings *settings);

/* The word for @metric, as in the configuration file. */
const char *metric_name(enum metric metric);

/* The word for @choice, as in the configuration file. */
const char *on_exit_name(enum on_exit choice);
