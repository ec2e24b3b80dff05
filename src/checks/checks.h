/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why domains can or cannot be balanced, and what cures that.
 *
 * A table of checks is gone through for the host, and one for each domain. Each check has
 * a status and, unless all is well, an advice: texts with words in braces, which
 * doctor-text.h puts in.
 *
 * Pure: no I/O, no clock. Sizes are KiB.
 */
#pragma once

#include "checks/facts.h"
#include "core/history.h"
#include "core/settings.h"

enum doctor_status {
	DOCTOR_PASS,
	DOCTOR_WARN, /* balanced, but less well than it could be, or not just now */
	DOCTOR_FAIL, /* not balanced until it is cured */
};

/* Where the commands of a cure are to be typed in. */
enum cure_place {
	CURE_ON_HOST, /* where libvirt's client is: in the shell that memcoord runs in */
	CURE_IN_LINUX_GUEST,
	CURE_IN_WINDOWS_GUEST,
};

enum { CURE_COMMANDS_MAX = 3, ADVICE_CURES_MAX = 3 };

/* One way to cure it. The commands are for sh(1), and end with NULL. */
struct cure {
	const char *how; /* a sentence without its end; NULL ends a list of cures */
	enum cure_place place;
	bool needs_definition; /* impossible for a domain that is transient */
	bool needs_restart;    /* the guest's; its commands follow by themselves */
	const char *commands[CURE_COMMANDS_MAX + 1];
};

/* Any one of the cures will do. With DOCTOR_PASS there is .what alone, as a remark. */
struct advice {
	const char *what; /* what is wrong */
	struct cure cures[ADVICE_CURES_MAX + 1];
};

struct diagnosis {
	enum doctor_status status;
	const struct advice *advice; /* NULL: nothing to add */
	/* Its definition is cured already: its next start will be, too. */
	bool is_pending;
	/* For words in braces of the advice: */
	uint64_t a_kib, b_kib, c_kib;
	uint64_t n, m;
	const char *text, *arg; /* not owned */
};

/* All that is known; nothing of it is owned. */
struct patient {
	const struct snapshot *snapshot;
	const struct history *history; /* aligned with the snapshot */
	const struct settings *settings;
	const struct host_facts *facts;
	/* Of the checks for domains: */
	const struct domain *domain;
	const struct record *record;
	const struct domain_facts *domain_facts; /* never NULL */
};

struct check {
	const char *id;	     /* a word for scripts; NULL ends a table */
	const char *subject; /* goes behind "Checking" */
	bool (*applies)(const struct patient *patient);
	struct diagnosis (*judge)(const struct patient *patient);
};

struct finding {
	const struct check *check;
	const struct domain *domain; /* of the snapshot; NULL: it is about the host */
	const struct domain_facts *domain_facts;
	struct diagnosis diagnosis;
};

/* Owned by whoever called doctor_examine(); free with findings_clear(). */
struct findings {
	size_t n;
	struct finding *findings;
	bool has_failed; /* one of them is a DOCTOR_FAIL */
};

/*
 * Go through all checks that apply to the host and to the domains for which @is_chosen
 * (aligned with the snapshot) is true. The findings point into what @patient has. Returns
 * 0, or -ENOMEM with @ret_findings untouched.
 */
int doctor_examine(const struct patient *patient, const bool *is_chosen,
		   struct findings *ret_findings);

/* Free what @findings owns and leave it empty. */
void findings_clear(struct findings *findings);

/* The word for @status, such as "PASS". */
const char *doctor_status_name(enum doctor_status status);

/* The word for @place in JSON, such as "host". */
const char *cure_place_name(enum cure_place place);

/* What the checks are made of; ended by one without id. */
extern const struct check host_checks[];   /* host.c */
extern const struct check domain_checks[]; /* domain.c */
extern const struct check qemu_checks[];   /* qemu.c */
extern const struct check guest_checks[];  /* guest.c */
