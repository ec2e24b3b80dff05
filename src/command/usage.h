/* SPDX-License-Identifier: GPL-2.0-or-later */
/* argp with the manners of the house: a wrong command line is one line on stderr. */
#pragma once

#include <argp.h>
#include <stdio.h>

/*
 * The same as argp_parse(), but what it complains about, and where it tells to read on,
 * is one line. @argv[0] is the name in it.
 */
error_t usage_parse(const struct argp *argp, int argc, char **argv, unsigned flags,
		    int *ret_index, void *input);

/*
 * For a help filter of argp: what @print(stream, @data) writes goes behind the help text;
 * @key and @text are the filter's.
 */
char *usage_append(int key, const char *text,
		   void (*print)(FILE *stream, const void *data), const void *data);
