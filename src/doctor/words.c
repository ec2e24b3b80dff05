/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the commands that cure something are to be called here. */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/plain.h"
#include "doctor/shell.h"
#include "doctor/text.h"
#include "system/cleanup.h"

static const char *environment(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* The URI that virsh has to be told, or NULL if it takes that one by itself. */
static const char *uri_for_virsh(const struct doctor_place *place)
{
	const char *own = environment("VIRSH_DEFAULT_CONNECT_URI");
	const char *default_uri = own ? own : environment("LIBVIRT_DEFAULT_URI");

	/* libvirt's own default is virsh's, too, where that has none of its own. */
	if (!place->wanted_uri)
		return own ? place->real_uri : NULL;
	if (default_uri && strcmp(default_uri, place->wanted_uri) == 0)
		return NULL;
	return place->wanted_uri;
}

static void print_option(FILE *stream, const char *option, const char *value)
{
	CLEANUP_FREE char *copy = value ? strdup(value) : NULL;

	if (!copy)
		return;
	plain_hide_passwords(copy);
	fprintf(stream, " %s ", option);
	shell_print_word(stream, copy);
}

/* @command with up to two options that have a value; NULL: out of memory. */
static char *command_of(const char *command, const char *uri, const char *config_path)
{
	char *result = NULL;
	size_t size;
	FILE *stream = open_memstream(&result, &size);

	if (!stream)
		return NULL;
	fputs(command, stream);
	print_option(stream, "-c", uri);
	print_option(stream, "-f", config_path);
	if (fclose(stream) == 0)
		return result;
	free(result);
	return NULL;
}

int doctor_words_init(struct doctor_words *ret_words, const struct doctor_place *place)
{
	const struct passwd *user = getpwuid(geteuid());
	struct doctor_words words = {
		.virsh = command_of("virsh", uri_for_virsh(place), NULL),
		.memcoord = command_of("memcoord", place->option_uri,
				       place->option_config_path),
		.conf = shell_word(place->config_path),
		.user = shell_word(user ? user->pw_name : "USER"),
		.is_root = geteuid() == 0,
	};

	if (!words.virsh || !words.memcoord || !words.conf || !words.user) {
		doctor_words_clear(&words);
		return -ENOMEM;
	}
	*ret_words = words;
	return 0;
}

void doctor_words_clear(struct doctor_words *words)
{
	free(words->virsh);
	free(words->memcoord);
	free(words->conf);
	free(words->user);
	*words = (struct doctor_words){ 0 };
}
