/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The key 'domains' of the configuration file: rules for single domains. */
#pragma once

#include <libconfig.h>

#include "config/text.h"
#include "core/settings.h"

/*
 * Read the list @setting into the rules of @settings, which has none yet. Returns 0, or
 * -EINVAL with the error set, or -ENOMEM. What was read so far stays, so that it can be
 * freed.
 */
int config_read_domains(const struct config_reader *reader,
			const config_setting_t *setting, struct settings *settings);
