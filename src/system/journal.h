/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The journal of systemd. */
#pragma once

#include <stdbool.h>

#include <sys/uio.h>

/*
 * Whether stderr ends in the journal: JOURNAL_STREAM has its device and inode, as
 * systemd.exec(5) says. That the variable is set is not enough, for children inherit it.
 */
bool journal_is_stderr(void);

/*
 * Store an entry of @n_fields fields, each "NAME=value". Returns 0; or a negative errno:
 * -ENOENT if no journal can be reached, -ENOSYS without libsystemd.
 */
int journal_send(const struct iovec *fields, int n_fields);
