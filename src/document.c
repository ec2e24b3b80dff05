/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>

#include "cleanup.h"
#include "document.h"
#include "plain.h"

struct json_object *document_text(const char *text)
{
	CLEANUP_FREE char *valid = text ? plain_repair(text) : NULL;

	return valid ? json_object_new_string(valid) : NULL;
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
