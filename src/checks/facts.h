/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What 'doctor' needs to know of a host beyond a snapshot. What could not be found out is
 * as in a structure of zeros.
 *
 * Pure: no I/O. Sizes are KiB.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/domain.h"

/* The lowest limit of memory on the way from a process up to the root of all cgroups. */
struct cgroup_limit {
	char *path;   /* owned; such as "machine.slice"; NULL: there is no limit */
	bool is_hard; /* beyond it processes are killed; else they are slowed down */
	uint64_t limit_kib;
};

struct domain_facts {
	char uuid[DOMAIN_UUID_SIZE]; /* first: see domain_compare_uuid() */

	/* What its next start will bring; unknown for one that is transient. */
	bool is_transient, is_defined;
	bool will_have_balloon;
	unsigned will_have_traits; /* enum domain_trait */
	uint64_t will_have_current_kib, will_have_maximum_kib;

	const char
		*job; /* of libvirt that has it, such as "a dump"; not owned; or NULL */
	char *hook;   /* owned; the operation of its hook script that runs, or NULL */

	/* Its QEMU, where that is a process of this machine. */
	int pid;	    /* 0: not found */
	char process_state; /* a letter, as in proc(5) */
	bool has_age;
	uint64_t age_s;
	bool has_cgroup;
	struct cgroup_limit own_limit;	  /* of cgroups for this domain alone */
	struct cgroup_limit shared_limit; /* of those above, with others in them */
};

struct host_facts {
	/* Of libvirt. */
	unsigned long libvirt_version; /* 1000000 * major + 1000 * minor + release */
	char *versions;		       /* owned; for people; NULL: unknown */
	bool is_local;		       /* its QEMUs are processes of this machine */
	bool is_private;	       /* its domains exist in this process only */
	unsigned n_nodes;	       /* of NUMA; 0: unknown */
	char *refusal; /* owned; why a connection may only read, NULL: it may write */

	/* Of this machine; only the first where the host is another one. */
	int coordinator_pid; /* who holds the lock of the URI; 0: nobody is known */
	struct cgroup_limit coordinator_limit;
	bool has_swap_figures;
	uint64_t swap_total_kib, swap_free_kib;
	bool has_ksm;
	bool is_ksm_running;
	uint64_t ksm_saved_kib; /* what would be needed if nothing was shared */
	int rival_pid;		/* of a program that balances, too; 0: there is none */
	char *rival;		/* owned; its name */
	char *rival_unit;	/* owned; of systemd; NULL: unknown */
	uint64_t now_s; /* wall clock that dates the guests' reports; 0: unknown */

	size_t n_domains;
	struct domain_facts *domains; /* sorted by UUID; owned, with what they own */
};

/*
 * Make room for the domains of @snapshot, of which nothing is known yet. Returns 0, or
 * -ENOMEM with @ret_facts untouched.
 */
int facts_init(struct host_facts *ret_facts, const struct snapshot *snapshot);

/* The facts of the domain of that UUID, or NULL. */
struct domain_facts *facts_find(const struct host_facts *facts, const char *uuid);

/* Free what @facts owns and leave it empty. */
void facts_clear(struct host_facts *facts);
