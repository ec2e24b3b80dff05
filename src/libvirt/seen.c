/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libvirt/seen.h"

int libvirt_seen_begin(struct libvirt_seen *look, size_t n)
{
	*look = (struct libvirt_seen){ 0 };
	look->next = libvirt_known_new(n);
	look->snapshot.domains = calloc(n + 1, sizeof(*look->snapshot.domains));
	return look->next && look->snapshot.domains ? 0 : -ENOMEM;
}

void libvirt_seen_clear(struct libvirt_seen *look)
{
	snapshot_clear(&look->snapshot);
	libvirt_known_unref(look->next);
}

bool libvirt_is_busy(const struct domain *domain)
{
	return domain->state == DOMAIN_RUNNING && domain->has_balloon &&
	       !domain_has(domain, DOMAIN_CURRENT | DOMAIN_LAST_UPDATE);
}

bool libvirt_seen_is_whole(const struct libvirt_seen *look)
{
	for (size_t i = 0; i < look->snapshot.n_domains; i++)
		if (look->snapshot.domains[i].is_unanswered ||
		    libvirt_is_busy(&look->snapshot.domains[i]))
			return false;
	return true;
}

int libvirt_seen_take(struct libvirt_seen *look, struct libvirt_call *call)
{
	const struct libvirt_known *seen = call->seen ? call->seen : call->question.known;

	for (size_t i = 0; i < call->snapshot.n_domains; i++)
		look->snapshot.domains[look->snapshot.n_domains++] =
			call->snapshot.domains[i];
	call->snapshot.n_domains = 0; /* handed on */
	for (size_t i = 0; i < seen->n; i++)
		if (libvirt_known_add(look->next, &seen->domains[i]) < 0)
			return -ENOMEM;
	return 0;
}

int libvirt_seen_keep(struct libvirt_seen *look, const struct libvirt_domain *known)
{
	struct domain *domain = &look->snapshot.domains[look->snapshot.n_domains];

	*domain = (struct domain){ .id = known->id, .is_unanswered = true };
	memcpy(domain->uuid, known->uuid, sizeof(domain->uuid));
	domain->name = strdup(known->name);
	if (!domain->name || libvirt_put_traits(domain, &known->traits) < 0) {
		free(domain->name);
		return -ENOMEM;
	}
	look->snapshot.n_domains++;
	return libvirt_known_add(look->next, known);
}
