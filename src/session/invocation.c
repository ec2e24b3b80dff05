/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/file.h"
#include "core/defaults.h"
#include "session/invocation.h"
#include "system/cleanup.h"
#include "system/exit-status.h"
#include "system/log.h"

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
