/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal that standard output may be. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Is standard output a terminal, and one that obeys escape sequences? */
bool screen_is_there(void);

/* How many cells a line of it has; 0: it is no terminal, or does not tell. */
size_t screen_columns(void);
