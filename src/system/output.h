/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Standard output that does not lose anything without a word. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

/*
 * Call this first. Whatever is still to be written when the program exits is written
 * then; if that fails the exit status becomes EXIT_FAILED. Where a standard descriptor is
 * closed nothing else can take its place: a table must not end in a library's socket.
 */
void output_init(void);

/*
 * If standard output is a pipe, end the program by SIGPIPE from within the event loop as
 * soon as nobody reads it any more: the next write may be an hour away. Call this once
 * the event loop is open. Without memory, it is the next write that ends the program.
 */
void output_watch_reader(void);

/* Tell, only once, that stdout failed with @error, a positive errno. EXIT_FAILED. */
int output_failed(int error);

/* Write all that was printed to @stream. Returns 0 or a negative errno. */
int output_flush(FILE *stream);

/* Is stdout a terminal, on which NO_COLOR does not forbid colours? */
bool output_has_colors(void);
