/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a service is doing, for the service manager that started it: sd_notify(3).
 *
 * Nothing happens if nobody asked to be told (NOTIFY_SOCKET is not set), or without
 * libsystemd. That a message gets lost is nothing that a service could cure, so these
 * functions do not fail.
 */
#pragma once

#include <stdint.h>

/* It has started, or has read its configuration again after notify_reloading(). */
void notify_ready(void);

/* One line for people: what it is doing now. What would not fit on a line is replaced. */
void notify_status(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* It has seen the request to read its configuration again; notify_ready() must follow. */
void notify_reloading(void);

/* It has begun to stop. */
void notify_stopping(void);

/*
 * How often to call notify_watchdog(), in milliseconds: twice within the time after which
 * the service manager takes this process for hung. 0: nobody watches it.
 */
int64_t notify_watchdog_interval_ms(void);

/* It is alive. */
void notify_watchdog(void);
