/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much room a text takes on a terminal, in cells: most characters take one. */
#pragma once

#include <stddef.h>

/*
 * The cells of the first @length bytes of @text, by the locale. What cannot be printed
 * takes four for each byte, because tables have \x1b in its place.
 */
size_t cells_count(const char *text, size_t length);

/* How many bytes of @text fit in @n_cells: whole characters, and all of them or fewer. */
size_t cells_fit(const char *text, size_t n_cells);
