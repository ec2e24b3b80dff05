/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The definitions of domains, and their own settings in these. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/virterror.h>

#include "libvirt/definition.h"
#include "system/cleanup.h"
#include "system/monotonic.h"

/* By name first, as all commands have it; else as virsh has it. */
static virDomainPtr look_up(virConnectPtr connection, const char *domain)
{
	virDomainPtr handle = virDomainLookupByName(connection, domain);
	size_t length = strlen(domain);

	if (!handle && domain_is_like_uuid(domain))
		handle = virDomainLookupByUUIDString(connection, domain);
	if (!handle && strspn(domain, "0123456789") == length && length > 0 && length < 9)
		handle = virDomainLookupByID(connection, atoi(domain));
	return handle;
}

static unsigned xml_flags(enum definition_kind kind)
{
	return kind == DEFINITION_CONFIG ? VIR_DOMAIN_XML_INACTIVE : 0;
}

static unsigned affect_flags(enum definition_kind kind)
{
	return kind == DEFINITION_CONFIG ? VIR_DOMAIN_AFFECT_CONFIG
					 : VIR_DOMAIN_AFFECT_LIVE;
}

static int read_traits(struct libvirt_link *link, virDomainPtr handle,
		       enum definition_kind kind, struct libvirt_traits *ret_traits)
{
	CLEANUP_FREE char *xml = virDomainGetXMLDesc(handle, xml_flags(kind));
	int r;

	if (!xml)
		return libvirt_fail(link);
	r = libvirt_parse_traits(xml, ret_traits);
	if (r < 0)
		snprintf(link->error, sizeof(link->error),
			 "libvirt gives XML that cannot be parsed");
	return r;
}

static int read_definition(struct libvirt_link *link, virDomainPtr handle,
			   enum definition_kind kind, struct definition *definition)
{
	struct libvirt_traits traits = { 0 };
	int r = read_traits(link, handle, kind, &traits);

	if (r < 0)
		return r;
	definition->maximum_kib = traits.maximum_kib;
	definition->metadata =
		virDomainGetMetadata(handle, VIR_DOMAIN_METADATA_ELEMENT,
				     METADATA_NAMESPACE, affect_flags(kind));
	if (!definition->metadata && virGetLastErrorCode() != VIR_ERR_NO_DOMAIN_METADATA)
		return libvirt_fail(link);
	definition->exists = true;
	return 0;
}

/* Returns 0 or a negative errno; the definitions are to be cleared in both cases. */
static int read_all(struct libvirt_link *link, virDomainPtr handle,
		    struct definitions *definitions)
{
	int is_active = virDomainIsActive(handle);
	int is_persistent = virDomainIsPersistent(handle);
	int r = 0;

	if (is_active < 0 || is_persistent < 0 ||
	    virDomainGetUUIDString(handle, definitions->uuid) < 0)
		return libvirt_fail(link);
	definitions->name = strdup(virDomainGetName(handle));
	if (!definitions->name)
		return -ENOMEM;
	if (is_active)
		r = read_definition(link, handle, DEFINITION_LIVE,
				    &definitions->of[DEFINITION_LIVE]);
	if (r == 0 && is_persistent)
		r = read_definition(link, handle, DEFINITION_CONFIG,
				    &definitions->of[DEFINITION_CONFIG]);
	return r;
}

int libvirt_link_read_definitions(struct libvirt_link *link, const char *domain,
				  struct definitions *ret_definitions)
{
	struct definitions definitions = { 0 };
	virDomainPtr handle = look_up(link->connection, domain);
	int r;

	if (!handle)
		return libvirt_fail(link);
	r = read_all(link, handle, &definitions);
	virDomainFree(handle);
	if (r < 0)
		definitions_clear(&definitions);
	else
		*ret_definitions = definitions;
	return r;
}

int libvirt_link_write_metadata(struct libvirt_link *link, const char *uuid,
				enum definition_kind kind, const char *element)
{
	virDomainPtr handle = virDomainLookupByUUIDString(link->connection, uuid);
	int r = 0;

	if (!handle)
		return libvirt_fail(link);
	if (virDomainSetMetadata(handle, VIR_DOMAIN_METADATA_ELEMENT, element,
				 element ? METADATA_PREFIX : NULL, METADATA_NAMESPACE,
				 affect_flags(kind)) < 0)
		r = libvirt_fail(link);
	virDomainFree(handle);
	return r;
}

/* What the handle itself tells. */
static int name_domain(struct libvirt_link *link, virDomainPtr handle,
		       struct domain *domain)
{
	if (virDomainGetUUIDString(handle, domain->uuid) < 0)
		return libvirt_fail(link);
	domain->id = (int)virDomainGetID(handle);
	domain->state = domain->id < 0 ? DOMAIN_SHUT_OFF : DOMAIN_RUNNING;
	domain->name = strdup(virDomainGetName(handle));
	return domain->name ? 0 : -ENOMEM;
}

/* The rest of it. Its domain may be undefined in this moment: -ENOENT. */
static int examine_definition(struct libvirt_link *link, virDomainPtr handle,
			      struct domain *domain)
{
	struct libvirt_traits traits = { 0 };
	int state, r;

	if (virDomainGetState(handle, &state, NULL, 0) < 0)
		return libvirt_fail(link);
	domain->state =
		state == VIR_DOMAIN_SHUTOFF ? DOMAIN_SHUT_OFF : libvirt_map_state(state);
	r = read_traits(link, handle, DEFINITION_CONFIG, &traits);
	if (r < 0)
		return r;
	domain->maximum_kib = traits.maximum_kib;
	if (traits.maximum_kib > 0)
		domain->present |= DOMAIN_MAXIMUM;
	return libvirt_put_traits(domain, &traits);
}

/* Is the failure @r that of a single definition, which must not hide the others? */
static bool is_its_own(const struct libvirt_link *link, int r)
{
	return r != -ENOMEM && r != -ENOENT && virConnectIsAlive(link->connection) == 1;
}

static int sample_definition(struct libvirt_link *link, virDomainPtr handle,
			     struct domain *domain)
{
	int r = name_domain(link, handle, domain);

	if (r < 0)
		return r;
	r = examine_definition(link, handle, domain);
	if (r == 0 || !is_its_own(link, r))
		return r;
	domain->definition_error = strdup(link->error);
	return domain->definition_error ? 0 : -ENOMEM;
}

static int sample_handles(struct libvirt_link *link, virDomainPtr *handles, size_t n,
			  struct snapshot *snapshot)
{
	snapshot->domains = calloc(n + 1, sizeof(*snapshot->domains));
	if (!snapshot->domains)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct domain *domain = &snapshot->domains[snapshot->n_domains];
		int r = sample_definition(link, handles[i], domain);

		if (r == -ENOENT) {
			free(domain->name);
			*domain = (struct domain){ 0 };
			continue;
		}
		snapshot->n_domains++; /* also of one that is not complete */
		if (r < 0)
			return r;
	}
	return 0;
}

int libvirt_link_sample_definitions(struct libvirt_link *link,
				    struct snapshot *ret_snapshot)
{
	struct snapshot snapshot = { 0 };
	virDomainPtr *handles = NULL;
	int n = virConnectListAllDomains(link->connection, &handles,
					 VIR_CONNECT_LIST_DOMAINS_PERSISTENT);
	int r;

	if (n < 0)
		return libvirt_fail(link);
	r = sample_handles(link, handles, (size_t)n, &snapshot);
	for (int i = 0; i < n; i++)
		virDomainFree(handles[i]);
	free(handles);
	if (r < 0) {
		snapshot_clear(&snapshot);
		return r;
	}
	snapshot_sort(&snapshot);
	snapshot.now_ms = monotonic_now_ms();
	*ret_snapshot = snapshot;
	return 0;
}
