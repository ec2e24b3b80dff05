/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paint/bar.h"

static size_t find_largest(const unsigned __int128 *remainders, size_t n)
{
	size_t largest = 0;

	for (size_t i = 1; i < n; i++)
		if (remainders[i] > remainders[largest])
			largest = i;
	return largest;
}

void top_bar_share(const uint64_t *amounts, size_t n, unsigned width,
		   unsigned *ret_lengths)
{
	unsigned __int128 remainders[TOP_BAR_PARTS_MAX] = { 0 };
	unsigned __int128 total = 0;
	unsigned dealt = 0;

	for (size_t i = 0; i < n; i++)
		total += amounts[i];
	for (size_t i = 0; i < n; i++) {
		unsigned __int128 product = (unsigned __int128)amounts[i] * width;

		ret_lengths[i] = total ? (unsigned)(product / total) : 0;
		remainders[i] = total ? product % total : 0;
		dealt += ret_lengths[i];
	}
	/* What is missing are less cells than there are remainders above 0. */
	for (; total && dealt < width; dealt++) {
		size_t i = find_largest(remainders, n);

		ret_lengths[i]++;
		remainders[i] = 0;
	}
}
