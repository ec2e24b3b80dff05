/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One coordinator per libvirt URI of the host, and one change of a domain's settings at a
 * time, whoever the user is.
 *
 * A lock is a name in the abstract UNIX socket namespace: it needs no directory that
 * every user can write to, it ends with its process however that dies, and the kernel
 * tells who holds it.
 */
#pragma once

#include <sys/types.h>

/*
 * Take the lock of @uri. Returns a descriptor that holds it until closed; or -EADDRINUSE
 * with the holder's pid in @ret_pid (0: unknown); or another negative errno.
 */
int lock_take(const char *uri, pid_t *ret_pid);

/* Who holds the lock of @uri; 0: nobody, or somebody unknown. */
pid_t lock_holder(const char *uri);

/*
 * Connect to the holder of the lock of @uri. Returns a socket, the caller's, for which
 * nothing ever blocks; or -ECONNREFUSED if nobody holds it, or another negative errno.
 */
int lock_connect(const char *uri);

/* The same as lock_take() and lock_holder() for the settings of the domain @uuid. */
int lock_take_settings(const char *uuid);
pid_t lock_settings_holder(const char *uuid);
