/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hosts to measure with: half of the domains idle, a third consume, the rest starve; the
 * host is scarce, so that every step has something to do. And rows for the table (run).
 */
#pragma once

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/domain.h"

#define MIB ((uint64_t)1024)

static inline double clock_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static inline double now_ms(void)
{
	return clock_ms(CLOCK_MONOTONIC);
}

/* Of all threads; what others do on this machine does not count. */
static inline double cpu_ms(void)
{
	return clock_ms(CLOCK_PROCESS_CPUTIME_ID);
}

static inline int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The median of @n > 0 figures, which it sorts. */
static inline double median(double *figures, size_t n)
{
	qsort(figures, n, sizeof(*figures), compare_doubles);
	return (figures[(n - 1) / 2] + figures[n / 2]) / 2;
}

static inline uint64_t below(uint64_t limit)
{
	return ((uint64_t)rand() << 31 ^ (uint64_t)rand()) % limit;
}

/* Make a host of @n domains; free with snapshot_clear(). */
static inline void fill(struct snapshot *snapshot, size_t n)
{
	*snapshot = (struct snapshot){
		.now_ms = 1000000,
		.host = { n * 2048 * MIB, n * 100 * MIB },
		.n_domains = n,
		.domains = calloc(n, sizeof(struct domain)),
	};
	for (size_t i = 0; i < n; i++) {
		struct domain *domain = &snapshot->domains[i];

		*domain = (struct domain){
			.name = strdup("domain"),
			.id = (int)i,
			.has_balloon = true,
			.present = DOMAIN_CURRENT | DOMAIN_MAXIMUM | DOMAIN_USABLE |
				   DOMAIN_RSS | DOMAIN_LAST_UPDATE | DOMAIN_STATS_PERIOD,
			.current_kib = (512 + below(1024)) * MIB,
			.maximum_kib = 4096 * MIB,
			.last_update_s = 1,
			.stats_period_s = 1,
		};
		snprintf(domain->uuid, sizeof(domain->uuid),
			 "%08x-0000-0000-0000-000000000000", (unsigned)i);
		domain->usable_kib = domain->current_kib / 2;
		domain->rss_kib = domain->current_kib;
	}
}

/* The next samples: some idle, some consume. */
static inline void let_time_pass(struct snapshot *snapshot)
{
	snapshot->now_ms += 2000;
	for (size_t i = 0; i < snapshot->n_domains; i++) {
		struct domain *domain = &snapshot->domains[i];
		uint64_t used_up = i % 2 == 0 ? 0 : i % 6 == 1 ? 60 : 20;

		domain->last_update_s++;
		domain->usable_kib = domain->usable_kib > used_up * MIB
					     ? domain->usable_kib - used_up * MIB
					     : domain->current_kib / 2;
	}
}

/* Its members are run's; NULL, and a reference of 0: there is none. */
struct bench_row {
	const char *name, *unit;
	double value, reference;
	const char *of, *goal;
};

static inline void print_member(const char *name, const char *value)
{
	if (value)
		printf(", \"%s\": \"%s\"", name, value);
}

/* Print @row; the rest tells its case. */
__attribute__((format(printf, 2, 3))) static inline void
print_row(const struct bench_row *row, const char *format, ...)
{
	char text[80];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	printf("{\"value\": %.9g", row->value);
	print_member("name", row->name);
	print_member("case", text);
	print_member("unit", row->unit);
	if (row->reference != 0)
		printf(", \"reference\": %.9g", row->reference);
	print_member("of", row->of);
	print_member("goal", row->goal);
	puts("}");
	fflush(stdout);
}
