/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The settings that hold where nobody has said anything. Above the policies, one of which
 * is the default.
 *
 * Pure: no I/O, no clock.
 */
#pragma once

#include "core/settings.h"

/* Fill @settings with the defaults. */
void defaults_init(struct settings *settings);
