/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What keeps a host from being balanced well. */
#include "base/sat.h"
#include "checks/internal.h"
#include "core/ledger.h"

/* Since then libvirt hands on what the guest could use without swapping. */
#define USABLE_VERSION 2001000

/* Less of the host's memory in swap is what nobody has asked for in a long time. */
#define SWAPPED_MIN_PERCENT 1

static bool is_local(const struct patient *patient)
{
	return patient->facts->is_local;
}

static bool is_elsewhere(const struct patient *patient)
{
	return !patient->facts->is_local;
}

/* libvirt */

static bool has_versions(const struct patient *patient)
{
	return patient->facts->versions != NULL;
}

static struct diagnosis judge_versions(const struct patient *patient)
{
	static const struct advice known = { .what = "{text}" };
	static const struct advice old = {
		.what = "This is {text}, which does not tell how much memory a guest "
			"could use without swapping (libvirt 2.1 does). Page cache of "
			"guests is guessed instead, or counts as used.",
		.cures = { { .how = "Upgrade libvirt on the host, such as with",
			     .commands = { "{sudo}apt-get install --only-upgrade "
					   "libvirt-daemon-system" } } },
	};
	struct diagnosis diagnosis = patient->facts->libvirt_version < USABLE_VERSION
					     ? wrong(DOCTOR_WARN, &old)
					     : pass(&known);

	diagnosis.text = patient->facts->versions;
	return diagnosis;
}

static struct diagnosis judge_access(const struct patient *patient)
{
	static const struct advice refused = {
		.what = "run and once need a connection that may change domains: "
			"{text}",
		.cures = {
			{ .how = "Join the group libvirt, and log in again",
			  .commands = { "{sudo}usermod --append --groups libvirt "
					"{user}" } },
			{ .how = "Or be the user that memcoord runs as, such as root",
			  .commands = { "sudo {memcoord} doctor" } },
		},
	};
	struct diagnosis diagnosis = wrong(DOCTOR_WARN, &refused);

	if (!patient->facts->refusal)
		return pass(NULL);
	diagnosis.text = patient->facts->refusal;
	return diagnosis;
}

/* Settings */

static struct diagnosis judge_reserve(const struct patient *patient)
{
	static const struct advice remark = { .what = "{a} available, {b} to be kept" };
	static const struct advice too_large = {
		.what = "host_reserve ({b}) is not below what the host has in all "
			"({a}): nothing can ever be granted.",
		.cures = { { .how = "Use the default",
			     .commands = { COMMENT_OUT("host_reserve") } } },
	};
	static const struct advice broken = {
		.what = "The host has only {a} available, and {b} are to be kept free "
			"(host_reserve): nothing is granted until that is back.",
		.cures = { { .how = "See which domains could give, and have them give",
			     .commands = { "{memcoord} dry-run", "{memcoord} once" } } },
	};
	const struct host *host = &patient->snapshot->host;
	uint64_t reserve_kib = ledger_reserve_kib(host, patient->settings);
	struct diagnosis diagnosis = pass(&remark);

	diagnosis.a_kib = host->available_kib;
	diagnosis.b_kib = reserve_kib;
	if (reserve_kib >= host->total_kib) {
		diagnosis.status = DOCTOR_FAIL;
		diagnosis.advice = &too_large;
		diagnosis.a_kib = host->total_kib;
	} else if (host->available_kib < reserve_kib) {
		diagnosis.status = DOCTOR_WARN;
		diagnosis.advice = &broken;
	}
	return diagnosis;
}

static bool has_capacity(const struct patient *patient)
{
	return patient->settings->has_host_capacity;
}

static struct diagnosis judge_capacity(const struct patient *patient)
{
	static const struct advice remark = { .what = "{a} of {b}" };
	static const struct advice meaningless = {
		.what = "host_capacity ({a}) is above the host's memory ({b}), so that "
			"it limits nothing.",
		.cures = { { .how = "Do without it",
			     .commands = { COMMENT_OUT("host_capacity") } } },
	};
	uint64_t capacity_kib = patient->settings->host_capacity_kib;
	uint64_t total_kib = patient->snapshot->host.total_kib;
	struct diagnosis diagnosis = capacity_kib > total_kib
					     ? wrong(DOCTOR_WARN, &meaningless)
					     : pass(&remark);

	diagnosis.a_kib = capacity_kib;
	diagnosis.b_kib = total_kib;
	return diagnosis;
}

/* This machine */

static struct diagnosis judge_elsewhere(const struct patient *patient)
{
	static const struct advice left_out = {
		.what = "left out: the domains are not QEMUs of this machine"
	};

	(void)patient;
	return pass(&left_out);
}

static bool has_swap_figures(const struct patient *patient)
{
	return is_local(patient) && patient->facts->has_swap_figures;
}

static struct diagnosis judge_swap(const struct patient *patient)
{
	static const struct advice remark = { .what = "{a} of {b} in use" };
	static const struct advice none = {
		.what = "The host has no swap. If guests fill what they were promised "
			"faster than others give, its kernel kills a QEMU.",
		.cures = { { .how = "Make some (and put it into /etc/fstab to keep it)",
			     .commands = { "{sudo}dd if=/dev/zero of=/swapfile bs=1M "
					   "count=4096 conv=excl",
					   "{sudo}chmod 600 /swapfile",
					   "{sudo}mkswap /swapfile && {sudo}swapon "
					   "/swapfile" } } },
	};
	static const struct advice used = {
		.what = "{a} are swapped out on the host. Guests may be slow though they "
			"have memory, and what comes back is missing elsewhere.",
		.cures = { { .how = "Fetch it back once more than that is available",
			     .commands = { "{sudo}swapoff -a && {sudo}swapon -a" } } },
	};
	const struct host_facts *facts = patient->facts;
	uint64_t used_kib = sat_sub(facts->swap_total_kib, facts->swap_free_kib);
	struct diagnosis diagnosis = pass(&remark);

	if (facts->swap_total_kib == 0)
		diagnosis = wrong(DOCTOR_WARN, &none);
	else if (compare_percent(used_kib, patient->snapshot->host.total_kib,
				 SWAPPED_MIN_PERCENT) > 0)
		diagnosis = wrong(DOCTOR_WARN, &used);
	diagnosis.a_kib = used_kib;
	diagnosis.b_kib = facts->swap_total_kib;
	return diagnosis;
}

static bool has_ksm(const struct patient *patient)
{
	return is_local(patient) && patient->facts->has_ksm;
}

static struct diagnosis judge_ksm(const struct patient *patient)
{
	static const struct advice off = { .what = "off" };
	static const struct advice idle = { .what = "on, but nothing is shared" };
	static const struct advice shares = {
		.what = "KSM shares pages: {a} more are needed when guests write to "
			"them. The RSS of the domains counts them more than once, so "
			"that promises look kept which are not, and host_capacity "
			"fills up early.",
		.cures = { { .how = "Share no more (and stop ksmtuned where it runs)",
			     .commands = { "echo 2 | {sudo}tee "
					   "/sys/kernel/mm/ksm/run" } } },
	};
	struct diagnosis diagnosis = wrong(DOCTOR_WARN, &shares);

	if (patient->facts->ksm_saved_kib == 0)
		return pass(patient->facts->is_ksm_running ? &idle : &off);
	diagnosis.a_kib = patient->facts->ksm_saved_kib;
	return diagnosis;
}

/* Others that coordinate */

static bool may_be_shared(const struct patient *patient)
{
	return !patient->facts->is_private;
}

#define RIVAL                                                                            \
	"{text} runs, with pid {n}. If it changes balloons, too, they work against "     \
	"each other, and memcoord leaves each domain alone for 10 minutes after it."

static struct diagnosis judge_rival(const struct host_facts *facts)
{
	static const struct advice unit = {
		.what = RIVAL,
		.cures = { { .how = "Stop it",
			     .commands = { "{sudo}systemctl disable --now {arg}" } } },
	};
	static const struct advice process = {
		.what = RIVAL,
		.cures = { { .how = "Stop it", .commands = { "{sudo}kill {n}" } } },
	};
	struct diagnosis diagnosis =
		wrong(DOCTOR_WARN, facts->rival_unit ? &unit : &process);

	diagnosis.n = (uint64_t)facts->rival_pid;
	diagnosis.text = facts->rival;
	diagnosis.arg = facts->rival_unit;
	return diagnosis;
}

static struct diagnosis judge_coordinator(const struct patient *patient)
{
	static const struct advice nobody = { .what = "none" };
	static const struct advice runs = { .what = "memcoord runs, with pid {n}" };
	const struct host_facts *facts = patient->facts;
	struct diagnosis diagnosis = pass(facts->coordinator_pid > 0 ? &runs : &nobody);

	if (facts->rival_pid > 0)
		return judge_rival(facts);
	diagnosis.n = (uint64_t)facts->coordinator_pid;
	return diagnosis;
}

const struct check host_checks[] = {
	{ "libvirt", "for a libvirt that tells usable memory", has_versions,
	  judge_versions },
	{ "access", "for permission to change domains", NULL, judge_access },
	{ "reserve", "that the host's reserve is kept", NULL, judge_reserve },
	{ "capacity", "that host_capacity limits anything", has_capacity,
	  judge_capacity },
	{ "elsewhere", "swap, KSM, cgroups and processes", is_elsewhere,
	  judge_elsewhere },
	{ "swap", "the swap of the host", has_swap_figures, judge_swap },
	{ "ksm", "for pages that KSM shares", has_ksm, judge_ksm },
	{ "coordinator", "for another coordinator", may_be_shared, judge_coordinator },
	{ "coordinator-cgroup", "that memcoord's cgroup gives it enough",
	  doctor_has_coordinator_limit, doctor_judge_coordinator_limit },
	{ "shared-cgroup", "that the domains' cgroups let them grow",
	  doctor_has_shared_cgroup, doctor_judge_shared_limits },
	{ 0 },
};
