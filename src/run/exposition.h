/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text format of Prometheus: families of samples, under their help text and type. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "table/column.h"

/* All zero in the beginning; free with exposition_clear(). */
struct exposition {
	char *text; /* owned; not a string */
	size_t length, size;
	bool has_failed; /* out of memory: it ends somewhere */
	/* The family whose samples are being printed: */
	const char *name, *type, *help;
	bool has_head;
};

struct sample {
	const char *suffix; /* of the name; NULL: none */
	const char *labels; /* see exposition_label(), with commas between; NULL: none */
	/* One more label, whose value needs no escaping; NULL: none. */
	const char *key, *word;
	struct value value; /* a text is no value */
};

/* Begin the family @name; @help is one line without backslashes. */
void exposition_begin(struct exposition *exposition, const char *name, const char *type,
		      const char *help);

/*
 * Print @sample, and the head of its family if it is the first one. A value that is
 * absent leaves no trace. Sizes become bytes. No locale changes what is printed.
 */
void exposition_print(struct exposition *exposition, const struct sample *sample);

/* Free what @exposition owns. */
void exposition_clear(struct exposition *exposition);

/*
 * The label @key with @text, which may hold anything, as its value. Owned by the caller;
 * NULL: out of memory.
 */
char *exposition_label(const char *key, const char *text);
