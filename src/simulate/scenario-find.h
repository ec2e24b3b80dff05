/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scenarios that come with memcoord. */
#pragma once

#include <stddef.h>

/* Where they are: $MEMCOORD_SCENARIO_DIR, or where they were installed. */
const char *scenario_directory(void);

/*
 * The path of scenario @name: itself if it has a slash, else that of the shipped one. It
 * need not exist. Owned by the caller; NULL: out of memory.
 */
char *scenario_path(const char *name);

/*
 * The names of the shipped scenarios, in order, ended by NULL; free with
 * scenario_names_free(). Returns 0 or a negative errno with @ret_names untouched; -ENOENT
 * if there are none.
 */
int scenario_names(char ***ret_names);

/* NULL is fine. */
void scenario_names_free(char **names);
