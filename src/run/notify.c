/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/plain.h"
#include "run/notify.h"
#include "system/cleanup.h"
#include "system/monotonic.h"

#ifdef HAVE_LIBSYSTEMD

#include <systemd/sd-daemon.h>

static void tell(const char *state)
{
	sd_notify(0, state);
}

static uint64_t watchdog_us(void)
{
	uint64_t us;

	return sd_watchdog_enabled(0, &us) > 0 ? us : 0;
}

#else

static void tell(const char *state)
{
	(void)state;
}

static uint64_t watchdog_us(void)
{
	return 0;
}

#endif

void notify_ready(void)
{
	tell("READY=1");
}

void notify_status(const char *format, ...)
{
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FREE char *state = NULL;
	va_list arguments;
	int r;

	va_start(arguments, format);
	r = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (r < 0) {
		text = NULL;
		return;
	}
	plain_flatten(
		text); /* or a name with a line end in it would be a message of its own */
	plain_hide_passwords(text);
	if (asprintf(&state, "STATUS=%s", text) < 0) {
		state = NULL;
		return;
	}
	tell(state);
}

void notify_reloading(void)
{
	char state[64];

	/* Not rounded down: this must not be earlier than the request. */
	snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
		 monotonic_now_us());
	tell(state);
}

void notify_stopping(void)
{
	tell("STOPPING=1");
}

int64_t notify_watchdog_interval_ms(void)
{
	uint64_t us = watchdog_us();

	if (us == 0)
		return 0;
	return us < 4000 ? 1 : (int64_t)(us / 2000);
}

void notify_watchdog(void)
{
	tell("WATCHDOG=1");
}
