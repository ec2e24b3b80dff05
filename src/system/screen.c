/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/cells.h"
#include "system/cleanup.h"
#include "system/screen.h"

#define TO_THE_TOP "\033[H"
#define CLEAR_REST_OF_LINE "\033[K"
#define CLEAR_BELOW "\033[J"

/* In cells; 0: not known. */
struct size {
	size_t columns, rows;
};

static struct size get_size(void)
{
	struct winsize size = { 0 };

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
		return (struct size){ 0, 0 };
	return (struct size){ size.ws_col, size.ws_row };
}

bool screen_is_there(void)
{
	const char *type = getenv("TERM");

	return isatty(STDOUT_FILENO) && type && *type && strcmp(type, "dumb") != 0;
}

size_t screen_columns(void)
{
	return get_size().columns;
}

/* The cells of a line of @length bytes; colours take none. */
static size_t count_cells(const char *line, size_t length)
{
	const char *end = line + length, *escape;
	size_t cells = 0;

	while ((escape = memmem(line, (size_t)(end - line), "\033[", 2))) {
		const char *m = memchr(escape, 'm', (size_t)(end - escape));

		cells += cells_count(line, (size_t)(escape - line));
		line = m ? m + 1 : end;
	}
	return cells + cells_count(line, (size_t)(end - line));
}

/* The rows that the terminal makes of a line. */
static size_t count_rows(const char *line, size_t length, size_t columns)
{
	size_t cells = count_cells(line, length);

	return columns == 0 || cells == 0 ? 1 : (cells + columns - 1) / columns;
}

static const char *next_line(const char *line)
{
	const char *end = strchrnul(line, '\n');

	return *end ? end + 1 : end;
}

/* Where the lines that fit in @n_rows end; @ret_rows: how many rows all of @text has. */
static const char *find_end(const char *text, size_t columns, size_t n_rows,
			    size_t *ret_rows)
{
	const char *end = text;
	size_t rows = 0;

	for (const char *line = text; *line; line = next_line(line)) {
		rows += count_rows(line, strcspn(line, "\n"), columns);
		if (rows <= n_rows)
			end = next_line(line);
	}
	*ret_rows = rows;
	return end;
}

/* Behind a full line the cursor still stands on its last cell: that must not be cleared.
 */
static void draw_line(FILE *stream, const char *line, size_t columns)
{
	size_t length = strcspn(line, "\n");
	size_t cells = count_cells(line, length);

	fwrite(line, 1, length, stream);
	if (columns == 0 || cells == 0 || cells % columns != 0)
		fputs(CLEAR_REST_OF_LINE, stream);
	fputc('\n', stream);
}

static void draw_lines(FILE *stream, const char *text)
{
	struct size size = get_size();
	size_t n_rows = size.rows > 1 ? size.rows - 1 : SIZE_MAX; /* one for the cursor */
	size_t n, n_left = 0;
	const char *end = find_end(text, size.columns, n_rows, &n);

	if (n > n_rows) /* one more for what is to be said */
		end = find_end(text, size.columns, n_rows - 1, &n);
	for (; text < end; text = next_line(text))
		draw_line(stream, text, size.columns);
	for (; *text; text = next_line(text))
		n_left++;
	if (n_left > 0)
		fprintf(stream, "(%zu more lines)" CLEAR_REST_OF_LINE "\n", n_left);
}

/* A signal waits until the picture is complete, or a colour would stay on. */
static int write_all(const char *text, size_t length)
{
	sigset_t all, old;
	int r = 0;

	fflush(stdout);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	while (length > 0 && r == 0) {
		ssize_t n = write(STDOUT_FILENO, text, length);

		if (n < 0) {
			r = -errno;
		} else {
			text += n;
			length -= (size_t)n;
		}
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	return r;
}

int screen_draw(const char *text)
{
	CLEANUP_FREE char *picture = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&picture, &length);

	if (!stream)
		return -ENOMEM;
	fputs(TO_THE_TOP, stream);
	draw_lines(stream, text);
	fputs(CLEAR_BELOW, stream);
	if (fclose(stream) != 0)
		return -ENOMEM;
	return write_all(picture, length);
}
