/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <wchar.h>

#include "base/cells.h"

enum { CELLS_OF_ESCAPE = sizeof("\\x1b") - 1 };

/* The length of the first character of @text, in bytes, and its cells. */
static size_t measure(const char *text, size_t length, size_t *ret_cells)
{
	mbstate_t state = { 0 };
	wchar_t character;
	size_t n = mbrtowc(&character, text, length, &state);
	int cells;

	if (n == 0 || n > length) { /* no character of this locale */
		*ret_cells = CELLS_OF_ESCAPE;
		return 1;
	}
	cells = wcwidth(character);
	*ret_cells = cells < 0 ? n * CELLS_OF_ESCAPE : (size_t)cells;
	return n;
}

size_t cells_count(const char *text, size_t length)
{
	size_t sum = 0;

	while (length > 0) {
		size_t cells, n = measure(text, length, &cells);

		sum += cells;
		text += n;
		length -= n;
	}
	return sum;
}

size_t cells_fit(const char *text, size_t n_cells)
{
	size_t left = strlen(text), fit = 0;

	while (left > 0) {
		size_t cells, n = measure(text + fit, left, &cells);

		if (cells > n_cells)
			break;
		n_cells -= cells;
		fit += n;
		left -= n;
	}
	return fit;
}
