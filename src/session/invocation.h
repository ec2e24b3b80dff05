/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the command line says beside the configuration. */
#pragma once

#include "core/settings.h"

/* To be laid over the configuration each time it is read. Owns nothing. */
struct invocation {
	const char *config_path;     /* NULL: the default one, which may be missing */
	const char *uri;	     /* NULL: not given */
	unsigned period_s;	     /* 0: not given */
	const struct policy *policy; /* NULL: not given */
};

/*
 * Read the configuration and lay the command line over it. Returns 0; or -EINVAL with
 * @ret_error set to one line, owned by the caller, and @ret_settings untouched.
 */
int invocation_settings(const struct invocation *invocation,
			struct settings *ret_settings, char **ret_error);

/* The same, for a command: logs the error. Returns an exit status. */
int invocation_load(const struct invocation *invocation, struct settings *ret_settings);
