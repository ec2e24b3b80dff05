/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 'set': a domain's own settings, in its metadata. */
#include <stdlib.h>
#include <string.h>

#include "command/command.h"
#include "command/usage.h"
#include "config/metadata.h"
#include "config/rewrite.h"
#include "session/session.h"
#include "system/cleanup.h"
#include "system/log.h"

/* libvirt itself waits so long (and a little) for who else works on the domain. */
#define PATIENCE_MS 35000

enum {
	KEY_FLOOR = 256,
	KEY_CEILING,
	KEY_WEIGHT,
	KEY_MANAGED,
	KEY_CLEAR,
	KEY_LIVE,
	KEY_CONFIG,
};

static const struct argp_option argp_options[] = {
	{ "floor", KEY_FLOOR, "SIZE", 0, "Do not make it smaller than this", 0 },
	{ "ceiling", KEY_CEILING, "SIZE", 0, "Do not make it larger than this", 0 },
	{ "weight", KEY_WEIGHT, "N", 0, "Its weight against others", 0 },
	{ "managed", KEY_MANAGED, "yes|no", 0, "Whether it is balanced", 0 },
	{ "clear", KEY_CLEAR, NULL, 0, "Take back all that it has, before the others",
	  0 },
	{ "live", KEY_LIVE, NULL, 0, "As long as it runs (default)", 0 },
	{ "config", KEY_CONFIG, NULL, 0, "In its persistent definition", 0 },
	{ 0 },
};

static void choose(struct choices_edit *edit, enum choice choice, const char *name,
		   const char *text, struct argp_state *state)
{
	const struct choices_edit take_back = { .named = choice };
	char error[METADATA_ERROR_SIZE];

	edit->named |= choice;
	if (strcmp(text, "default") == 0)
		edit->choices = choices_edit(&take_back, edit->choices);
	else if (metadata_choose(&edit->choices, name, text, error) < 0)
		argp_failure(state, EX_USAGE, 0, "%s, or default, not '%s'", error, text);
}

/* What can be told to be wrong without looking at the domain. */
static void check(const struct rewrite *rewrite, struct argp_state *state)
{
	char error[METADATA_ERROR_SIZE];

	if (!rewrite->domain)
		argp_failure(state, EX_USAGE, 0, "a DOMAIN is missing");
	if (!rewrite->edit.named && !rewrite->edit.clears)
		argp_failure(state, EX_USAGE, 0,
			     "nothing to set (--floor, --ceiling, --weight, --managed "
			     "and --clear tell what)");
	if (metadata_check(&rewrite->edit.choices, error) < 0)
		argp_failure(state, EX_USAGE, 0, "%s", error);
}

static void take_domain(struct rewrite *rewrite, const char *domain,
			struct argp_state *state)
{
	if (rewrite->domain)
		argp_failure(state, EX_USAGE, 0,
			     "unexpected argument '%s': one domain at a time", domain);
	rewrite->domain = domain;
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct rewrite *rewrite = state->input;

	switch (key) {
	case KEY_FLOOR:
		choose(&rewrite->edit, CHOICE_FLOOR, "floor", argument, state);
		return 0;
	case KEY_CEILING:
		choose(&rewrite->edit, CHOICE_CEILING, "ceiling", argument, state);
		return 0;
	case KEY_WEIGHT:
		choose(&rewrite->edit, CHOICE_WEIGHT, "weight", argument, state);
		return 0;
	case KEY_MANAGED:
		choose(&rewrite->edit, CHOICE_MANAGED, "managed", argument, state);
		return 0;
	case KEY_CLEAR:
		rewrite->edit.clears = true;
		return 0;
	case KEY_LIVE:
		rewrite->definitions[DEFINITION_LIVE] = true;
		return 0;
	case KEY_CONFIG:
		rewrite->definitions[DEFINITION_CONFIG] = true;
		return 0;
	case ARGP_KEY_ARG:
		take_domain(rewrite, argument, state);
		return 0;
	case ARGP_KEY_END:
		check(rewrite, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The administrator of the host has the last word. */
static void warn_if_left_out(const struct rewrite *rewrite,
			     const struct settings *settings,
			     const struct definitions *definitions)
{
	struct domain domain = { .name = definitions->name };

	if (!(rewrite->edit.named & CHOICE_MANAGED) || rewrite->edit.choices.is_left_out)
		return;
	memcpy(domain.uuid, definitions->uuid, sizeof(domain.uuid));
	if (!settings_for_domain(settings, &domain).is_managed)
		log_warning("%s: is set, but the configuration leaves it out "
			    "(managed = false) all the same",
			    domain.name);
}

static int set(struct rewrite *rewrite, struct session *session)
{
	CLEANUP_FREE char *error = NULL;
	struct definitions definitions;

	session->hypervisor->patience_ms = PATIENCE_MS;
	rewrite->lock = session_lock_settings;
	rewrite->lock_data = session;
	if (rewrite_run(rewrite, session->hypervisor, &definitions, &error) < 0) {
		log_error("%s", error ? error : "out of memory");
		return EXIT_FAILED;
	}
	warn_if_left_out(rewrite, &session->settings, &definitions);
	definitions_clear(&definitions);
	return EXIT_OK;
}

static int run(struct invocation *invocation, int argc, char **argv)
{
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse_option,
		.args_doc = "DOMAIN",
		.doc = "Give the DOMAIN (a name, UUID or id) settings of its own, which "
		       "go before those of the configuration and follow it through "
		       "migration. What is not named stays as it is; the word default "
		       "takes a setting back.",
	};
	struct rewrite rewrite = { 0 };
	struct session session;
	int status;

	usage_parse(&argp, argc, argv, 0, NULL, &rewrite);
	if (!rewrite.definitions[DEFINITION_CONFIG])
		rewrite.definitions[DEFINITION_LIVE] = true;
	status = session_open_unlocked(&session, invocation);
	if (status == EXIT_OK)
		status = set(&rewrite, &session);
	session_close(&session);
	return status;
}

const struct cmd cmd_set = {
	.name = "set",
	.summary = "give a domain settings of its own",
	.run = run,
};
