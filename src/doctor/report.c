/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plain.h"
#include "doctor/report.h"
#include "system/output.h"
#include "table/document.h"

/* The name of a domain is not cut off, but only the others' are aligned with it so far.
 */
#define NAME_WIDTH_MAX 24
#define CHECK_WIDTH 42

#define LINE_WIDTH 78
#define TEXT_INDENT 4
#define COMMAND_INDENT 8

static const char *subject_of(const struct finding *finding)
{
	return finding->domain ? finding->domain->name : "host";
}

/* Characters of @text, which is UTF-8. */
static int width_of(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static int max_int(int a, int b)
{
	return a > b ? a : b;
}

static bool is_shown(const struct finding *finding, const struct doctor_style *style)
{
	return !style->quiet || finding->diagnosis.status != DOCTOR_PASS;
}

/* For people */

static int width_of_names(const struct findings *findings,
			  const struct doctor_style *style)
{
	int widest = 0;

	for (size_t i = 0; i < findings->n; i++) {
		int width = width_of(subject_of(&findings->findings[i]));

		if (is_shown(&findings->findings[i], style) && width > widest &&
		    width <= NAME_WIDTH_MAX)
			widest = width;
	}
	return widest;
}

/* The length of the word at @text. A number and its unit are one. */
static int length_of_word(const char *text)
{
	size_t length = strcspn(text, " ");

	if (length > 0 && text[length] && isdigit((unsigned char)text[length - 1]))
		length += 1 + strcspn(text + length + 1, " ");
	return (int)length;
}

/* Print the words of @text between the margins, with @end behind the last one. */
static void print_wrapped(const char *text, const char *end)
{
	int column = 0;

	while (*text) {
		int length = length_of_word(text);

		if (column == 0 || column + 1 + length > LINE_WIDTH)
			column = printf("%s%*s", column ? "\n" : "", TEXT_INDENT, "") -
				 (column > 0);
		else
			column += printf(" ");
		column += printf("%.*s", length, text);
		text += length;
		text += strspn(text, " ");
	}
	puts(end);
}

static void print_letter(const struct doctor_letter *letter)
{
	if (letter->what)
		print_wrapped(letter->what, "");
	for (size_t i = 0; i < letter->n_cures; i++) {
		const struct doctor_cure *cure = &letter->cures[i];

		print_wrapped(cure->how, cure->needs_restart ? " (the guest restarts):"
					 : cure->n_commands  ? ":"
							     : ".");
		for (size_t j = 0; j < cure->n_commands; j++)
			printf("%*s%s\n", COMMAND_INDENT, "", cure->commands[j]);
	}
}

static void print_status(enum doctor_status status, bool colors)
{
	static const char *const escapes[] = {
		[DOCTOR_PASS] = "\033[32m",
		[DOCTOR_WARN] = "\033[33m",
		[DOCTOR_FAIL] = "\033[31m",
	};

	printf("%s%s%s", colors ? escapes[status] : "", doctor_status_name(status),
	       colors ? "\033[0m" : "");
}

/* The line of @finding, up to its status. Returns 0 or -ENOMEM. */
static int print_head(const struct finding *finding, int name_width)
{
	char *name = strdup(subject_of(finding));
	int width = CHECK_WIDTH - width_of(finding->check->subject);

	if (!name)
		return -ENOMEM;
	width = max_int(width + name_width - width_of(name), 1);
	plain_flatten(name);
	printf("  %s: Checking %s%*s: ", name, finding->check->subject, width, "");
	free(name);
	return 0;
}

static int print_finding(const struct finding *finding, const struct doctor_words *words,
			 const struct doctor_style *style, int name_width)
{
	struct doctor_letter letter;
	int r = doctor_write(finding, words, &letter);

	if (r < 0)
		return r;
	r = print_head(finding, name_width);
	print_status(finding->diagnosis.status, style->colors);
	if (finding->diagnosis.status == DOCTOR_PASS) {
		printf(letter.what ? " (%s)\n" : "\n", letter.what);
	} else {
		putchar('\n');
		print_letter(&letter);
	}
	doctor_letter_clear(&letter);
	return r;
}

/* For scripts */

static struct json_object *make_cure(const struct doctor_cure *cure)
{
	struct json_object *object = json_object_new_object();
	struct json_object *commands = json_object_new_array();

	for (size_t i = 0; commands && i < cure->n_commands; i++)
		json_object_array_add(commands, document_text(cure->commands[i]));
	if (!object) {
		json_object_put(commands);
		return NULL;
	}
	json_object_object_add(object, "how", document_text(cure->how));
	json_object_object_add(object, "where",
			       document_text(cure_place_name(cure->place)));
	json_object_object_add(object, "restarts",
			       json_object_new_boolean(cure->needs_restart));
	json_object_object_add(object, "commands", commands);
	return object;
}

static struct json_object *make_cures(const struct doctor_letter *letter)
{
	struct json_object *cures = json_object_new_array();

	for (size_t i = 0; cures && i < letter->n_cures; i++)
		json_object_array_add(cures, make_cure(&letter->cures[i]));
	return cures;
}

static struct json_object *make_finding(const struct finding *finding,
					const struct doctor_letter *letter)
{
	struct json_object *object = json_object_new_object();
	const char *status = doctor_status_name(finding->diagnosis.status);

	if (!object)
		return NULL;
	json_object_object_add(object, "subject", document_text(subject_of(finding)));
	json_object_object_add(
		object, "uuid",
		document_text(finding->domain ? finding->domain->uuid : NULL));
	json_object_object_add(object, "check", document_text(finding->check->id));
	json_object_object_add(object, "status", document_text(status));
	json_object_object_add(object, "what", document_text(letter->what));
	json_object_object_add(object, "cure", make_cures(letter));
	return object;
}

static int print_json(const struct findings *findings, const struct doctor_words *words,
		      const struct doctor_style *style)
{
	struct json_object *document = json_object_new_object();
	struct json_object *array = json_object_new_array();
	int r = document && array ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < findings->n; i++) {
		const struct finding *finding = &findings->findings[i];
		struct doctor_letter letter;

		if (!is_shown(finding, style))
			continue;
		r = doctor_write(finding, words, &letter);
		if (r == 0) {
			json_object_array_add(array, make_finding(finding, &letter));
			doctor_letter_clear(&letter);
		}
	}
	if (r < 0) {
		json_object_put(array);
		json_object_put(document);
		return r;
	}
	json_object_object_add(document, "findings", array);
	return document_print(document);
}

int doctor_print(const struct findings *findings, const struct doctor_words *words,
		 const struct doctor_style *style)
{
	int name_width = width_of_names(findings, style);
	int r = 0;

	if (style->json)
		r = print_json(findings, words, style);
	for (size_t i = 0; !style->json && r == 0 && i < findings->n; i++)
		if (is_shown(&findings->findings[i], style))
			r = print_finding(&findings->findings[i], words, style,
					  name_width);
	return r == 0 ? output_flush(stdout) : r;
}
