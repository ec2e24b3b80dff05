/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/qemus.h"
#include "system/cleanup.h"

/* Enough of a command line: libvirt puts name and UUID near its begin. */
#define ARGUMENTS_MAX 512

/* What the words of a command line tell, as they come. */
struct words {
	char *name, *uuid;	  /* of a QEMU; owned */
	char *domain, *operation; /* of a hook script; owned */
	enum {
		EXPECTS_NOTHING,
		EXPECTS_NAME,
		EXPECTS_UUID,
		EXPECTS_DOMAIN,
		EXPECTS_OPERATION
	} expects;
};

static void clear_words(struct words *words)
{
	free(words->name);
	free(words->uuid);
	free(words->domain);
	free(words->operation);
}

/* The name in "guest=NAME,debug-threads=on", where a comma in it is doubled. */
static char *parse_name(const char *text)
{
	const char *prefix = "guest=";
	char *name, *to;

	if (strncmp(text, prefix, strlen(prefix)) == 0)
		text += strlen(prefix);
	name = to = strdup(text);
	for (const char *from = text; name && *from; from++) {
		if (*from == ',' && *++from != ',')
			break;
		*to++ = *from;
	}
	if (name)
		*to = '\0';
	return name;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* libvirt calls hooks/qemu, or a script in hooks/qemu.d, with domain and operation. */
static bool is_hook(const char *word)
{
	return ends_with(word, "/hooks/qemu") || strstr(word, "/hooks/qemu.d/");
}

static void take_word(struct words *words, const char *word)
{
	switch (words->expects) {
	case EXPECTS_NAME:
		free(words->name);
		words->name = parse_name(word);
		break;
	case EXPECTS_UUID:
		free(words->uuid);
		words->uuid = strdup(word);
		break;
	case EXPECTS_DOMAIN:
		words->domain = strdup(word);
		words->expects = EXPECTS_OPERATION;
		return;
	case EXPECTS_OPERATION:
		words->operation = strdup(word);
		break;
	case EXPECTS_NOTHING:
		break;
	}
	words->expects = strcmp(word, "-name") == 0	   ? EXPECTS_NAME
			 : strcmp(word, "-uuid") == 0	   ? EXPECTS_UUID
			 : is_hook(word) && !words->domain ? EXPECTS_DOMAIN
							   : EXPECTS_NOTHING;
}

static void read_words(const char *root, const char *pid, struct words *words)
{
	CLEANUP_FREE char *word = NULL;
	char path[PATH_MAX];
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/proc/%s/cmdline", root, pid);
	file = fopen(path, "re");
	for (int i = 0;
	     file && i < ARGUMENTS_MAX && getdelim(&word, &size, '\0', file) >= 0; i++)
		take_word(words, word);
	if (file)
		fclose(file);
}

static int add_qemu(struct qemus *qemus, struct words *words)
{
	struct qemu *entries =
		reallocarray(qemus->entries, qemus->n + 1, sizeof(*entries));

	if (!entries)
		return -ENOMEM;
	qemus->entries = entries;
	entries[qemus->n] = (struct qemu){ .name = words->name };
	memcpy(entries[qemus->n].uuid, words->uuid, DOMAIN_UUID_SIZE);
	words->name = NULL;
	qemus->n++;
	return 0;
}

static int add_hook(struct qemus *qemus, struct words *words)
{
	struct hook *hooks =
		reallocarray(qemus->hooks, qemus->n_hooks + 1, sizeof(*hooks));

	if (!hooks)
		return -ENOMEM;
	qemus->hooks = hooks;
	hooks[qemus->n_hooks++] = (struct hook){ words->domain, words->operation };
	words->domain = words->operation = NULL;
	return 0;
}

static int note_process(struct qemus *qemus, const char *root, const char *pid)
{
	struct words words = { 0 };
	int r = 0;

	read_words(root, pid, &words);
	if (words.name && words.uuid && domain_is_like_uuid(words.uuid))
		r = add_qemu(qemus, &words);
	if (r == 0 && words.domain && words.operation)
		r = add_hook(qemus, &words);
	clear_words(&words);
	return r;
}

int qemus_read(const char *root, struct qemus *ret_qemus)
{
	struct qemus qemus = { 0 };
	char path[PATH_MAX];
	const struct dirent *entry;
	DIR *directory;
	int r = 0;

	snprintf(path, sizeof(path), "%s/proc", root);
	directory = opendir(path);
	if (!directory)
		return -errno;
	while (r == 0 && (entry = readdir(directory)))
		if (isdigit((unsigned char)entry->d_name[0]))
			r = note_process(&qemus, root, entry->d_name);
	closedir(directory);
	if (r < 0)
		qemus_clear(&qemus);
	else
		*ret_qemus = qemus;
	return r;
}

void qemus_clear(struct qemus *qemus)
{
	for (size_t i = 0; i < qemus->n; i++)
		free(qemus->entries[i].name);
	for (size_t i = 0; i < qemus->n_hooks; i++) {
		free(qemus->hooks[i].domain);
		free(qemus->hooks[i].operation);
	}
	free(qemus->entries);
	free(qemus->hooks);
	*qemus = (struct qemus){ 0 };
}
