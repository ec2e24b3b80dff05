/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For tests/cli/get.bats: memcoord, to which libvirt does not give the persistent
 * definitions of some domains, which the test driver gives to everybody. Variables of the
 * environment name them: DENIED (by access control), GONE (undefined in this moment) and
 * BROKEN (no XML).
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/libvirt.h>

static bool is_named_by(const char *variable, virDomainPtr handle)
{
	const char *name = getenv(variable);

	return name && strcmp(name, virDomainGetName(handle)) == 0;
}

char *virDomainGetXMLDesc(virDomainPtr handle, unsigned flags)
{
	char *(*libvirts)(virDomainPtr, unsigned);
	bool is_persistent = flags & VIR_DOMAIN_XML_INACTIVE;

	*(void **)&libvirts = dlsym(RTLD_NEXT, "virDomainGetXMLDesc");
	if (is_persistent && is_named_by("DENIED", handle))
		flags |= VIR_DOMAIN_XML_SECURE; /* not by a read-only connection */
	if (is_persistent && is_named_by("GONE", handle)) {
		virDomainLookupByName(virDomainGetConnect(handle), "no such domain");
		return NULL;
	}
	if (is_persistent && is_named_by("BROKEN", handle))
		return strdup("<domain>");
	return libvirts(handle, flags);
}
