/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON documents on standard output. */
#pragma once

#include <json-c/json.h>

#include "base/value.h"

/* @text as a value, in which bytes that are not UTF-8 are replaced; NULL is null. */
struct json_object *document_text(const char *text);

/*
 * What JSON gets, the caller's: typed, sizes in bytes. NULL is JSON's null: a value that
 * is absent, or for which there is no memory.
 */
struct json_object *document_value(const struct value *value);

/* Print and free @document. Returns 0 or a negative errno. */
int document_print(struct json_object *document);
