/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>

#include "checks/checks.h"

static size_t count_checks(const struct check *checks)
{
	size_t n = 0;

	while (checks[n].id)
		n++;
	return n;
}

static void examine(const struct patient *patient, const struct check *checks,
		    struct findings *findings)
{
	for (; checks->id; checks++) {
		struct diagnosis diagnosis;

		if (checks->applies && !checks->applies(patient))
			continue;
		diagnosis = checks->judge(patient);
		findings->has_failed |= diagnosis.status == DOCTOR_FAIL;
		findings->findings[findings->n++] = (struct finding){
			.check = checks,
			.domain = patient->domain,
			.domain_facts = patient->domain_facts,
			.diagnosis = diagnosis,
		};
	}
}

static void examine_domain(const struct patient *host, size_t i,
			   struct findings *findings)
{
	static const struct domain_facts nothing_known;
	struct patient patient = *host;

	patient.domain = &host->snapshot->domains[i];
	patient.record = &host->history->records[i];
	patient.domain_facts = facts_find(host->facts, patient.domain->uuid);
	if (!patient.domain_facts)
		patient.domain_facts = &nothing_known;
	examine(&patient, domain_checks, findings);
	examine(&patient, qemu_checks, findings);
	examine(&patient, guest_checks, findings);
}

int doctor_examine(const struct patient *patient, const bool *is_chosen,
		   struct findings *ret_findings)
{
	size_t n_domains = patient->snapshot->n_domains;
	size_t n_most =
		count_checks(host_checks) +
		n_domains * (count_checks(domain_checks) + count_checks(qemu_checks) +
			     count_checks(guest_checks));
	struct findings findings = {
		.findings = calloc(n_most + 1, sizeof(*findings.findings)),
	};

	if (!findings.findings)
		return -ENOMEM;
	examine(patient, host_checks, &findings);
	for (size_t i = 0; i < n_domains; i++)
		if (is_chosen[i])
			examine_domain(patient, i, &findings);
	*ret_findings = findings;
	return 0;
}

void findings_clear(struct findings *findings)
{
	free(findings->findings);
	*findings = (struct findings){ 0 };
}

const char *doctor_status_name(enum doctor_status status)
{
	static const char *const names[] = {
		[DOCTOR_PASS] = "PASS",
		[DOCTOR_WARN] = "WARN",
		[DOCTOR_FAIL] = "FAIL",
	};

	return names[status];
}

const char *cure_place_name(enum cure_place place)
{
	static const char *const names[] = {
		[CURE_ON_HOST] = "host",
		[CURE_IN_LINUX_GUEST] = "linux-guest",
		[CURE_IN_WINDOWS_GUEST] = "windows-guest",
	};

	return names[place];
}
