/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libvirt/roster.h"
#include "libvirt/sample.h"
#include "system/monotonic.h"

#define LIST_EVERY_MS 10000

void libvirt_drop_newcomers(struct libvirt_hypervisor *hypervisor, size_t n)
{
	hypervisor->n_newcomers -= n;
	if (hypervisor->n_newcomers > 0)
		memmove(hypervisor->newcomers, hypervisor->newcomers + n,
			hypervisor->n_newcomers * sizeof(*hypervisor->newcomers));
}

void libvirt_forget(struct libvirt_hypervisor *hypervisor)
{
	libvirt_known_unref(hypervisor->known);
	hypervisor->known = NULL;
	free(hypervisor->newcomers);
	hypervisor->newcomers = NULL;
	hypervisor->n_newcomers = 0;
	free(hypervisor->busy);
	hypervisor->busy = NULL;
	hypervisor->n_busy = 0;
	free(hypervisor->suspects);
	hypervisor->suspects = NULL;
	hypervisor->n_suspects = 0;
}

static bool is_newcomer(const struct libvirt_hypervisor *hypervisor, const char *uuid)
{
	for (size_t i = 0; i < hypervisor->n_newcomers; i++)
		if (strcmp(hypervisor->newcomers[i], uuid) == 0)
			return true;
	return false;
}

/*
 * Known or not: it may have been off for a moment, in which a question was answered. One
 * that cannot be noted for want of memory is in the next list.
 */
void libvirt_note_started(struct hypervisor *base, const char *uuid)
{
	struct libvirt_hypervisor *hypervisor = libvirt_downcast(base);
	libvirt_uuid *newcomers;

	if (is_newcomer(hypervisor, uuid))
		return;
	newcomers = reallocarray(hypervisor->newcomers, hypervisor->n_newcomers + 1,
				 sizeof(*newcomers));
	if (!newcomers)
		return;
	memcpy(newcomers[hypervisor->n_newcomers++], uuid, DOMAIN_UUID_SIZE);
	hypervisor->newcomers = newcomers;
}

static void take_list(struct hypervisor *base, struct libvirt_call *call)
{
	struct libvirt_hypervisor *hypervisor = libvirt_downcast(base);

	hypervisor->is_listing = false;
	for (size_t i = 0; call->result == 0 && i < call->n_listed; i++)
		if (!libvirt_known_find(hypervisor->known, call->listed[i]))
			libvirt_note_started(base, call->listed[i]);
}

void libvirt_list_on_the_side(struct libvirt_hypervisor *hypervisor)
{
	int64_t now_ms = monotonic_now_ms();
	struct libvirt_call *call;

	if (hypervisor->is_listing || now_ms - hypervisor->listed_ms < LIST_EVERY_MS ||
	    libvirt_n_left(hypervisor) > 1)
		return;
	call = libvirt_call_new(libvirt_call_list);
	if (call)
		call->on_return = take_list;
	hypervisor->listed_ms = now_ms;
	hypervisor->is_listing = libvirt_send_off(&hypervisor->base, call) == 0;
}

bool libvirt_add_newcomers(const struct libvirt_hypervisor *hypervisor,
			   struct libvirt_question *question)
{
	question->newcomers =
		calloc(hypervisor->n_newcomers + 1, sizeof(*question->newcomers));
	if (!question->newcomers)
		return false;
	for (size_t i = 0; i < hypervisor->n_newcomers; i++)
		if (!libvirt_known_find(hypervisor->known, hypervisor->newcomers[i]))
			memcpy(question->newcomers[question->n_newcomers++],
			       hypervisor->newcomers[i], DOMAIN_UUID_SIZE);
	return true;
}

bool libvirt_is_silent(const struct libvirt_hypervisor *hypervisor, const char *uuid)
{
	for (size_t i = 0; i < LIBVIRT_WORKERS_MAX; i++) {
		const struct libvirt_worker *worker = &hypervisor->workers[i];

		if (worker->is_left && worker->call->run == libvirt_call_sample &&
		    strcmp(worker->call->uuid, uuid) == 0)
			return true;
	}
	return false;
}

bool libvirt_leave_out(const struct libvirt_hypervisor *hypervisor,
		       struct libvirt_question *question)
{
	const struct libvirt_known *known = hypervisor->known;

	if (libvirt_n_left(hypervisor) == 0)
		return true;
	question->left_out = calloc(known->n + 1, sizeof(*question->left_out));
	for (size_t i = 0; question->left_out && i < known->n; i++)
		if (libvirt_hangs_at(hypervisor, known->domains[i].uuid))
			memcpy(question->left_out[question->n_left_out++],
			       known->domains[i].uuid, DOMAIN_UUID_SIZE);
	return question->left_out;
}

/* Returns NULL, with @known freed, if @r is a failure. */
static struct libvirt_known *unless_failed(struct libvirt_known *known, int r)
{
	if (r == 0)
		return known;
	libvirt_known_unref(known);
	return NULL;
}

struct libvirt_known *libvirt_list_known(const struct libvirt_hypervisor *hypervisor)
{
	const struct libvirt_known *known = hypervisor->known;
	struct libvirt_known *all = libvirt_known_new(known->n + hypervisor->n_newcomers);
	int r = all ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < known->n; i++)
		r = libvirt_known_add(all, &known->domains[i]);
	for (size_t i = 0; r == 0 && i < hypervisor->n_newcomers; i++) {
		if (libvirt_known_find(known, hypervisor->newcomers[i]))
			continue;
		/* its name comes with its answer */
		struct libvirt_domain newcomer = {
			.id = LIBVIRT_UNKNOWN_ID,
			.name = hypervisor->newcomers[i],
			.traits.has_balloon = true,
		};

		memcpy(newcomer.uuid, hypervisor->newcomers[i], sizeof(newcomer.uuid));
		r = libvirt_known_add(all, &newcomer);
	}
	return unless_failed(all, r);
}

struct libvirt_known *libvirt_list_processes(const struct qemus *qemus)
{
	struct libvirt_known *all = libvirt_known_new(qemus->n);
	int r = all ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < qemus->n; i++) {
		/* a wrapper has the same command line */
		if (libvirt_known_find(all, qemus->entries[i].uuid))
			continue;

		struct libvirt_domain domain = {
			.id = LIBVIRT_UNKNOWN_ID,
			.name = qemus->entries[i].name,
			.traits.has_balloon = true,
		};

		memcpy(domain.uuid, qemus->entries[i].uuid, sizeof(domain.uuid));
		r = libvirt_known_add(all, &domain);
	}
	return unless_failed(all, r);
}
