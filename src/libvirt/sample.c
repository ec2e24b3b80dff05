/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Read the host and its domains. An idle cycle on QEMU costs one libvirt call; the live
 * XML is read once per domain start, and only drivers without bulk figures are asked
 * domain by domain.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/virterror.h>

#include "base/sat.h"
#include "libvirt/figures.h"
#include "libvirt/sample.h"
#include "machine/host.h"
#include "system/cleanup.h"

/* Read the live XML. -ENOENT: the domain ended in this moment; else it refused. */
static int read_traits(virDomainPtr handle, struct libvirt_traits *ret_traits)
{
	CLEANUP_FREE char *xml = virDomainGetXMLDesc(handle, 0);

	if (xml)
		return libvirt_parse_traits(xml, ret_traits);
	return virGetLastErrorCode() == VIR_ERR_NO_DOMAIN ? -ENOENT : -EIO;
}

/* Is the size of @domain beyond its maximum? Only the XML tells what that means. */
static bool is_beyond_maximum(const struct domain *domain)
{
	return domain_has(domain, DOMAIN_CURRENT | DOMAIN_MAXIMUM) &&
	       domain->current_kib > domain->maximum_kib;
}

/*
 * Have the traits of @domain in @seen: as before, or read. A domain that does not give
 * them must not vanish from sight; it is asked again with the next sample. -ENOENT: it
 * ended meanwhile.
 */
static int know_traits(const struct libvirt_question *question,
		       const struct libvirt_domain *old, virDomainPtr handle,
		       const struct domain *domain, struct libvirt_domain *seen)
{
	int r = 0;

	seen->id = LIBVIRT_UNKNOWN_ID;
	seen->traits = (struct libvirt_traits){ .has_balloon = true };
	if (!old && question->is_brief && !is_beyond_maximum(domain))
		return 0;
	if (old)
		seen->traits = old->traits;
	if (!old || old->is_outdated)
		r = read_traits(handle, &seen->traits);
	/* What was known before is better than nothing. */
	if (old || r == 0)
		seen->id = domain->id;
	return r == -ENOENT ? r : 0;
}

/* What is known of an active domain since its start; NULL: nothing. */
static const struct libvirt_domain *recall(const struct libvirt_question *question,
					   const char *name, int id)
{
	const struct libvirt_domain *old = libvirt_known_named(question->known, name);

	return old && old->id == id && !question->forgets ? old : NULL;
}

static int read_uuid(const struct libvirt_domain *old, virDomainPtr handle,
		     char uuid[DOMAIN_UUID_SIZE])
{
	if (!old)
		return virDomainGetUUIDString(handle, uuid);
	memcpy(uuid, old->uuid, sizeof(old->uuid));
	return 0;
}

/* Fill @domain from @record; -ENOENT if the domain ended meanwhile. */
static int read_domain(struct libvirt_link *link, const struct libvirt_question *question,
		       const virDomainStatsRecord *record, struct domain *domain,
		       struct libvirt_domain *seen)
{
	virDomainPtr handle = record->dom;
	const char *name = virDomainGetName(handle);
	const struct libvirt_domain *old;
	bool has_state;

	domain->id = (int)virDomainGetID(handle);
	old = recall(question, name, domain->id);
	if (domain->id < 0 || read_uuid(old, handle, domain->uuid) < 0)
		return -ENOENT;
	has_state = libvirt_read_bulk(record, domain);
	if (know_traits(question, old, handle, domain, seen) < 0)
		return -ENOENT;
	/* QEMU always gives this one, even for a domain that is busy or hung. */
	if (!domain_has(domain, DOMAIN_CURRENT))
		libvirt_read_single(link, handle, &seen->traits, has_state, domain);
	/* Without fresh figures nobody moves it. */
	if (seen->id == LIBVIRT_UNKNOWN_ID && !question->is_brief)
		domain->present &= ~(unsigned)DOMAIN_LAST_UPDATE;

	domain->name = strdup(name);
	if (!domain->name || libvirt_put_traits(domain, &seen->traits) < 0)
		return -ENOMEM;
	memcpy(seen->uuid, domain->uuid, sizeof(seen->uuid));
	seen->name = domain->name; /* lent */
	if (!old)
		libvirt_link_keep(link, domain->uuid, handle);
	return 0;
}

/* Is that just what is known already? Then there is no need for a new list. */
static bool is_as_known(const struct libvirt_question *question,
			const struct libvirt_domain *seen, size_t n)
{
	if (!question->known || question->known->n != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct libvirt_domain *old =
			recall(question, seen[i].name, seen[i].id);

		if (seen[i].id == LIBVIRT_UNKNOWN_ID || !old || old->is_outdated)
			return false;
	}
	return true;
}

static int make_seen(struct libvirt_call *call, const struct libvirt_domain *seen,
		     size_t n)
{
	if (is_as_known(&call->question, seen, n))
		return 0;
	call->seen = libvirt_known_new(n);
	for (size_t i = 0; i < n; i++)
		if (!call->seen || libvirt_known_add(call->seen, &seen[i]) < 0)
			return -ENOMEM;
	return call->seen ? 0 : -ENOMEM;
}

/* Take in all @records. */
static int read_domains(struct libvirt_link *link, struct libvirt_call *call,
			virDomainStatsRecordPtr *records, size_t n_records)
{
	struct snapshot *snapshot = &call->snapshot;
	struct libvirt_domain *seen = calloc(n_records + 1, sizeof(*seen));
	size_t n = 0;
	int r = 0;

	snapshot->domains = calloc(n_records + 1, sizeof(*snapshot->domains));
	if (!snapshot->domains || !seen)
		r = -ENOMEM;
	for (size_t i = 0; r == 0 && i < n_records; i++) {
		r = read_domain(link, &call->question, records[i], &snapshot->domains[n],
				&seen[n]);
		if (r == 0) {
			n++;
			continue;
		}
		free(snapshot->domains[n].name);
		snapshot->domains[n] = (struct domain){ 0 };
		if (r == -ENOENT)
			r = 0;
	}
	snapshot->n_domains = n;
	if (r == 0)
		r = make_seen(call, seen, n);
	free(seen);
	return r;
}

enum {
	WANTED_STATS = VIR_DOMAIN_STATS_STATE | VIR_DOMAIN_STATS_BALLOON,
	/* Who is busy is not waited for. */
	WANTED_DOMAINS = VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE |
			 VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT,
};

/* So many may be kept of domains that have ended. */
#define HANDLES_SPARE 16

static bool is_left_out(const struct libvirt_question *question, const char *uuid)
{
	for (size_t i = 0; i < question->n_left_out; i++)
		if (strcmp(question->left_out[i], uuid) == 0)
			return true;
	return false;
}

/* More handles than domains: those that have ended are let go, with the others. */
static void limit_handles(struct libvirt_link *link, size_t n_domains)
{
	if (link->n_handles > 2 * n_domains + HANDLES_SPARE)
		libvirt_link_forget(link);
}

/* One that has ended has no handle. Another failure has its text in @link. */
static int add_handle(struct libvirt_link *link, const char *uuid, virDomainPtr *handles,
		      size_t *n)
{
	virDomainPtr handle = libvirt_link_handle(link, uuid);
	int r = handle ? 0 : libvirt_fail(link);

	if (handle)
		handles[(*n)++] = handle;
	return r == -ENOENT ? 0 : r;
}

/* The handles of whom the question is about, ended by NULL: to be freed, not they. */
static int choose_handles(struct libvirt_link *link,
			  const struct libvirt_question *question,
			  virDomainPtr **ret_handles, size_t *ret_n)
{
	const struct libvirt_known *known = question->known;
	size_t n_known = known ? known->n : 0, n = 0;
	virDomainPtr *handles =
		calloc(n_known + question->n_newcomers + 1, sizeof(virDomainPtr));
	int r = handles ? 0 : -ENOMEM;

	limit_handles(link, n_known + question->n_newcomers);
	for (size_t i = 0; r == 0 && i < n_known; i++)
		if (!is_left_out(question, known->domains[i].uuid))
			r = add_handle(link, known->domains[i].uuid, handles, &n);
	for (size_t i = 0; r == 0 && i < question->n_newcomers; i++)
		r = add_handle(link, question->newcomers[i], handles, &n);
	if (r < 0) {
		free(handles);
		return r;
	}
	*ret_handles = handles;
	*ret_n = n;
	return 0;
}

static int ask_handles(struct libvirt_link *link, struct libvirt_call *call,
		       virDomainPtr *handles, size_t n)
{
	virDomainStatsRecordPtr *records = NULL;
	int n_records = n > 0 ? virDomainListGetStats(handles, WANTED_STATS, &records,
						      WANTED_DOMAINS)
			      : 0;
	int r;

	if (n_records < 0)
		return libvirt_fail(link);
	r = read_domains(link, call, records, (size_t)n_records);
	if (records)
		virDomainStatsRecordListFree(records);
	return r;
}

static int ask_known(struct libvirt_link *link, struct libvirt_call *call)
{
	virDomainPtr *handles = NULL;
	size_t n = 0;
	int r = choose_handles(link, &call->question, &handles, &n);

	if (r == 0)
		r = ask_handles(link, call, handles, n);
	free(handles);
	return r;
}

/* One that has ended is no failure: it is not in the snapshot. */
static int ask_one(struct libvirt_link *link, struct libvirt_call *call)
{
	virDomainPtr handles[2] = { NULL, NULL };
	size_t n = 0;
	int r = add_handle(link, call->uuid, handles, &n);

	return r == 0 ? ask_handles(link, call, handles, n) : r;
}

static int ask_all(struct libvirt_link *link, struct libvirt_call *call)
{
	virDomainStatsRecordPtr *records = NULL;
	int n = virConnectGetAllDomainStats(link->connection, WANTED_STATS, &records,
					    WANTED_DOMAINS);
	int r;

	if (n < 0)
		return libvirt_fail(link);
	r = read_domains(link, call, records, (size_t)n);
	virDomainStatsRecordListFree(records);
	return r;
}

int libvirt_call_sample(struct libvirt_link *link, struct libvirt_call *call)
{
	static int (*const asks[])(struct libvirt_link *, struct libvirt_call *) = {
		[LIBVIRT_ASKS_ALL] = ask_all,
		[LIBVIRT_ASKS_KNOWN] = ask_known,
		[LIBVIRT_ASKS_ONE] = ask_one,
	};
	int r = asks[call->question.kind](link, call);

	if (r == 0 && call->question.has_host)
		r = libvirt_read_host(link, &call->snapshot.host);
	return r;
}

int libvirt_call_list(struct libvirt_link *link, struct libvirt_call *call)
{
	virDomainPtr *handles = NULL;
	int n = virConnectListAllDomains(link->connection, &handles,
					 VIR_CONNECT_LIST_DOMAINS_ACTIVE);

	if (n < 0)
		return libvirt_fail(link);
	call->listed = calloc((size_t)n + 1, sizeof(*call->listed));
	for (int i = 0; i < n; i++) {
		char *uuid = call->listed ? call->listed[call->n_listed] : NULL;

		if (uuid && virDomainGetUUIDString(handles[i], uuid) == 0)
			call->n_listed++;
		virDomainFree(handles[i]);
	}
	free(handles);
	return call->listed ? 0 : -ENOMEM;
}

int libvirt_call_probe(struct libvirt_link *link, struct libvirt_call *call)
{
	virNodeInfo info;

	(void)call;
	return virNodeGetInfo(link->connection, &info) < 0 ? libvirt_fail(link) : 0;
}
