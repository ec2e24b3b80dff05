/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include <libvirt/libvirt.h>

#include "system/event-loop.h"
#include "system/monotonic.h"

struct watch {
	void (*on_readable)(void *data);
	void *data;
};

int event_loop_open(void)
{
	static bool is_open;

	if (!is_open && virEventRegisterDefaultImpl() < 0)
		return -EIO;
	is_open = true;
	return 0;
}

static void fd_is_readable(int number, int fd, int events, void *opaque)
{
	const struct watch *watch = opaque;

	(void)number;
	(void)fd;
	(void)events;
	watch->on_readable(watch->data);
}

int event_loop_watch(int fd, void (*on_readable)(void *data), void *data)
{
	struct watch *watch = malloc(sizeof(*watch));
	int number;

	if (!watch)
		return -EIO;
	*watch = (struct watch){ on_readable, data };
	number = virEventAddHandle(fd, VIR_EVENT_HANDLE_READABLE, fd_is_readable, watch,
				   free);
	if (number < 0)
		free(watch);
	return number < 0 ? -EIO : number;
}

void event_loop_unwatch(int watch)
{
	if (watch >= 0)
		virEventRemoveHandle(watch);
}

static void time_has_come(int timer, void *opaque)
{
	void (*const *on_time)(void) = opaque;

	(void)timer;
	(*on_time)();
}

int event_loop_every(int64_t period_ms, void (*on_time)(void))
{
	void (**copy)(void) = malloc(sizeof(*copy));

	if (!copy)
		return -EIO;
	*copy = on_time;
	if (virEventAddTimeout(period_ms > INT_MAX ? INT_MAX : (int)period_ms,
			       time_has_come, copy, free) >= 0)
		return 0;
	free(copy);
	return -EIO;
}

static void time_is_up(int timer, void *opaque)
{
	bool *is_up = opaque;

	(void)timer;
	*is_up = true;
}

int event_loop_run(int64_t until_ms, const bool *is_over)
{
	int64_t left_ms = *is_over ? 0 : until_ms - monotonic_now_ms();
	bool is_up = false;
	int r = 0;
	int timer = virEventAddTimeout(left_ms > INT_MAX ? INT_MAX
				       : left_ms > 0	 ? (int)left_ms
							 : 0,
				       time_is_up, &is_up, NULL);

	if (timer < 0)
		return -EIO;
	do {
		if (virEventRunDefaultImpl() < 0)
			r = -EIO;
	} while (r == 0 && !is_up && !*is_over);
	virEventRemoveTimeout(timer);
	return r;
}
