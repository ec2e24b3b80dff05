/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop of 'top': look, show, and answer keys at any time. */
#pragma once

#include "session/selection.h"
#include "session/session.h"

/*
 * Show the domains of @session that @selection choose, until the user or a signal ends
 * it.
 * @session is open and has looked once; a lost connection is made anew. Logs what goes
 * wrong before or after the terminal is in use. Returns an exit status.
 */
int top_run(struct session *session, const struct selection *selection);
