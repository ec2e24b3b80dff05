/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plain.h"
#include "command/usage.h"

/*
 * getopt() prints what is wrong, argp a second line of its own, and then argp exits.
 * Neither can be told to speak otherwise, so that they speak into a buffer: the variable
 * stderr may be set in the GNU C library.
 */
static struct {
	FILE *real; /* NULL: nobody listens */
	char *text;
	size_t size;
	const char *name;
} listener;

/* Cut off "Try `memcoord --help' or ...", if it is there; argp may wrap it. */
static bool cut_hint(char *text)
{
	char *hint = strstr(text, "\nTry `");

	if (hint)
		*hint = '\0';
	return hint;
}

static void repeat_in_one_line(char *text)
{
	size_t length = strlen(text);
	bool has_hint;

	if (length > 0 && text[length - 1] == '\n')
		text[length - 1] = '\0';
	has_hint = cut_hint(text);
	plain_flatten(text);
	plain_hide_passwords(text);
	if (has_hint)
		fprintf(stderr, "%s ('%s --help' lists the options)\n", text,
			listener.name);
	else if (*text)
		fprintf(stderr, "%s\n", text);
}

static void stop_listening(void)
{
	if (!listener.real)
		return;
	fclose(stderr);
	stderr = listener.real;
	listener.real = NULL;
	if (listener.text)
		repeat_in_one_line(listener.text);
	free(listener.text);
}

static void listen_as(const char *name)
{
	static bool is_prepared;
	FILE *stream = open_memstream(&listener.text, &listener.size);

	if (!is_prepared)
		is_prepared = atexit(stop_listening) == 0;
	if (!stream || !is_prepared) {
		if (stream)
			fclose(stream);
		return; /* then they speak as they are used to */
	}
	listener.name = name;
	listener.real = stderr;
	stderr = stream;
}

error_t usage_parse(const struct argp *argp, int argc, char **argv, unsigned flags,
		    int *ret_index, void *input)
{
	error_t error;

	listen_as(argv[0]);
	error = argp_parse(argp, argc, argv, flags, ret_index, input);
	stop_listening();
	return error;
}

char *usage_append(int key, const char *text,
		   void (*print)(FILE *stream, const void *data), const void *data)
{
	char *help = NULL;
	size_t size = 0;

	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;

	FILE *stream = open_memstream(&help, &size);

	if (!stream)
		return (char *)text;
	print(stream, data);
	fclose(stream);
	return help;
}
