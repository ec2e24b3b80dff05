/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Print what 'doctor' has found. */
#pragma once

#include "doctor/text.h"

struct doctor_style {
	bool json;
	bool quiet;  /* only what is not PASS */
	bool colors; /* for a terminal */
};

/*
 * Print @findings on standard output: a line each, and below it what is wrong and what
 * cures it; or one JSON document. Returns 0 or a negative errno.
 */
int doctor_print(const struct findings *findings, const struct doctor_words *words,
		 const struct doctor_style *style);
