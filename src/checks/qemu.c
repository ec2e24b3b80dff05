/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What in its QEMU keeps a domain from being balanced. */
#include "checks/internal.h"

static bool is_managed(const struct patient *patient)
{
	return patient->record->settings.is_managed;
}

bool doctor_is_running(const struct patient *patient)
{
	return is_managed(patient) && patient->domain->has_balloon &&
	       patient->domain->state == DOMAIN_RUNNING;
}

static struct diagnosis judge_state(const struct patient *patient)
{
	static const struct advice states[] = {
		[DOMAIN_PAUSED] = {
			.what = "It is paused. What it has counts, but is not moved.",
			.cures = { { .how = "Let it run",
				     .commands = { "{virsh} resume {name}" } } },
		},
		[DOMAIN_SUSPENDED] = {
			.what = "Its guest has gone to sleep. What it has counts, but is "
				"not moved.",
			.cures = { { .how = "Wake it up",
				     .commands = { "{virsh} dompmwakeup {name}" } } },
		},
		[DOMAIN_CRASHED] = {
			.what = "It has crashed, and still holds its memory.",
			.cures = { { .how = "Start it again",
				     .needs_definition = true,
				     .commands = { "{virsh} destroy {name}",
						   "{virsh} start {name}" } } },
		},
		[DOMAIN_SHUTTING_DOWN] = {
			.what = "It is shutting down.",
			.cures = { { .how = "If that does not end, end it",
				     .commands = { "{virsh} destroy {name}" } } },
		},
	};
	enum domain_state state = patient->domain->state;

	if (state == DOMAIN_RUNNING)
		return pass(NULL);
	return wrong(state == DOMAIN_CRASHED ? DOCTOR_FAIL : DOCTOR_WARN, &states[state]);
}

#define SEE_JOB                                                                          \
	{                                                                                \
		.how = "See whether it is at work on something, and on what",            \
		.commands = {                                                            \
			"{virsh} domcontrol {name}",                                     \
			"{virsh} domjobinfo {name}"                                      \
		}                                                                        \
	}
#define ABORT_JOB                                                                        \
	{                                                                                \
		.how = "If that is a job that need not be, such as a migration, end it", \
		.commands = {                                                            \
			"{virsh} domjobabort {name}"                                     \
		}                                                                        \
	}

static struct diagnosis judge_job(const struct patient *patient)
{
	static const struct advice hook = {
		.what = "Its hook script runs ({text}). Meanwhile libvirt tells nothing "
			"about it, and changes nothing.",
		.cures = { { .how = "See what the script waits for",
			     .commands = { "pgrep -af hooks/qemu" } } },
	};
	static const struct advice job = {
		.what = "Libvirt has it in hand: {text}. What it has counts, but is not "
			"changed until that is over.",
		.cures = { SEE_JOB, ABORT_JOB },
	};
	const struct domain_facts *facts = patient->domain_facts;
	struct diagnosis diagnosis = pass(NULL);

	if (facts->hook)
		diagnosis = wrong(DOCTOR_FAIL, &hook);
	else if (facts->job)
		diagnosis = wrong(DOCTOR_WARN, &job);
	diagnosis.text = facts->hook ? facts->hook : facts->job;
	return diagnosis;
}

static struct diagnosis judge_monitor(const struct patient *patient)
{
	static const struct advice stopped = {
		.what = "Its QEMU is stopped, by a signal or a debugger (pid {n}).",
		.cures = { { .how = "Let it go on",
			     .commands = { "{sudo}kill -CONT {n}" } } },
	};
	static const struct advice waits = {
		.what = "Its QEMU gives no figures: it waits for storage that does not "
			"answer (pid {n}, state D).",
		.cures = { SEE_JOB, ABORT_JOB },
	};
	static const struct advice silent = {
		.what = "Its QEMU gives no figures: another command sits on it, or it "
			"hangs.",
		.cures = { SEE_JOB, ABORT_JOB },
	};
	char state = patient->domain_facts->process_state;
	struct diagnosis diagnosis;

	if (domain_responds(patient->domain))
		return pass(NULL);
	diagnosis = wrong(DOCTOR_FAIL, state == 'T' || state == 't' ? &stopped
				       : state == 'D'		    ? &waits
								    : &silent);
	diagnosis.n = (uint64_t)patient->domain_facts->pid;
	return diagnosis;
}

const struct check qemu_checks[] = {
	{ "state", "that it runs", is_managed, judge_state },
	{ "job", "that libvirt can change it", doctor_is_running, judge_job },
	{ "monitor", "that its QEMU answers", doctor_is_running, judge_monitor },
	{ "cgroup", "that its cgroup lets it grow", doctor_has_cgroup,
	  doctor_judge_own_limit },
	{ 0 },
};
