/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one event loop of the process: libvirt's default implementation, which also carries
 * libvirt's own events, timers and keepalive messages.
 *
 * For the main thread only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Register it with libvirt, once. Returns 0 or -EIO. */
int event_loop_open(void);

/*
 * Call @on_readable(@data) from within event_loop_run() as long as @fd is readable.
 * Returns a number for event_loop_unwatch(), or -EIO.
 */
int event_loop_watch(int fd, void (*on_readable)(void *data), void *data);

void event_loop_unwatch(int watch);

/*
 * Call @on_time every @period_ms from within event_loop_run(), until the process ends.
 * Returns 0 or -EIO.
 */
int event_loop_every(int64_t period_ms, void (*on_time)(void));

/*
 * Deliver events until @until_ms of the monotonic clock or until *@is_over is true, which
 * callbacks may set; what is pending already is delivered in any case. Returns 0 or -EIO.
 */
int event_loop_run(int64_t until_ms, const bool *is_over);
