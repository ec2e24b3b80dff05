/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What 'memcoord run' has learned of single domains, and no look at them shows: told by
 * the holder of the lock to whoever connects to it, so that tables show it.
 *
 * A line for each domain: its UUID, its id and the word of the reason. Any process may
 * hold the lock and tell anything, so what is told is shown, and never acted upon.
 */
#pragma once

#include "cycle/cycle.h"

/*
 * Answer those who have connected to the lock @lock_fd with the lessons of @cycle; a few
 * at a time, so that the rest needs another call.
 */
void lessons_tell(int lock_fd, const struct cycle *cycle);

/*
 * Ask the holder of the lock of @cycle's hypervisor and put what it tells into the
 * records. Without a holder, or without its answer in half a second, nothing is told.
 */
void lessons_ask(struct cycle *cycle);
