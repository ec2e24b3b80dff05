/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/sat.h"
#include "base/size.h"
#include "base/value.h"

static uint64_t magnitude(int64_t value)
{
	return value < 0 ? (uint64_t)-value : (uint64_t)value;
}

/* "one,two", or "-" */
static void format_words(const struct value *value, char cell[VALUE_CELL_LENGTH])
{
	size_t used = 0;

	snprintf(cell, VALUE_CELL_LENGTH, "-");
	for (size_t i = 0; value->words.names[i] && used < VALUE_CELL_LENGTH; i++)
		if (value->words.set >> i & 1)
			used += (size_t)snprintf(cell + used, VALUE_CELL_LENGTH - used,
						 "%s%s", used ? "," : "",
						 value->words.names[i]);
}

const char *value_format(const struct value *value, bool bytes,
			 char cell[VALUE_CELL_LENGTH])
{
	char size[SIZE_TEXT_LENGTH];

	switch (value->type) {
	case VALUE_TEXT: /* names may be longer than a cell */
		return value->text;
	case VALUE_WORDS:
		format_words(value, cell);
		break;
	case VALUE_COUNT:
		snprintf(cell, VALUE_CELL_LENGTH, "%" PRIu64, value->number);
		break;
	case VALUE_SIZE:
		if (bytes)
			snprintf(cell, VALUE_CELL_LENGTH, "%" PRIu64,
				 sat_mul_div(value->number, 1024, 1));
		else
			size_format_short(value->number, cell);
		break;
	case VALUE_CHANGE:
	case VALUE_BALANCE:
		if (bytes)
			snprintf(cell, VALUE_CELL_LENGTH, "%" PRId64,
				 sat_scale(value->difference, 1024, 1));
		else
			snprintf(cell, VALUE_CELL_LENGTH, "%s%s",
				 value->difference < 0	       ? "-"
				 : value->type == VALUE_CHANGE ? "+"
							       : "",
				 size_format_short(magnitude(value->difference), size));
		break;
	case VALUE_RATE:
		if (bytes)
			snprintf(cell, VALUE_CELL_LENGTH, "%" PRId64, value->difference);
		else
			snprintf(cell, VALUE_CELL_LENGTH, "%s%s/s",
				 value->difference <= -1024 ? "-" : "",
				 size_format_short(magnitude(value->difference) / 1024,
						   size));
		break;
	case VALUE_PERCENT:
	case VALUE_DECIMAL:
		snprintf(cell, VALUE_CELL_LENGTH, "%" PRIu64 ".%" PRIu64,
			 value->number / 1000, value->number % 1000 / 100);
		break;
	case VALUE_ABSENT:
		snprintf(cell, VALUE_CELL_LENGTH, "-");
		break;
	}
	return cell;
}
