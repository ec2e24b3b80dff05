/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "cmd.h"
#include "config-file.h"
#include "defaults.h"
#include "log.h"
#include "policy.h"

const struct cmd *const commands[] = {
	&cmd_run,    &cmd_once, &cmd_dry_run, &cmd_stats,    &cmd_classify, &cmd_top,
	&cmd_doctor, &cmd_get,	&cmd_set,     &cmd_simulate, NULL,
};

int invocation_settings(const struct invocation *invocation,
			struct settings *ret_settings, char **ret_error)
{
	const char *path =
		invocation->config_path ? invocation->config_path : DEFAULT_CONFIG_PATH;
	struct settings settings;
	int r = config_load(path, &settings, ret_error);

	if (r == -ENOENT && !invocation->config_path) {
		free(*ret_error);
		*ret_error = NULL;
		defaults_init(&settings);
		r = 0;
	}
	if (r < 0)
		return r;
	if (invocation->uri) {
		free(settings.uri);
		settings.uri = strdup(invocation->uri);
		if (!settings.uri) {
			settings_clear(&settings);
			return -ENOMEM;
		}
	}
	if (invocation->policy)
		settings.policy = invocation->policy;
	if (invocation->period_s)
		settings.period_s = invocation->period_s;
	*ret_settings = settings;
	return 0;
}

int invocation_load(const struct invocation *invocation, struct settings *ret_settings)
{
	CLEANUP_FREE char *error = NULL;

	if (invocation_settings(invocation, ret_settings, &error) == 0)
		return EXIT_OK;
	log_error("%s", error ? error : "out of memory");
	return EX_CONFIG;
}

unsigned parse_number(struct argp_state *state, const char *option, const char *text,
		      unsigned min, unsigned max)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end || errno || value < min || value > max)
		argp_failure(state, EX_USAGE, 0,
			     "%s must be a whole number from %u to %u, not '%s'", option,
			     min, max, text);
	return (unsigned)value;
}

void print_policies(FILE *stream, const void *data)
{
	(void)data;
	fputs("Policies:\n", stream);
	for (size_t i = 0; policies[i]; i++)
		fprintf(stream, "  %-10s %s\n", policies[i]->name, policies[i]->summary);
}

const struct policy *parse_policy(struct argp_state *state, const char *name)
{
	const struct policy *policy = policy_find(name);

	if (!policy)
		argp_failure(state, EX_USAGE, 0,
			     "--policy: there is no policy '%s' (--help lists them)",
			     name);
	return policy;
}
