/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whoever carries out the calls of a hypervisor: a few workers, each with a connection of
 * its own. A call that does not return in time is left to its worker, and another one
 * goes on.
 *
 * For the main thread only.
 */
#pragma once

#include <errno.h>

#include "cycle/hypervisor.h"
#include "libvirt/call.h"
#include "system/worker.h"

/*
 * Three calls may hang; one more goes on with what answers. libvirtd has 20 workers for
 * everybody.
 */
enum { LIBVIRT_LEFT_MAX = 3, LIBVIRT_WORKERS_MAX = LIBVIRT_LEFT_MAX + 1 };

struct libvirt_hypervisor;

struct libvirt_worker {
	struct libvirt_hypervisor *hypervisor;
	struct worker *worker; /* NULL: not needed yet */
	int watch;
	struct libvirt_call *call; /* under way; its owner; NULL: none */
	bool is_back;		   /* it has returned */
	bool is_left;		   /* nobody waits for it any more */
	bool is_connected;	   /* else its first call connects it */
};

struct libvirt_hypervisor {
	struct hypervisor base;
	char *wanted_uri; /* NULL: libvirt's default; owned */
	bool is_read_only, is_listening;
	struct libvirt_listener *listener; /* of the first worker; NULL: no connection */
	void (*on_started)(struct hypervisor *base, const char *uuid);
	struct libvirt_worker workers[LIBVIRT_WORKERS_MAX];
	unsigned lenience; /* by this the patience is multiplied, see libvirt_be_lenient()
			    */
	int64_t took_ms;   /* the last call that returned in time */

	/* What is known of the domains; see look.h. */
	struct libvirt_known *known; /* referenced; NULL: nothing yet */
	size_t n_newcomers;
	libvirt_uuid *newcomers; /* who came since; owned */
	bool is_listing;	 /* a call that lists them all is under way */
	int64_t listed_ms;
	size_t n_busy;
	libvirt_uuid *busy; /* who had no figures at the last look; owned */
	size_t n_suspects;
	libvirt_uuid *suspects; /* who has let a change wait since it started; owned */
	int64_t usual_ms;	/* how long a question about all takes */
};

static inline struct libvirt_hypervisor *libvirt_downcast(struct hypervisor *base)
{
	return (struct libvirt_hypervisor *)base;
}

/* Connect, and listen if that was asked for before. Returns 0 or a negative errno. */
int libvirt_connect(struct libvirt_hypervisor *hypervisor);

/* Let the connection go, with all calls that hang in it. */
void libvirt_disconnect(struct libvirt_hypervisor *hypervisor);

/* Have libvirt tell of events. */
int libvirt_listen(struct libvirt_hypervisor *hypervisor);

/* Note @text as what went wrong. Returns @r. */
int libvirt_note_failure(struct libvirt_hypervisor *hypervisor, int r, const char *text);

/* Note that there is no memory. Returns -ENOMEM. */
static inline int libvirt_note_no_memory(struct hypervisor *base)
{
	libvirt_note_failure(libvirt_downcast(base), -ENOMEM, "out of memory");
	return -ENOMEM;
}

/* See libvirt_carry_out(). */
int libvirt_have_done(struct hypervisor *base, struct libvirt_call *call);

/*
 * Have @call carried out. Returns its result, or -ETIMEDOUT if it was given up and is
 * left to its worker, -EAGAIN if as many hang already as may. On failure it is freed, now
 * or when it returns; NULL means out of memory.
 */
static inline int libvirt_carry_out(struct hypervisor *base, struct libvirt_call *call)
{
	return call ? libvirt_have_done(base, call) : libvirt_note_no_memory(base);
}

/* Have @call carried out without waiting for it. Returns 0, or the same errors. */
int libvirt_send_off(struct hypervisor *base, struct libvirt_call *call);

/*
 * Be twice as patient: a call has answered too late. A host on which everything takes
 * long must not be given up for ever.
 */
void libvirt_be_lenient(struct libvirt_hypervisor *hypervisor);

/* Let go of the workers that took over, with their connections, when nothing hangs. */
void libvirt_release_workers(struct libvirt_hypervisor *hypervisor);

/* How many calls nobody waits for any more. */
unsigned libvirt_n_left(const struct libvirt_hypervisor *hypervisor);

/* How many of these are about the domain of @uuid alone. */
unsigned libvirt_n_left_at(const struct libvirt_hypervisor *hypervisor, const char *uuid);

/* Does a call about that domain hang? */
static inline bool libvirt_hangs_at(const struct libvirt_hypervisor *hypervisor,
				    const char *uuid)
{
	return libvirt_n_left_at(hypervisor, uuid) > 0;
}
