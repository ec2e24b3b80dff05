/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stay in memory when memory is short: that is when there is work to do, and a program
 * whose own pages have to be read back from disk first would do it too late.
 */
#pragma once

/*
 * Keep what this process touches, now and later, in memory. What it maps and does not
 * touch costs nothing.
 *
 * Returns 0 or a negative errno, and then nothing is locked: -EPERM if a limit
 * (RLIMIT_MEMLOCK) would make later allocations and threads fail.
 */
int memory_lock(void);
