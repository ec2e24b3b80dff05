/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What 'top' shows: copies of what a cycle has seen, so that they can be shown while the
 * next look is under way, and when there is no connection.
 *
 * Pure: no I/O, no clock. Sizes are KiB, times monotonic milliseconds.
 */
#pragma once

#include "base/value.h"
#include "core/classify.h"
#include "paint/trace.h"

/* Where the memory of the host is, from left to right. */
enum top_host_part {
	TOP_HOST_OTHER,	   /* everything on it that is no domain */
	TOP_HOST_USED,	   /* by domains */
	TOP_HOST_IDLE,	   /* in domains, which do not use it */
	TOP_HOST_PROMISED, /* domains have it, and have not touched it yet */
	TOP_HOST_FREE,	   /* can be handed out */
	TOP_HOST_RESERVE,  /* is kept free */
	TOP_HOST_N_PARTS
};

struct top_host {
	uint64_t capacity_kib;
	uint64_t amounts_kib[TOP_HOST_N_PARTS];
	/* The same as far as there is so much: more may be promised. */
	uint64_t parts_kib[TOP_HOST_N_PARTS];
	uint64_t short_kib;
	bool is_overloaded;
};

/* The columns; the first ones, up to TOP_CHANGE, can be sorted by. */
enum top_column {
	TOP_NAME,
	TOP_CLASS,
	TOP_FREE_PERCENT,
	TOP_USED,
	TOP_CURRENT,
	TOP_MAXIMUM,
	TOP_RATE,
	TOP_SWAP,
	TOP_CHANGE,
	TOP_BAR,
	TOP_WHY,
	TOP_N_COLUMNS,
	TOP_N_SORTS = TOP_CHANGE + 1
};

enum top_part {
	TOP_PART_USED,
	TOP_PART_USABLE,
	TOP_PART_CURRENT, /* it has it, but does not tell what for */
	TOP_PART_ROOM,	  /* up to its maximum */
	TOP_N_PARTS
};

struct top_row {
	char uuid[DOMAIN_UUID_SIZE]; /* first: see domain_compare_uuid() */
	char *name;		     /* one line of UTF-8 that no terminal obeys; owned */
	int id;
	struct verdict verdict;
	/* By column; absent for those that are no figures. */
	struct value values[TOP_N_COLUMNS];
	uint64_t parts_kib[TOP_N_PARTS];
	struct top_change change;
	struct top_swap swap;
};

struct top_model {
	int64_t now_ms; /* of the last look */
	struct top_host host;
	size_t n_rows;
	struct top_row *rows; /* sorted by UUID; owned, with their names */
};

/* Free what @model owns. */
void top_model_clear(struct top_model *model);
