/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text as a word of a command for sh(1). */
#pragma once

#include <stdio.h>

/*
 * Write @text to @stream as one word that means just that to a shell: as it is where it
 * needs no quotes, else in quotes.
 */
void shell_print_word(FILE *stream, const char *text);

/* The same as a text; owned by the caller. NULL: out of memory. */
char *shell_word(const char *text);
