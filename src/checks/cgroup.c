/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Limits of cgroups that are below what domains may grow to: at such a limit the kernel
 * kills the QEMU, or slows it down, however much memory the host has.
 */
#include <string.h>

#include "base/sat.h"
#include "checks/internal.h"
#include "core/ledger.h"

/* memcoord with a thousand domains takes a third of it. */
#define OWN_MEMORY_KIB ((uint64_t)64 * 1024)

/* What @domain may come to cost the host. */
static uint64_t most_kib(const struct domain *domain, const struct record *record)
{
	uint64_t size_kib = domain->maximum_kib;

	/* Who is left out, or already above its ceiling, keeps what it has. */
	if (!record->settings.is_managed)
		size_kib = domain->current_kib;
	else if (record->settings.ceiling_kib < size_kib)
		size_kib = max_u64(record->settings.ceiling_kib, domain->current_kib);
	return sat_add(size_kib, max_u64(OVERHEAD_MIN_KIB, record->overhead_kib));
}

static enum doctor_status severity(const struct cgroup_limit *limit)
{
	return limit->is_hard ? DOCTOR_FAIL : DOCTOR_WARN;
}

/* The unit of systemd that a cgroup is, such as "machine.slice". */
static const char *unit_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

#define LIFT_LIMIT                                                                       \
	"{sudo}systemctl set-property {arg} MemoryMax=infinity MemoryHigh=infinity"

bool doctor_has_coordinator_limit(const struct patient *patient)
{
	return patient->facts->coordinator_limit.path != NULL;
}

struct diagnosis doctor_judge_coordinator_limit(const struct patient *patient)
{
	static const struct advice remark = { .what = "{a}" };
	static const struct advice low = {
		.what = "memcoord may take {a} only ({text}), and needs up to {b}.",
		.cures = { { .how = "Lift that limit", .commands = { LIFT_LIMIT } } },
	};
	const struct cgroup_limit *limit = &patient->facts->coordinator_limit;
	struct diagnosis diagnosis = limit->limit_kib < OWN_MEMORY_KIB
					     ? wrong(DOCTOR_WARN, &low)
					     : pass(&remark);

	diagnosis.a_kib = limit->limit_kib;
	diagnosis.b_kib = OWN_MEMORY_KIB;
	diagnosis.text = limit->path;
	diagnosis.arg = unit_of(limit->path);
	return diagnosis;
}

/* What all domains below @limit may come to cost, as far as memcoord would grant it. */
static uint64_t most_below_kib(const struct patient *patient,
			       const struct cgroup_limit *limit)
{
	const struct snapshot *snapshot = patient->snapshot;
	const struct settings *settings = patient->settings;
	uint64_t budget_kib = snapshot->host.total_kib, sum_kib = 0;

	if (settings->has_host_capacity)
		budget_kib = min_u64(budget_kib, settings->host_capacity_kib);
	for (size_t i = 0; i < snapshot->n_domains; i++) {
		const struct domain_facts *facts =
			facts_find(patient->facts, snapshot->domains[i].uuid);

		if (facts && facts->shared_limit.path &&
		    strcmp(facts->shared_limit.path, limit->path) == 0)
			sum_kib =
				sat_add(sum_kib, most_kib(&snapshot->domains[i],
							  &patient->history->records[i]));
	}
	return min_u64(sum_kib, sat_sub(budget_kib,
					ledger_reserve_kib(&snapshot->host, settings)));
}

bool doctor_has_shared_cgroup(const struct patient *patient)
{
	for (size_t i = 0; i < patient->facts->n_domains; i++)
		if (patient->facts->domains[i].has_cgroup)
			return true;
	return false;
}

struct diagnosis doctor_judge_shared_limits(const struct patient *patient)
{
	static const struct advice low = {
		.what = "The domains in {text} may take {a} together, but memcoord may "
			"let them grow to {b}: then the kernel slows them down or "
			"kills one, though the host has memory. Lift that limit, or "
			"set host_capacity to no more than that.",
		.cures = { { .how = "Lift the limit", .commands = { LIFT_LIMIT } } },
	};
	const struct host_facts *facts = patient->facts;

	for (size_t i = 0; i < facts->n_domains; i++) {
		const struct cgroup_limit *limit = &facts->domains[i].shared_limit;
		struct diagnosis diagnosis;

		if (!limit->path)
			continue;
		diagnosis = wrong(severity(limit), &low);
		diagnosis.a_kib = limit->limit_kib;
		diagnosis.b_kib = most_below_kib(patient, limit);
		diagnosis.text = limit->path;
		diagnosis.arg = unit_of(limit->path);
		if (diagnosis.a_kib < diagnosis.b_kib)
			return diagnosis;
	}
	return pass(NULL);
}

bool doctor_has_cgroup(const struct patient *patient)
{
	return patient->domain_facts->has_cgroup;
}

struct diagnosis doctor_judge_own_limit(const struct patient *patient)
{
	static const struct advice remark = { .what = "{a}" };
	static const struct advice low = {
		.what = "Its QEMU may take {a} only, but with its own memory it needs "
			"{b} "
			"when the domain has grown: then the kernel slows it down or "
			"kills it.",
		.cures = { { .how = "Lift that limit",
			     .commands = { "{virsh} memtune {name} --hard-limit -1 "
					   "--soft-limit -1 --live{config}" } } },
	};
	const struct cgroup_limit *limit = &patient->domain_facts->own_limit;
	uint64_t need_kib = most_kib(patient->domain, patient->record);
	struct diagnosis diagnosis;

	if (!limit->path)
		return pass(NULL);
	diagnosis = limit->limit_kib < need_kib ? wrong(severity(limit), &low)
						: pass(&remark);
	diagnosis.a_kib = limit->limit_kib;
	diagnosis.b_kib = need_kib;
	return diagnosis;
}
