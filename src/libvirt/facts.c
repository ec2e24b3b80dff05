/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libvirt tells of a host and its domains beyond a sample. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libvirt/crew.h"
#include "libvirt/facts.h"
#include "libvirt/job.h"
#include "system/cleanup.h"

enum { VERSION_LENGTH = 32 };

static const char *format_version(unsigned long version, char buffer[VERSION_LENGTH])
{
	snprintf(buffer, VERSION_LENGTH, "%lu.%lu.%lu", version / 1000000,
		 version / 1000 % 1000, version % 1000);
	return buffer;
}

/* Returns 0 or -ENOMEM; what is not told is left unknown. */
static int read_versions(virConnectPtr connection, struct host_facts *facts)
{
	const char *driver = virConnectGetType(connection);
	char libvirt[VERSION_LENGTH], hypervisor[VERSION_LENGTH];
	unsigned long version;

	if (virConnectGetLibVersion(connection, &facts->libvirt_version) < 0)
		return 0;
	format_version(facts->libvirt_version, libvirt);
	if (driver && virConnectGetVersion(connection, &version) == 0) {
		if (asprintf(&facts->versions, "libvirt %s, %s %s", libvirt, driver,
			     format_version(version, hypervisor)) >= 0)
			return 0;
	} else if (asprintf(&facts->versions, "libvirt %s", libvirt) >= 0) {
		return 0;
	}
	facts->versions = NULL;
	return -ENOMEM;
}

static void read_definition(virDomainPtr handle, struct domain_facts *facts)
{
	CLEANUP_FREE char *xml = virDomainGetXMLDesc(handle, VIR_DOMAIN_XML_INACTIVE);
	struct libvirt_traits traits;

	if (!xml || libvirt_parse_traits(xml, &traits) < 0)
		return;
	facts->is_defined = true;
	facts->will_have_balloon = traits.has_balloon;
	facts->will_have_traits = traits.traits;
	facts->will_have_maximum_kib = traits.maximum_kib;
	facts->will_have_current_kib = traits.current_kib;
}

static void examine_domain(virDomainPtr handle, struct domain_facts *facts)
{
	int is_persistent = virDomainIsPersistent(handle);

	facts->job = libvirt_job_of(handle);
	facts->is_transient = is_persistent == 0;
	if (is_persistent == 1)
		read_definition(handle, facts);
}

static int call_examine_host(struct libvirt_link *link, struct libvirt_call *call)
{
	struct host_facts *facts = &call->facts;
	virNodeInfo info;

	facts->is_local = link->is_local;
	facts->is_private = link->is_private;
	if (virNodeGetInfo(link->connection, &info) == 0)
		facts->n_nodes = info.nodes;
	return read_versions(link->connection, facts);
}

static int call_examine_domain(struct libvirt_link *link, struct libvirt_call *call)
{
	struct host_facts *facts = &call->facts;
	virDomainPtr handle = libvirt_link_handle(link, call->uuid);

	if (!handle)
		return libvirt_fail(link);
	facts->domains = calloc(1, sizeof(*facts->domains));
	if (facts->domains) {
		facts->n_domains = 1;
		memcpy(facts->domains->uuid, call->uuid, sizeof(call->uuid));
		examine_domain(handle, facts->domains);
	}
	return facts->domains ? 0 : -ENOMEM;
}

/* Each by itself: who hangs keeps only what is not known of him. */
static int examine_domains(struct hypervisor *base, struct host_facts *facts)
{
	const struct libvirt_hypervisor *hypervisor = libvirt_downcast(base);
	int r = 0;

	for (size_t i = 0; i < facts->n_domains && r != -ENOMEM && r != -EAGAIN; i++) {
		struct domain_facts *domain = &facts->domains[i];
		struct libvirt_call *call;

		if (libvirt_hangs_at(hypervisor, domain->uuid))
			continue;
		call = libvirt_call_new(call_examine_domain);
		if (call)
			memcpy(call->uuid, domain->uuid, sizeof(call->uuid));
		r = libvirt_carry_out(base, call);
		if (r < 0)
			continue;
		*domain = call->facts.domains[0];
		libvirt_call_free(&call->job);
	}
	return r == -ENOMEM ? r : 0;
}

int libvirt_hypervisor_examine(struct hypervisor *hypervisor, struct host_facts *facts)
{
	struct libvirt_call *call = libvirt_call_new(call_examine_host);
	int r = libvirt_carry_out(hypervisor, call);

	if (r < 0)
		return r;
	facts->libvirt_version = call->facts.libvirt_version;
	facts->versions = call->facts.versions;
	call->facts.versions = NULL;
	facts->is_local = call->facts.is_local;
	facts->is_private = call->facts.is_private;
	facts->n_nodes = call->facts.n_nodes;
	libvirt_call_free(&call->job);
	return examine_domains(hypervisor, facts);
}
