/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "style-options.h"

static const struct argp_option argp_options[] = {
	{ "output", 'o', "COLUMNS", 0, "Print these columns (comma separated)", 0 },
	{ "json", 'J', NULL, 0, "Print one JSON document; sizes are bytes", 0 },
	{ "raw", 'r', NULL, 0, "Do not align the columns", 0 },
	{ "noheadings", 'n', NULL, 0, "Do not print the headings", 0 },
	{ "bytes", 'b', NULL, 0, "Print sizes in bytes", 0 },
	{ 0 },
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct style_options *options = state->input;

	switch (key) {
	case 'o':
		options->output = argument;
		return 0;
	case 'J':
		options->style.json = true;
		return 0;
	case 'r':
		options->style.raw = true;
		return 0;
	case 'n':
		options->style.no_headings = true;
		return 0;
	case 'b':
		options->style.bytes = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp style_argp = { .options = argp_options, .parser = parse_option };
