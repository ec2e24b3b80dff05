/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "system/repeats.h"

static void tell(const struct repeats *repeats, const struct repeat *repeat)
{
	if (repeat->n_since > 0)
		repeats->tell(repeat);
}

static struct repeat *find(struct repeats *repeats, enum log_level level,
			   const char *text)
{
	for (size_t i = 0; i < repeats->n; i++) {
		struct repeat *repeat = &repeats->entries[i];

		if (repeat->level == level && strcmp(repeat->text, text) == 0)
			return repeat;
	}
	return NULL;
}

static void take_out(struct repeats *repeats, struct repeat *repeat)
{
	size_t n_behind = (size_t)(&repeats->entries[--repeats->n] - repeat);

	memmove(repeat, repeat + 1, n_behind * sizeof(*repeat));
}

static struct repeat *put_last(struct repeats *repeats, struct repeat repeat)
{
	repeats->entries[repeats->n] = repeat;
	return &repeats->entries[repeats->n++];
}

static void drop(struct repeats *repeats, struct repeat *repeat)
{
	free(repeat->text);
	take_out(repeats, repeat);
}

static void remember(struct repeats *repeats, enum log_level level, const char *text,
		     int64_t now_ms)
{
	char *copy = strdup(text);

	if (!copy)
		return; /* then it is shown the next time, too */
	if (repeats->n == REPEATS_MAX) {
		tell(repeats, &repeats->entries[0]);
		drop(repeats, &repeats->entries[0]);
	}
	put_last(repeats, (struct repeat){ copy, level, now_ms, 0 });
}

bool repeats_admit(struct repeats *repeats, enum log_level level, const char *text,
		   int64_t now_ms, unsigned *ret_n_since)
{
	struct repeat *known = find(repeats, level, text), repeat;

	*ret_n_since = 0;
	if (!known) {
		remember(repeats, level, text, now_ms);
		return true;
	}
	repeat = *known;
	take_out(repeats, known);
	known = put_last(repeats, repeat);
	known->n_since++;
	if (now_ms - known->shown_ms < REPEATS_QUIET_MS)
		return false;
	if (known->n_since > 1)
		*ret_n_since = known->n_since;
	known->n_since = 0;
	known->shown_ms = now_ms;
	return true;
}

void repeats_remind(struct repeats *repeats, int64_t now_ms)
{
	for (size_t i = 0; i < repeats->n;) {
		struct repeat *repeat = &repeats->entries[i];

		if (now_ms - repeat->shown_ms < REPEATS_QUIET_MS) {
			i++;
		} else if (repeat->n_since > 0) {
			tell(repeats, repeat);
			repeat->n_since = 0;
			repeat->shown_ms = now_ms;
			i++;
		} else {
			drop(repeats, repeat);
		}
	}
}

void repeats_flush(struct repeats *repeats)
{
	while (repeats->n > 0) {
		tell(repeats, &repeats->entries[0]);
		drop(repeats, &repeats->entries[0]);
	}
}
