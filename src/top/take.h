/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a cycle to what 'top' shows. */
#pragma once

#include "cycle/cycle.h"
#include "paint/model.h"

/*
 * Take in what @cycle has seen and planned; only the domains that @chosen (one by one)
 * tells become rows, but all of them are on the host. What changes from one look to the
 * next is remembered for as long as a domain runs. Returns 0, or -ENOMEM with @model
 * unchanged.
 */
int top_model_take(struct top_model *model, const struct cycle *cycle,
		   const bool *chosen);
