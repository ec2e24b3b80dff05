/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What in the definition of a domain and in its settings keeps it from being balanced. */
#include "base/sat.h"
#include "checks/internal.h"
#include "core/classify.h"

static bool is_managed(const struct patient *patient)
{
	return patient->record->settings.is_managed;
}

static bool has_balloon(const struct patient *patient)
{
	return is_managed(patient) && patient->domain->has_balloon;
}

/* Settings */

static struct diagnosis judge_managed(const struct patient *patient)
{
	static const struct advice by_itself = {
		.what = "left out by its metadata: little else is checked"
	};
	static const struct advice by_rule = {
		.what = "left out by the configuration: little else is checked"
	};

	if (is_managed(patient))
		return pass(NULL);
	return pass(patient->domain->choices.is_left_out ? &by_itself : &by_rule);
}

static struct diagnosis judge_metadata(const struct patient *patient)
{
	static const struct advice invalid = {
		.what = "Its own settings do not count: {text}.",
		.cures = { { .how = "Remove them",
			     .commands = { "{virsh} metadata {name} "
					   "urn:memcoord:domain:1 --remove "
					   "--live{config}" } } },
	};
	struct diagnosis diagnosis = wrong(DOCTOR_WARN, &invalid);

	if (!patient->domain->metadata_error)
		return pass(NULL);
	diagnosis.text = patient->domain->metadata_error;
	return diagnosis;
}

static bool has_size(const struct patient *patient)
{
	return has_balloon(patient) &&
	       domain_has(patient->domain, DOMAIN_CURRENT | DOMAIN_MAXIMUM);
}

static struct diagnosis judge_floor(const struct patient *patient)
{
	static const struct advice remark = { .what = "{a}" };
	static const struct advice too_high = {
		.what = "Its floor ({a}) is not below its maximum ({b}), so that it can "
			"give nothing. Lower the floor, or raise the maximum.",
		.cures = { { .how = "Raise its maximum, such as to twice the floor",
			     .needs_definition = true,
			     .needs_restart = true,
			     .commands = { "{virsh} setmaxmem {name} {c_exact} "
					   "--config" } } },
	};
	static const struct advice below = {
		.what = "It has {b}, less than its floor ({a}).",
		.cures = { { .how = "Give it that",
			     .commands = { "{virsh} setmem {name} {a_exact} --live" } } },
	};
	const struct domain *domain = patient->domain;
	uint64_t floor_kib = patient->record->settings.floor_kib;
	struct diagnosis diagnosis = pass(&remark);

	if (floor_kib >= domain->maximum_kib) {
		diagnosis = wrong_until_restart(
			patient, DOCTOR_WARN, &too_high,
			patient->domain_facts->will_have_maximum_kib > floor_kib);
		diagnosis.b_kib = domain->maximum_kib;
		diagnosis.c_kib = sat_mul_div(floor_kib, 2, 1);
	} else if (domain->current_kib < floor_kib) {
		diagnosis = wrong(DOCTOR_WARN, &below);
		diagnosis.b_kib = domain->current_kib;
	}
	diagnosis.a_kib = floor_kib;
	return diagnosis;
}

static bool has_ceiling(const struct patient *patient)
{
	return has_size(patient) && patient->record->settings.has_ceiling;
}

/* What @patient's guest cannot do without, as far as that is known. */
static uint64_t use_kib(const struct patient *patient)
{
	const struct demand *demand = &patient->record->demand;

	return demand->has_sample ? sat_add(demand->used_kib, CLASSIFY_WATERMARK_KIB) : 0;
}

static struct diagnosis judge_ceiling(const struct patient *patient)
{
	static const struct advice remark = { .what = "{a}" };
	static const struct advice above = {
		.what = "It has {b}, more than its ceiling ({a}), and gives that only "
			"when others need it.",
		.cures = { { .how = "Take the rest from it",
			     .commands = { "{virsh} setmem {name} {a_exact} --live" } } },
	};
	static const struct advice too_low = {
		.what = "It has {b}, more than its ceiling ({a}), and its guest cannot "
			"do "
			"with that.",
		.cures = { { .how = "Raise its ceiling to what it uses, with 60 MiB free",
			     .commands = { "{memcoord} set {name} --ceiling {c_exact} "
					   "--live{config}" } } },
	};
	uint64_t ceiling_kib = patient->record->settings.ceiling_kib;
	bool is_above = patient->domain->current_kib > ceiling_kib;
	struct diagnosis diagnosis = pass(&remark);

	if (is_above)
		diagnosis = wrong(DOCTOR_WARN,
				  use_kib(patient) > ceiling_kib ? &too_low : &above);
	diagnosis.a_kib = ceiling_kib;
	diagnosis.b_kib = patient->domain->current_kib;
	diagnosis.c_kib = use_kib(patient);
	return diagnosis;
}

/* The balloon */

static struct diagnosis judge_balloon(const struct patient *patient)
{
	static const struct advice missing = {
		.what = "It has no balloon device, so that its memory cannot be changed.",
		.cures = { { .how = "Give it one",
			     .needs_definition = true,
			     .needs_restart = true,
			     .commands = { EDIT(
				     "s|<memballoon model=.none./>|<memballoon "
				     "model=\\\"virtio\\\"><stats "
				     "period=\\\"{n}\\\"/></memballoon>|") } } },
	};
	struct diagnosis diagnosis;

	if (patient->domain->has_balloon)
		return pass(NULL);
	diagnosis = wrong_until_restart(patient, DOCTOR_FAIL, &missing,
					patient->domain_facts->will_have_balloon);
	diagnosis.n = patient->settings->stats_period_s;
	return diagnosis;
}

static bool has_period(const struct patient *patient)
{
	return has_balloon(patient) && domain_has(patient->domain, DOMAIN_STATS_PERIOD);
}

#define SET_PERIOD                                                                       \
	{                                                                                \
		.how = "Have it report so often from now on", .commands = {              \
			"{virsh} dommemstat {name} --period {n} --live{config}"          \
		}                                                                        \
	}

static struct diagnosis judge_period(const struct patient *patient)
{
	static const struct advice remark = { .what = "{m} s" };
	static const struct advice none = {
		.what = "Its guest is not asked for statistics. run and once have it "
			"report every {n} s while they last.",
		.cures = { SET_PERIOD },
	};
	static const struct advice too_long = {
		.what = "Its guest reports every {m} s. run and once have it report "
			"every "
			"{n} s (stats_period) while they last.",
		.cures = { SET_PERIOD },
	};
	uint64_t period_s = patient->domain->stats_period_s;
	struct diagnosis diagnosis = pass(&remark);

	if (period_s == 0)
		diagnosis = wrong(DOCTOR_WARN, &none);
	else if (period_s > patient->settings->stats_period_s)
		diagnosis = wrong(DOCTOR_WARN, &too_long);
	diagnosis.m = period_s;
	diagnosis.n = patient->settings->stats_period_s;
	return diagnosis;
}

/* A domain with plugged memory has more than its balloon moves; libvirt sums it up. */
static bool has_room_to_judge(const struct patient *patient)
{
	return has_size(patient) && patient->domain_facts->is_defined &&
	       !(patient->domain->traits & DOMAIN_HAS_PLUGGED_MEMORY);
}

static struct diagnosis judge_room(const struct patient *patient)
{
	static const struct advice remark = { .what = "up to {a}" };
	static const struct advice none = {
		.what = "Its maximum is what it starts with ({a}): it can give, and get "
			"that back, but never grow beyond it.",
		.cures = { { .how = "Raise its maximum, such as to {b}",
			     .needs_definition = true,
			     .needs_restart = true,
			     .commands = { "{virsh} setmaxmem {name} {b_exact} "
					   "--config" } } },
	};
	const struct domain *domain = patient->domain;
	const struct domain_facts *facts = patient->domain_facts;
	uint64_t host_kib = patient->snapshot->host.total_kib;
	bool has_room = facts->will_have_maximum_kib > facts->will_have_current_kib;
	struct diagnosis diagnosis = pass(&remark);

	if (domain->maximum_kib < host_kib &&
	    (!has_room || (domain->current_kib == domain->maximum_kib &&
			   domain->maximum_kib < facts->will_have_maximum_kib)))
		diagnosis = wrong_until_restart(patient, DOCTOR_WARN, &none, has_room);
	diagnosis.a_kib = domain->maximum_kib;
	diagnosis.b_kib = min_u64(sat_mul_div(domain->maximum_kib, 2, 1), host_kib);
	return diagnosis;
}

/* Why the host gains nothing from a smaller balloon */

static struct diagnosis judge_trait(const struct patient *patient,
				    enum domain_trait trait, const struct advice *advice)
{
	if (!(patient->domain->traits & trait))
		return pass(NULL);
	return wrong_until_restart(patient, DOCTOR_WARN, advice,
				   !(patient->domain_facts->will_have_traits & trait));
}

static struct diagnosis judge_devices(const struct patient *patient)
{
	static const struct advice advice = {
		.what = "A device is passed through to it that reaches all of its "
			"memory: the host gets nothing back that its balloon gives. "
			"It may grow, but is of no use to others.",
		.cures = { { .how = "Leave it out, unless it can do without the device",
			     .commands = { LEAVE_OUT } } },
	};

	return judge_trait(patient, DOMAIN_PASSES_DEVICES, &advice);
}

static struct diagnosis judge_locked(const struct patient *patient)
{
	static const struct advice advice = {
		.what = "Its memory is locked on the host, which gets nothing back that "
			"its balloon gives.",
		.cures = { { .how = "Do not lock it",
			     .needs_definition = true,
			     .needs_restart = true,
			     .commands = { EDIT("/<locked\\/>/d") } } },
	};

	return judge_trait(patient, DOMAIN_LOCKS_MEMORY, &advice);
}

static struct diagnosis judge_huge_pages(const struct patient *patient)
{
	static const struct advice advice = {
		.what = "Its memory is of huge pages set apart on the host, which gets "
			"nothing back that its balloon gives.",
		.cures = { { .how = "Give it usual pages, of which the kernel makes huge "
				    "ones where it can",
			     .needs_definition = true,
			     .needs_restart = true,
			     .commands = { EDIT("/<hugepages>/,/<\\/hugepages>/d; "
						"/<hugepages\\/>/d") } } },
	};

	return judge_trait(patient, DOMAIN_HAS_HUGE_PAGES, &advice);
}

static struct diagnosis judge_encryption(const struct patient *patient)
{
	static const struct advice advice = {
		.what = "Its memory is encrypted (launchSecurity) and pinned: the host "
			"gets nothing back that its balloon gives. It may grow, but is "
			"of no use to others.",
		.cures = { { .how = "Leave it out", .commands = { LEAVE_OUT } } },
	};

	return judge_trait(patient, DOMAIN_IS_ENCRYPTED, &advice);
}

/* Other traits */

static bool may_be_bound(const struct patient *patient)
{
	return is_managed(patient) && patient->facts->n_nodes > 1;
}

static struct diagnosis judge_numa(const struct patient *patient)
{
	static const struct advice advice = {
		.what = "It may only use the memory of some of the host's {n} NUMA "
			"nodes, but the host is taken as one pool: its nodes can be full "
			"while memory is granted to it.",
		.cures = { { .how = "Do not bind it",
			     .needs_definition = true,
			     .needs_restart = true,
			     .commands = { EDIT("/<numatune>/,/<\\/numatune>/d") } } },
	};
	struct diagnosis diagnosis = judge_trait(patient, DOMAIN_IS_NUMA_BOUND, &advice);

	diagnosis.n = patient->facts->n_nodes;
	return diagnosis;
}

static struct diagnosis judge_reporting(const struct patient *patient)
{
	static const struct advice on = {
		.what = "on: what it does not use is back on the host by itself"
	};
	static const struct advice off = { .what = "off" };

	return pass(patient->domain->traits & DOMAIN_REPORTS_FREE_PAGES ? &on : &off);
}

static struct diagnosis judge_plugged(const struct patient *patient)
{
	static const struct advice plugged = {
		.what = "there is some: it is not part of the maximum, and not moved"
	};
	static const struct advice none = { .what = "none" };

	return pass(patient->domain->traits & DOMAIN_HAS_PLUGGED_MEMORY ? &plugged
									: &none);
}

const struct check domain_checks[] = {
	{ "managed", "that it is to be balanced", NULL, judge_managed },
	{ "metadata", "the settings in its metadata", NULL, judge_metadata },
	{ "balloon", "for a balloon device", is_managed, judge_balloon },
	{ "room", "for room to grow", has_room_to_judge, judge_room },
	{ "floor", "its floor", has_size, judge_floor },
	{ "ceiling", "its ceiling", has_ceiling, judge_ceiling },
	{ "passthrough", "for passed-through devices", has_balloon, judge_devices },
	{ "locked", "for locked memory", has_balloon, judge_locked },
	{ "huge-pages", "for huge pages", has_balloon, judge_huge_pages },
	{ "encryption", "for encrypted memory", has_balloon, judge_encryption },
	{ "reporting", "for free page reporting", has_balloon, judge_reporting },
	{ "plugged", "for plugged memory", has_balloon, judge_plugged },
	{ "numa", "for memory bound to NUMA nodes", may_be_bound, judge_numa },
	{ "period", "for a statistics period", has_period, judge_period },
	{ 0 },
};
