/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the application of a simulated guest needs, as a function of time.
 *
 * Pure: no I/O, no clock. Sizes are KiB, times milliseconds since the guest's start.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sim_shape {
	SIM_CONSTANT, /* amount, always */
	SIM_RAMP,     /* from 0 at from_ms to amount at to_ms, and so on for good */
	SIM_GROWTH,   /* amount per second from from_ms on */
	SIM_SAWTOOTH, /* from 0 to amount within each period */
	SIM_SINE,     /* amount * sin(2 pi t / period) */
};

/* Ranges, which keep all products within 64 bits. */
#define SIM_SIZE_MAX_KIB ((int64_t)16 * 1024 * 1024 * 1024)
#define SIM_TIME_MAX_MS ((int64_t)24 * 3600 * 1000)

struct sim_term {
	enum sim_shape shape;
	int64_t amount_kib;
	int64_t from_ms, to_ms;
	int64_t period_ms; /* > 0 where the shape has one */
	int64_t delay_ms;  /* the whole shape comes later by this */
	bool has_limit;	   /* of SIM_GROWTH; what happens there: */
	bool drops_at_limit;
	int64_t limit_kib;
};

/* The sum of @terms at @at_ms, and at least 0. */
uint64_t sim_demand_kib(const struct sim_term *terms, size_t n_terms, int64_t at_ms);
