/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration file: libconfig syntax, every key optional, every value checked.
 */
#pragma once

#include "core/settings.h"

/*
 * Read @path into @ret_settings, which the caller owns (settings_clear()). Keys that the
 * file does not name have their defaults.
 *
 * Returns 0, or a negative errno with @ret_settings untouched and @ret_error set to one
 * line, "FILE:LINE: what is wrong and what would be right", owned by the caller. -ENOENT
 * only if the file does not exist.
 */
int config_load(const char *path, struct settings *ret_settings, char **ret_error);
