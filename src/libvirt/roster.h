/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which domains are known to be active, and who is asked about. */
#pragma once

#include "libvirt/crew.h"
#include "machine/qemus.h"

/* The domain of @uuid has started, as an event or a list told. */
void libvirt_note_started(struct hypervisor *base, const char *uuid);

/*
 * Ask for a list of all every 10 s, in case that an event was missed, without waiting for
 * it. Not while two calls hang: that is what a list does, too, while one domain is held.
 */
void libvirt_list_on_the_side(struct libvirt_hypervisor *hypervisor);

/* Hand @question those who came since the last look. False: out of memory. */
bool libvirt_add_newcomers(const struct libvirt_hypervisor *hypervisor,
			   struct libvirt_question *question);

/* The first @n of them have been asked: those that run are known now. */
void libvirt_drop_newcomers(struct libvirt_hypervisor *hypervisor, size_t n);

/*
 * Does a question about the domain of @uuid hang? Not so while only a change waits, for a
 * migration, say: then its figures come.
 */
bool libvirt_is_silent(const struct libvirt_hypervisor *hypervisor, const char *uuid);

/*
 * Leave out of @question those about whom a call hangs: one more would be enough. False:
 * out of memory.
 */
bool libvirt_leave_out(const struct libvirt_hypervisor *hypervisor,
		       struct libvirt_question *question);

/* Those who are known, and those who came since. NULL: out of memory. */
struct libvirt_known *libvirt_list_known(const struct libvirt_hypervisor *hypervisor);

/* Those of @qemus. NULL: out of memory. */
struct libvirt_known *libvirt_list_processes(const struct qemus *qemus);

/* What is known of the domains is not any more. */
void libvirt_forget(struct libvirt_hypervisor *hypervisor);
