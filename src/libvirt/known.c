/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libvirt/known.h"

struct libvirt_known *libvirt_known_new(size_t n)
{
	struct libvirt_known *known =
		calloc(1, sizeof(*known) + (n + 1) * sizeof(known->domains[0]));

	if (known)
		atomic_init(&known->n_references, 1);
	return known;
}

struct libvirt_known *libvirt_known_ref(struct libvirt_known *known)
{
	if (known)
		atomic_fetch_add(&known->n_references, 1);
	return known;
}

void libvirt_known_unref(struct libvirt_known *known)
{
	if (!known || atomic_fetch_sub(&known->n_references, 1) > 1)
		return;
	for (size_t i = 0; i < known->n; i++)
		free(known->domains[i].name);
	free(known);
}

int libvirt_known_add(struct libvirt_known *known, const struct libvirt_domain *domain)
{
	char *name = strdup(domain->name);

	if (!name)
		return -ENOMEM;
	known->domains[known->n] = *domain;
	known->domains[known->n].name = name;
	known->n++;
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	const struct libvirt_domain *x = a, *y = b;

	return strcmp(x->name, y->name);
}

void libvirt_known_sort(struct libvirt_known *known)
{
	if (known->n > 1)
		qsort(known->domains, known->n, sizeof(known->domains[0]), compare_names);
}

const struct libvirt_domain *libvirt_known_named(const struct libvirt_known *known,
						 const char *name)
{
	const struct libvirt_domain wanted = { .name = (char *)name };

	return known && known->n > 0 ? bsearch(&wanted, known->domains, known->n,
					       sizeof(wanted), compare_names)
				     : NULL;
}

const struct libvirt_domain *libvirt_known_find(const struct libvirt_known *known,
						const char *uuid)
{
	for (size_t i = 0; known && i < known->n; i++)
		if (strcmp(known->domains[i].uuid, uuid) == 0)
			return &known->domains[i];
	return NULL;
}

void libvirt_known_outdate(struct libvirt_known **known, const char *uuid)
{
	struct libvirt_known *old = *known, *copy;

	if (old && atomic_load(&old->n_references) == 1) {
		/* nobody else has it, nor can get it meanwhile */
		for (size_t i = 0; i < old->n; i++)
			old->domains[i].is_outdated |=
				strcmp(old->domains[i].uuid, uuid) == 0;
		return;
	}
	copy = old ? libvirt_known_new(old->n) : NULL;

	for (size_t i = 0; copy && i < old->n; i++) {
		if (libvirt_known_add(copy, &old->domains[i]) < 0) {
			libvirt_known_unref(copy);
			copy = NULL;
		} else if (strcmp(old->domains[i].uuid, uuid) == 0) {
			copy->domains[i].is_outdated = true;
		}
	}
	*known = copy;
	libvirt_known_unref(old);
}
