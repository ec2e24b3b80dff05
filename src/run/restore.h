/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Put back the sizes that the domains had before they were first commanded: the end of
 * 'run' with on_exit = "restore".
 */
#pragma once

#include "cycle/cycle.h"

/*
 * Ask every domain of the last look that was commanded for the size it had before, and
 * follow them until all are there, for at most 10 s, or until *@is_stopped is true, which
 * callbacks of the event loop may set.
 *
 * Nothing is granted that the host cannot back above its reserve, so growing ones may
 * have to wait for others. No guest is left with less than it uses and 60 MiB, nor below
 * its floor, nor made smaller without fresh figures. Whose balloon is stuck, who is not
 * running or busy, and whom somebody else has changed, is skipped. What is not put back
 * is logged as a warning, also if there is no connection.
 */
void restore_run(struct cycle *cycle, const bool *is_stopped);
