/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "doctor/shell.h"

void shell_print_word(FILE *stream, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_@%+=:,./-";

	if (*text && text[strspn(text, plain)] == '\0') {
		fputs(text, stream);
		return;
	}
	putc('\'', stream);
	for (; *text; text++)
		if (*text == '\'')
			fputs("'\\''", stream);
		else
			putc(*text, stream);
	putc('\'', stream);
}

char *shell_word(const char *text)
{
	char *result = NULL;
	size_t size;
	FILE *stream = open_memstream(&result, &size);

	if (!stream)
		return NULL;
	shell_print_word(stream, text);
	if (fclose(stream) == 0)
		return result;
	free(result);
	return NULL;
}
