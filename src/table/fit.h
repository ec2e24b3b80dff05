/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables that fit the terminal. */
#pragma once

#include <stddef.h>

struct libscols_table;

/*
 * Let @table, whose lines are complete, take at most @width cells of a terminal. Texts
 * are continued on further lines, the widest first: between words, and if that does not
 * suffice, within words. Numbers are not touched. A table that cannot be made to fit
 * stays as it is, and the terminal breaks its lines.
 *
 * Returns 0 or -ENOMEM.
 */
int fit_table(struct libscols_table *table, size_t width);
