/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/plain.h"
#include "base/sat.h"
#include "system/cleanup.h"
#include "table/document.h"

struct json_object *document_text(const char *text)
{
	CLEANUP_FREE char *valid = text ? plain_repair(text) : NULL;

	return valid ? json_object_new_string(valid) : NULL;
}

static struct json_object *make_json_words(const struct value *value)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; array && value->words.names[i]; i++)
		if (value->words.set >> i & 1)
			json_object_array_add(
				array, json_object_new_string(value->words.names[i]));
	return array;
}

struct json_object *document_value(const struct value *value)
{
	char text[VALUE_CELL_LENGTH];

	switch (value->type) {
	case VALUE_TEXT:
		return document_text(value->text);
	case VALUE_WORDS:
		return make_json_words(value);
	case VALUE_COUNT:
		return json_object_new_uint64(value->number);
	case VALUE_SIZE:
		return json_object_new_uint64(sat_mul_div(value->number, 1024, 1));
	case VALUE_CHANGE:
	case VALUE_BALANCE:
		return json_object_new_int64(sat_scale(value->difference, 1024, 1));
	case VALUE_RATE:
		return json_object_new_int64(value->difference);
	case VALUE_PERCENT:
	case VALUE_DECIMAL:
		snprintf(text, sizeof(text), "%" PRIu64 ".%03" PRIu64,
			 value->number / 1000, value->number % 1000);
		return json_object_new_double_s((double)value->number / 1000, text);
	case VALUE_ABSENT:
		break;
	}
	return NULL;
}

int document_print(struct json_object *document)
{
	const char *text = json_object_to_json_string_ext(
		document, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
				  JSON_C_TO_STRING_NOSLASHESCAPE);
	int r = text && puts(text) >= 0 ? 0 : -errno;

	json_object_put(document);
	return r;
}
