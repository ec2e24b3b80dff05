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
#include "libvirt/sample.h"
#include "machine/host.h"
#include "system/cleanup.h"
#include "system/monotonic.h"

/* Of a domain whose traits are not known; no active domain has it. */
#define UNKNOWN_ID (-1)

static const struct figure {
	const char *field; /* of virConnectGetAllDomainStats() */
	int tag;	   /* of virDomainMemoryStats() */
	unsigned present;
	size_t offset;
} figures[] = {
	{ "balloon.current", VIR_DOMAIN_MEMORY_STAT_ACTUAL_BALLOON, DOMAIN_CURRENT,
	  offsetof(struct domain, current_kib) },
	{ "balloon.maximum", -1, DOMAIN_MAXIMUM, offsetof(struct domain, maximum_kib) },
	{ "balloon.usable", VIR_DOMAIN_MEMORY_STAT_USABLE, DOMAIN_USABLE,
	  offsetof(struct domain, usable_kib) },
	{ "balloon.unused", VIR_DOMAIN_MEMORY_STAT_UNUSED, DOMAIN_UNUSED,
	  offsetof(struct domain, unused_kib) },
	{ "balloon.available", VIR_DOMAIN_MEMORY_STAT_AVAILABLE, DOMAIN_AVAILABLE,
	  offsetof(struct domain, available_kib) },
	{ "balloon.disk_caches", VIR_DOMAIN_MEMORY_STAT_DISK_CACHES, DOMAIN_DISK_CACHES,
	  offsetof(struct domain, disk_caches_kib) },
	{ "balloon.rss", VIR_DOMAIN_MEMORY_STAT_RSS, DOMAIN_RSS,
	  offsetof(struct domain, rss_kib) },
	{ "balloon.swap_in", VIR_DOMAIN_MEMORY_STAT_SWAP_IN, DOMAIN_SWAP_IN,
	  offsetof(struct domain, swap_in_kib) },
	{ "balloon.swap_out", VIR_DOMAIN_MEMORY_STAT_SWAP_OUT, DOMAIN_SWAP_OUT,
	  offsetof(struct domain, swap_out_kib) },
	{ "balloon.major_fault", VIR_DOMAIN_MEMORY_STAT_MAJOR_FAULT, DOMAIN_MAJOR_FAULTS,
	  offsetof(struct domain, major_faults) },
	{ "balloon.last-update", VIR_DOMAIN_MEMORY_STAT_LAST_UPDATE, DOMAIN_LAST_UPDATE,
	  offsetof(struct domain, last_update_s) },
};

static const size_t n_figures = sizeof(figures) / sizeof(figures[0]);

static void set_figure(struct domain *domain, const struct figure *figure, uint64_t value)
{
	memcpy((char *)domain + figure->offset, &value, sizeof(value));
	domain->present |= figure->present;
}

static void read_figure(const virTypedParameter *parameter, struct domain *domain)
{
	for (size_t i = 0; i < n_figures; i++)
		if (strcmp(figures[i].field, parameter->field) == 0) {
			set_figure(domain, &figures[i], parameter->value.ul);
			return;
		}
}

bool libvirt_read_bulk(const virDomainStatsRecord *record, struct domain *domain)
{
	bool has_state = false;

	for (int i = 0; i < record->nparams; i++) {
		const virTypedParameter *parameter = &record->params[i];

		if (parameter->type == VIR_TYPED_PARAM_ULLONG) {
			read_figure(parameter, domain);
		} else if (parameter->type == VIR_TYPED_PARAM_INT &&
			   strcmp(parameter->field, "state.state") == 0) {
			domain->state = libvirt_map_state(parameter->value.i);
			has_state = true;
		}
	}
	return has_state;
}

static void read_info(virDomainPtr handle, struct domain *domain)
{
	virDomainInfo info;

	if (virDomainGetInfo(handle, &info) < 0)
		return;
	domain->state = libvirt_map_state(info.state);
	domain->maximum_kib = info.maxMem;
	domain->present |= DOMAIN_MAXIMUM;
	if (!domain_has(domain, DOMAIN_CURRENT)) {
		domain->current_kib = info.memory;
		domain->present |= DOMAIN_CURRENT;
	}
}

/*
 * The per-domain calls, for drivers that give no bulk figures. Where nobody else can
 * change the maximum, which may go without an event, one has to do: the live XML has it.
 */
static void read_single(const struct libvirt_link *link, virDomainPtr handle,
			const struct libvirt_traits *traits, bool has_state,
			struct domain *domain)
{
	virDomainMemoryStatStruct stats[VIR_DOMAIN_MEMORY_STAT_NR];
	int n = virDomainMemoryStats(handle, stats, VIR_DOMAIN_MEMORY_STAT_NR, 0);

	for (int i = 0; i < n; i++)
		for (size_t j = 0; j < n_figures; j++)
			if (figures[j].tag == stats[i].tag)
				set_figure(domain, &figures[j], stats[i].val);
	if (link->is_private && has_state && traits->maximum_kib > 0 &&
	    domain_has(domain, DOMAIN_CURRENT)) {
		domain->maximum_kib = traits->maximum_kib;
		domain->present |= DOMAIN_MAXIMUM;
	} else {
		read_info(handle, domain);
	}
}

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
 * Have the traits of @domain in @known: as before, or read. A domain that does not give
 * them must not vanish from sight; it is asked again with the next sample. -ENOENT: it
 * ended meanwhile.
 */
static int know_traits(const struct libvirt_link *link, const struct libvirt_domain *old,
		       virDomainPtr handle, const struct domain *domain,
		       struct libvirt_domain *known)
{
	int r = 0;

	known->id = UNKNOWN_ID;
	known->traits = (struct libvirt_traits){ .has_balloon = true };
	if (!old && link->is_brief && !is_beyond_maximum(domain))
		return 0;
	if (old)
		known->traits = old->traits;
	else
		r = read_traits(handle, &known->traits);
	if (r == 0)
		known->id = domain->id;
	return r == -ENOENT ? r : 0;
}

static int compare_names(const void *a, const void *b)
{
	const struct libvirt_domain *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/*
 * What is known of an active domain since its start; NULL: nothing. By name, which the
 * handle has: to be asked for its UUID costs libvirt more than all else of an idle cycle.
 */
static struct libvirt_domain *recall(struct libvirt_link *link, const char *name, int id)
{
	const struct libvirt_domain wanted = { .name = name };
	struct libvirt_domain *old =
		link->n_domains > 0 ? bsearch(&wanted, link->domains, link->n_domains,
					      sizeof(wanted), compare_names)
				    : NULL;

	return old && old->id == id ? old : NULL;
}

static int read_uuid(const struct libvirt_domain *old, virDomainPtr handle,
		     char uuid[DOMAIN_UUID_SIZE])
{
	if (!old)
		return virDomainGetUUIDString(handle, uuid);
	memcpy(uuid, old->uuid, sizeof(old->uuid));
	return 0;
}

/* Keep the handle that there is, or else a reference to @handle. */
static void keep_handle(struct libvirt_domain *known, struct libvirt_domain *old,
			virDomainPtr handle)
{
	if (old && old->handle) {
		known->handle = old->handle;
		old->handle = NULL;
	} else {
		known->handle = handle;
		virDomainRef(handle);
	}
	known->name = virDomainGetName(known->handle);
}

/* Fill @domain from @record; -ENOENT if the domain ended meanwhile. */
static int read_domain(struct libvirt_link *link, const virDomainStatsRecord *record,
		       struct domain *domain, struct libvirt_domain *known)
{
	virDomainPtr handle = record->dom;
	const char *name = virDomainGetName(handle);
	struct libvirt_domain *old;
	bool has_state;

	domain->id = (int)virDomainGetID(handle);
	old = recall(link, name, domain->id);
	if (read_uuid(old, handle, domain->uuid) < 0)
		return -ENOENT;
	has_state = libvirt_read_bulk(record, domain);
	if (know_traits(link, old, handle, domain, known) < 0)
		return -ENOENT;
	/* QEMU always gives this one, even for a domain that is busy or hung. */
	if (!domain_has(domain, DOMAIN_CURRENT))
		read_single(link, handle, &known->traits, has_state, domain);
	/* Without fresh figures nobody moves it. */
	if (known->id == UNKNOWN_ID && !link->is_brief)
		domain->present &= ~(unsigned)DOMAIN_LAST_UPDATE;

	domain->name = strdup(name);
	if (!domain->name || libvirt_put_traits(domain, &known->traits) < 0)
		return -ENOMEM;
	memcpy(known->uuid, domain->uuid, sizeof(known->uuid));
	keep_handle(known, old, handle);
	return 0;
}

/* Take in all @records; what was known of domains that are gone is dropped. */
static int read_domains(struct libvirt_link *link, virDomainStatsRecordPtr *records,
			size_t n_records, struct snapshot *snapshot)
{
	struct libvirt_domain *known = calloc(n_records + 1, sizeof(*known));
	size_t n = 0;
	int r = 0;

	snapshot->domains = calloc(n_records + 1, sizeof(*snapshot->domains));
	if (!snapshot->domains || !known)
		r = -ENOMEM;
	for (size_t i = 0; r == 0 && i < n_records; i++) {
		r = read_domain(link, records[i], &snapshot->domains[n], &known[n]);
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
	libvirt_forget_domains(link);
	link->domains = known;
	link->n_domains = known ? n : 0;
	if (n > 1)
		qsort(known, n, sizeof(*known), compare_names);
	snapshot_sort(snapshot);
	return r;
}

/* free + buffers: a remote host's page cache may be shared memory that cannot go away. */
static bool read_node_stats(virConnectPtr connection, struct host *host)
{
	virNodeMemoryStats stats[16]; /* drivers have four */
	int n = 0;
	unsigned found = 0;

	/* Drivers refuse any other number of figures than exactly theirs. */
	if (virNodeGetMemoryStats(connection, VIR_NODE_MEMORY_STATS_ALL_CELLS, NULL, &n,
				  0) < 0 ||
	    n > 16 ||
	    virNodeGetMemoryStats(connection, VIR_NODE_MEMORY_STATS_ALL_CELLS, stats, &n,
				  0) < 0)
		return false;
	*host = (struct host){ 0 };
	for (int i = 0; i < n; i++) {
		if (strcmp(stats[i].field, VIR_NODE_MEMORY_STATS_TOTAL) == 0) {
			host->total_kib = stats[i].value;
			found |= 1;
		} else if (strcmp(stats[i].field, VIR_NODE_MEMORY_STATS_FREE) == 0) {
			host->available_kib =
				sat_add(host->available_kib, stats[i].value);
			found |= 2;
		} else if (strcmp(stats[i].field, VIR_NODE_MEMORY_STATS_BUFFERS) == 0) {
			host->available_kib =
				sat_add(host->available_kib, stats[i].value);
		}
	}
	return found == 3;
}

static int read_host(struct libvirt_link *link, struct host *host)
{
	virNodeInfo info;

	if (link->is_local) {
		int r = host_read_meminfo("/proc/meminfo", host);

		if (r < 0)
			snprintf(link->error, sizeof(link->error),
				 "cannot read /proc/meminfo: %s", strerror(-r));
		return r;
	}
	if (read_node_stats(link->connection, host))
		return 0;
	if (virNodeGetInfo(link->connection, &info) < 0)
		return libvirt_fail(link);
	host->total_kib = info.memory;
	host->available_kib = virNodeGetFreeMemory(link->connection) / 1024;
	/* A host that really has none is an error without a cause. */
	if (host->available_kib == 0 && virGetLastErrorCode() != VIR_ERR_INTERNAL_ERROR)
		return libvirt_fail(link);
	return 0;
}

int libvirt_link_sample(struct libvirt_link *link, struct snapshot *ret_snapshot)
{
	struct snapshot snapshot = { 0 };
	virDomainStatsRecordPtr *records = NULL;

	if (atomic_exchange(&link->listener->has_changed, false))
		libvirt_forget_domains(link);

	int n = virConnectGetAllDomainStats(
		link->connection, VIR_DOMAIN_STATS_STATE | VIR_DOMAIN_STATS_BALLOON,
		&records,
		VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE |
			VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT);

	if (n < 0)
		return libvirt_fail(link);

	int r = read_domains(link, records, (size_t)n, &snapshot);

	virDomainStatsRecordListFree(records);
	if (r == 0)
		r = read_host(link, &snapshot.host);
	if (r < 0) {
		snapshot_clear(&snapshot);
		return r;
	}
	snapshot.now_ms = monotonic_now_ms();
	*ret_snapshot = snapshot;
	return 0;
}
