/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups of a libconfig file, read into structures by tables of their fields. */
#pragma once

#include <libconfig.h>
#include <stdbool.h>
#include <stddef.h>

#include "config/text.h"

enum field_type {
	FIELD_TEXT,    /* char *, owned */
	FIELD_SIZE,    /* uint64_t, KiB */
	FIELD_CHANGE,  /* int64_t, KiB; may be negative */
	FIELD_SECONDS, /* int64_t, milliseconds; whole or broken number */
	FIELD_COUNT,   /* unsigned */
	FIELD_BOOL,    /* bool */
	FIELD_OTHER,   /* by its own function */
};

struct field {
	const char *name; /* NULL ends a table */
	enum field_type type;
	size_t offset;	 /* in the structure */
	size_t presence; /* of a bool that is set when the field is there, or 0 */
	bool is_required;
	long long min, max; /* KiB, milliseconds or a count */
	int (*read)(const struct config_reader *reader, const config_setting_t *setting,
		    void *structure);
};

/*
 * Read all members of @group into @structure, which holds the defaults. Returns 0; or
 * -EINVAL with the error set for an unknown or missing member, a wrong type or a value
 * out of its range; or -ENOMEM. What was read so far stays, so that it can be freed.
 */
int fields_read(const struct config_reader *reader, const config_setting_t *group,
		const struct field *fields, void *structure);
