/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cycle/stats-period.h"
#include "libvirt/hypervisor.h"
#include "machine/qemus.h"
#include "run/lessons.h"
#include "run/lock.h"
#include "session/session.h"
#include "system/cleanup.h"
#include "system/log.h"
#include "system/signals.h"

int lock_hypervisor(const struct hypervisor *hypervisor, int *ret_fd)
{
	pid_t holder = 0;
	int fd;

	if (hypervisor->is_private)
		return EXIT_OK;
	fd = lock_take(hypervisor->uri, &holder);
	if (fd >= 0) {
		*ret_fd = fd;
		return EXIT_OK;
	}
	if (fd != -EADDRINUSE)
		log_error("cannot take the lock of %s: %s", hypervisor->uri,
			  strerror(-fd));
	else if (holder > 0)
		log_error("%s: another memcoord coordinates it already: pid %d (stop "
			  "that one first)",
			  hypervisor->uri, (int)holder);
	else
		log_error("%s: another memcoord coordinates it already", hypervisor->uri);
	return EXIT_FAILED;
}

static void interrupt(void *data)
{
	struct session *session = data;

	session->is_interrupted = true;
	hypervisor_wake(session->hypervisor);
}

static int hold_signals(struct session *session)
{
	int r;

	session->signals = (struct signals){ .on_signal = interrupt, .data = session };
	r = signals_open(&session->signals);
	session->holds_signals = r == 0;
	if (r == 0)
		return EXIT_OK;
	log_error("cannot wait for signals: %s", strerror(-r));
	return EXIT_FAILED;
}

static int open_connection(struct session *session, const struct invocation *invocation,
			   bool read_only)
{
	CLEANUP_FREE char *error = NULL;
	int status;

	*session = (struct session){ .lock_fd = -1 };
	status = invocation_load(invocation, &session->settings);
	if (status != EXIT_OK)
		return status;
	if (libvirt_hypervisor_open(session->settings.uri, read_only,
				    &session->is_interrupted, &session->hypervisor,
				    &error) < 0) {
		log_error("%s", error ? error : "out of memory");
		return EXIT_FAILED;
	}
	session->cycle.hypervisor = session->hypervisor;
	session->cycle.settings = &session->settings;
	return EXIT_OK;
}

int session_open(struct session *session, const struct invocation *invocation,
		 bool read_only)
{
	int status = open_connection(session, invocation, read_only);

	if (status == EXIT_OK && !read_only)
		status = lock_hypervisor(session->hypervisor, &session->lock_fd);
	return status == EXIT_OK && !read_only ? hold_signals(session) : status;
}

int session_open_unlocked(struct session *session, const struct invocation *invocation)
{
	int status = open_connection(session, invocation, false);

	return status == EXIT_OK ? hold_signals(session) : status;
}

/* Who has it is done within some milliseconds, unless libvirt is slow. */
#define LOCK_POLL_MS 20

int session_lock_settings(void *data, const char *uuid, pid_t *ret_holder)
{
	struct session *session = data;
	struct hypervisor *hypervisor = session->hypervisor;
	int64_t until_ms = hypervisor_now_ms(hypervisor) + hypervisor->patience_ms;
	int fd, r;

	if (hypervisor->is_private)
		return 0;
	while ((fd = lock_take_settings(uuid)) == -EADDRINUSE) {
		if (session->is_interrupted)
			return -EINTR;
		if (hypervisor_now_ms(hypervisor) >= until_ms) {
			*ret_holder = lock_settings_holder(uuid);
			return -ETIMEDOUT;
		}
		r = hypervisor_wait(hypervisor,
				    hypervisor_now_ms(hypervisor) + LOCK_POLL_MS);
		if (r < 0)
			return r;
	}
	if (fd < 0)
		return fd;
	session->lock_fd = fd;
	return 0;
}

static bool has_hook(const struct qemus *qemus, const char *name)
{
	for (size_t i = 0; i < qemus->n_hooks; i++)
		if (strcmp(qemus->hooks[i].domain, name) == 0)
			return true;
	return false;
}

/* Who is in the way of libvirt's answers: the others are shown all the same. */
static void tell_who_hangs(const struct session *session)
{
	const struct snapshot *snapshot = &session->cycle.snapshot;
	struct qemus qemus = { 0 };
	size_t n_told;

	if (session->hypervisor->is_local)
		qemus_read("", &qemus);
	for (size_t i = 0; i < qemus.n_hooks; i++)
		log_warning("%s: libvirt does not answer for it while its hook script "
			    "(%s) runs",
			    qemus.hooks[i].domain, qemus.hooks[i].operation);
	n_told = qemus.n_hooks;
	for (size_t i = 0; i < snapshot->n_domains; i++) {
		const struct domain *domain = &snapshot->domains[i];

		if (!domain->is_unanswered || has_hook(&qemus, domain->name))
			continue;
		log_warning("%s: libvirt does not answer for it ('memcoord doctor %s' "
			    "tells more)",
			    domain->name, domain->name);
		n_told++;
	}
	if (n_told == 0)
		log_warning("a call hangs in libvirt: a domain may be missing here");
	qemus_clear(&qemus);
}

static int report_look(struct session *session, int r)
{
	if (r == 0 && session->hypervisor->is_hampered && !session->has_told)
		tell_who_hangs(session);
	if (r == 0)
		session->has_told = session->hypervisor->is_hampered;
	if (r == 0)
		return EXIT_OK;
	log_error("cannot read the domains of %s: %s", session->hypervisor->uri,
		  r == -ENOMEM ? "out of memory" : hypervisor_error(session->hypervisor));
	return EXIT_FAILED;
}

int session_try_look(struct session *session)
{
	int r = cycle_look(&session->cycle);

	/* Who has the lock learns for itself. */
	if (r == 0 && session->lock_fd < 0 && !session->hypervisor->is_private)
		lessons_ask(&session->cycle);
	return r;
}

int session_look(struct session *session)
{
	return report_look(session, session_try_look(session));
}

int session_look_at_definitions(struct session *session)
{
	return report_look(session, cycle_look_at_definitions(&session->cycle));
}

int session_wait(struct session *session, unsigned seconds)
{
	int64_t until_ms =
		hypervisor_now_ms(session->hypervisor) + (int64_t)seconds * 1000;
	int r = hypervisor_wait(session->hypervisor, until_ms);

	if (r < 0) {
		log_error("cannot wait: %s", hypervisor_error(session->hypervisor));
		return EXIT_FAILED;
	}
	if (session->is_interrupted) {
		log_error("interrupted before anything was moved");
		return EXIT_FAILED;
	}
	return EXIT_OK;
}

void session_close(struct session *session)
{
	stats_periods_return(&session->cycle);
	cycle_clear(&session->cycle);
	hypervisor_close(session->hypervisor);
	settings_clear(&session->settings);
	if (session->lock_fd >= 0)
		close(session->lock_fd);
	if (session->holds_signals)
		signals_close(&session->signals);
}
