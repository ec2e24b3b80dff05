/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The values of tables, and how people get to see them. Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum value_type {
	VALUE_ABSENT,
	VALUE_TEXT,    /* .text, not owned */
	VALUE_WORDS,   /* .words: those of .words.names whose bits are set */
	VALUE_COUNT,   /* .number */
	VALUE_SIZE,    /* .number, KiB */
	VALUE_CHANGE,  /* .difference, KiB */
	VALUE_BALANCE, /* the same, where only what is negative has a sign */
	VALUE_RATE,    /* .difference, bytes per second */
	VALUE_PERCENT, /* .number, in thousandths */
	VALUE_DECIMAL, /* the same, of anything */
};

struct value {
	enum value_type type;
	union {
		const char *text;
		uint64_t number;
		int64_t difference;
		struct {
			unsigned set;
			const char *const *names; /* by bit, ended by NULL */
		} words;
	};
};

static const struct value value_absent = { .type = VALUE_ABSENT };

static inline struct value value_text(const char *text)
{
	return (struct value){ .type = VALUE_TEXT, .text = text };
}

static inline struct value value_words(unsigned set, const char *const *names)
{
	return (struct value){ .type = VALUE_WORDS, .words = { set, names } };
}

static inline struct value value_number(enum value_type type, uint64_t number)
{
	return (struct value){ .type = type, .number = number };
}

static inline struct value value_difference(enum value_type type, int64_t difference)
{
	return (struct value){ .type = type, .difference = difference };
}

enum { VALUE_CELL_LENGTH = 160 }; /* enough for anything but a text */

/*
 * What people read: the text itself, or @cell filled with the value; sizes exact if
 * @bytes, else as lsblk prints them.
 */
const char *value_format(const struct value *value, bool bytes,
			 char cell[VALUE_CELL_LENGTH]);
