/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON documents on standard output. */
#pragma once

#include <json-c/json.h>

/* @text as a value, in which bytes that are not UTF-8 are replaced; NULL is null. */
struct json_object *document_text(const char *text);

/* Print and free @document. Returns 0 or a negative errno. */
int document_print(struct json_object *document);
