/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/sat.h"
#include "core/balloon-sizes.h"

void balloon_sizes_note(struct balloon_sizes *balloon, uint64_t current_kib,
			int64_t at_ms)
{
	unsigned n = balloon->n;

	if (n > 0 && balloon->sizes[n - 1].current_kib == current_kib)
		return;
	if (n == BALLOON_SIZES_LENGTH) {
		memmove(&balloon->sizes[0], &balloon->sizes[1],
			sizeof(balloon->sizes) - sizeof(balloon->sizes[0]));
		n--;
	}
	balloon->sizes[n] = (struct balloon_size){ at_ms, current_kib };
	balloon->n = n + 1;
}

static void widen(struct size_range *range, uint64_t kib)
{
	range->min_kib = min_u64(range->min_kib, kib);
	range->max_kib = max_u64(range->max_kib, kib);
}

struct size_range balloon_sizes_since(const struct balloon_sizes *balloon,
				      int64_t since_ms, uint64_t target_kib)
{
	unsigned i = balloon->n - 1;
	struct size_range range = { target_kib, target_kib };

	widen(&range, balloon->sizes[i].current_kib);
	while (i > 0 && balloon->sizes[i].at_ms > since_ms)
		widen(&range, balloon->sizes[--i].current_kib);
	return range;
}
