/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/plain.h"
#include "base/size.h"
#include "doctor/shell.h"
#include "doctor/text.h"
#include "system/cleanup.h"

/* Three lines, so that sh -e ends where one of them fails. */
static const char *const restart_commands[] = {
	"{virsh} shutdown {name}",
	"while {virsh} domid {name} | grep -q '[0-9]'; do sleep 1; done",
	"{virsh} start {name}",
	NULL,
};

/* What words in braces are put in from. */
struct source {
	const struct finding *finding;
	const struct doctor_words *words;
};

static void print_size(FILE *stream, uint64_t kib)
{
	char buffer[SIZE_TEXT_LENGTH];

	fputs(size_format(kib, buffer), stream);
}

static void print_exact(FILE *stream, uint64_t kib)
{
	if (kib % 1024 == 0)
		fprintf(stream, "%" PRIu64 "MiB", kib / 1024);
	else
		fprintf(stream, "%" PRIu64 "KiB", kib);
}

static void print_number(FILE *stream, uint64_t number)
{
	fprintf(stream, "%" PRIu64, number);
}

/* Of others: it must not command the terminal, nor tell a password. */
static void print_plain(FILE *stream, const char *text)
{
	CLEANUP_FREE char *copy = strdup(text ? text : "");

	if (!copy)
		return;
	plain_flatten(copy);
	plain_hide_passwords(copy);
	fputs(copy, stream);
}

/*
 * virsh takes a number for an id, and what begins with a minus for an option; what the
 * terminal would obey cannot be pasted.
 */
static bool is_usable_name(const char *name)
{
	CLEANUP_FREE char *flat = strdup(name);

	if (!flat)
		return false;
	plain_flatten(flat);
	return strcmp(flat, name) == 0 && name[0] != '-' &&
	       name[strspn(name, " +0123456789")] != '\0' && !domain_is_like_uuid(name);
}

static void print_name(FILE *stream, const struct source *source)
{
	const struct domain *domain = source->finding->domain;

	if (!domain)
		return;
	shell_print_word(stream,
			 is_usable_name(domain->name) ? domain->name : domain->uuid);
}

static bool is_transient(const struct finding *finding)
{
	return finding->domain_facts && finding->domain_facts->is_transient;
}

static void print_virsh(FILE *stream, const struct source *source)
{
	fputs(source->words->virsh, stream);
}

static void print_memcoord(FILE *stream, const struct source *source)
{
	fputs(source->words->memcoord, stream);
}

static void print_config(FILE *stream, const struct source *source)
{
	fputs(is_transient(source->finding) ? "" : " --config", stream);
}

static void print_sudo(FILE *stream, const struct source *source)
{
	fputs(source->words->is_root ? "" : "sudo ", stream);
}

static void print_conf(FILE *stream, const struct source *source)
{
	fputs(source->words->conf, stream);
}

static void print_user(FILE *stream, const struct source *source)
{
	fputs(source->words->user, stream);
}

static void print_text(FILE *stream, const struct source *source)
{
	print_plain(stream, source->finding->diagnosis.text);
}

static void print_arg(FILE *stream, const struct source *source)
{
	const char *arg = source->finding->diagnosis.arg;
	CLEANUP_FREE char *flat = strdup(arg ? arg : "");

	if (!flat)
		return;
	plain_flatten(flat);
	shell_print_word(stream, flat);
}

#define FIGURE(name, member, print)                                                      \
	static void print_##name(FILE *stream, const struct source *source)              \
	{                                                                                \
		print(stream, source->finding->diagnosis.member);                        \
	}

FIGURE(a, a_kib, print_size)
FIGURE(b, b_kib, print_size)
FIGURE(a_exact, a_kib, print_exact)
FIGURE(b_exact, b_kib, print_exact)
FIGURE(c_exact, c_kib, print_exact)
FIGURE(n, n, print_number)
FIGURE(m, m, print_number)

static const struct word {
	const char *name;
	void (*print)(FILE *stream, const struct source *source);
} known_words[] = {
	{ "virsh", print_virsh },
	{ "memcoord", print_memcoord },
	{ "name", print_name },
	{ "config", print_config },
	{ "sudo", print_sudo },
	{ "conf", print_conf },
	{ "user", print_user },
	{ "text", print_text },
	{ "arg", print_arg },
	{ "a", print_a },
	{ "b", print_b },
	{ "a_exact", print_a_exact },
	{ "b_exact", print_b_exact },
	{ "c_exact", print_c_exact },
	{ "n", print_n },
	{ "m", print_m },
};

/* The word in braces that @text begins with, or NULL. */
static const struct word *find_word(const char *text)
{
	for (size_t i = 0; i < sizeof(known_words) / sizeof(known_words[0]); i++) {
		size_t length = strlen(known_words[i].name);

		if (strncmp(text + 1, known_words[i].name, length) == 0 &&
		    text[0] == '{' && text[length + 1] == '}')
			return &known_words[i];
	}
	return NULL;
}

static void print_filled_in(FILE *stream, const char *text, const struct source *source)
{
	while (*text) {
		const struct word *word = *text == '{' ? find_word(text) : NULL;

		if (word) {
			word->print(stream, source);
			text += strlen(word->name) + 2;
		} else {
			putc(*text++, stream);
		}
	}
}

/* @text with its words put in; owned by the caller, NULL: out of memory. */
static char *fill_in(const char *text, const struct source *source)
{
	char *result = NULL;
	size_t size;
	FILE *stream = open_memstream(&result, &size);

	if (!stream)
		return NULL;
	print_filled_in(stream, text, source);
	if (fclose(stream) == 0)
		return result;
	free(result);
	return NULL;
}

/* Add @commands, up to NULL. Returns false when out of memory. */
static bool add_commands(struct doctor_cure *cure, const char *const *commands,
			 const struct source *source)
{
	for (; *commands; commands++) {
		char *command = fill_in(*commands, source);

		if (!command)
			return false;
		cure->commands[cure->n_commands++] = command;
	}
	return true;
}

static bool write_cure(struct doctor_cure *letter, const struct cure *cure,
		       const struct source *source)
{
	bool is_impossible = cure->needs_definition && is_transient(source->finding);

	letter->place = cure->place;
	if (is_impossible) {
		letter->how = fill_in("It is transient: have it defined otherwise by "
				      "whoever creates it",
				      source);
		return letter->how != NULL;
	}
	letter->needs_restart = cure->needs_restart;
	letter->how = fill_in(cure->how, source);
	return letter->how && add_commands(letter, cure->commands, source) &&
	       (!cure->needs_restart || add_commands(letter, restart_commands, source));
}

static bool write_cures(struct doctor_letter *letter, const struct source *source)
{
	static const struct cure pending = {
		.how = "Its definition is cured already. Start it anew",
		.needs_restart = true,
	};
	const struct diagnosis *diagnosis = &source->finding->diagnosis;

	if (diagnosis->is_pending)
		return write_cure(&letter->cures[letter->n_cures++], &pending, source);
	for (const struct cure *cure = diagnosis->advice->cures; cure->how; cure++)
		if (!write_cure(&letter->cures[letter->n_cures++], cure, source))
			return false;
	return true;
}

int doctor_write(const struct finding *finding, const struct doctor_words *words,
		 struct doctor_letter *ret_letter)
{
	const struct source source = { .finding = finding, .words = words };
	struct doctor_letter letter = { 0 };

	if (finding->diagnosis.advice) {
		letter.what = fill_in(finding->diagnosis.advice->what, &source);
		if (!letter.what || !write_cures(&letter, &source)) {
			doctor_letter_clear(&letter);
			return -ENOMEM;
		}
	}
	*ret_letter = letter;
	return 0;
}

void doctor_letter_clear(struct doctor_letter *letter)
{
	free(letter->what);
	for (size_t i = 0; i < letter->n_cures; i++) {
		free(letter->cures[i].how);
		for (size_t j = 0; j < letter->cures[i].n_commands; j++)
			free(letter->cures[i].commands[j]);
	}
	*letter = (struct doctor_letter){ 0 };
}
