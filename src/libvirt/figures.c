/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/virterror.h>

#include "base/sat.h"
#include "libvirt/figures.h"
#include "machine/host.h"

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

void libvirt_read_single(const struct libvirt_link *link, virDomainPtr handle,
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

int libvirt_read_host(struct libvirt_link *link, struct host *host)
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
