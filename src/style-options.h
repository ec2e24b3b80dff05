/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options that every command with a table has: -o -J -r -n -b. */
#pragma once

#include <argp.h>

#include "report.h"

struct style_options {
	struct report_style style;
	const char *output; /* what --output said, or NULL */
};

/* A child for the argp of a command; its input is a struct style_options. */
extern const struct argp style_argp;
