/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What in its guest keeps a domain from being balanced. */
#include "base/sat.h"
#include "checks/internal.h"

/* A guest that has just been started needs so long to load its driver. */
#define BOOT_S 60

/* A guest answers within that time once its period has passed. */
#define ANSWER_S 1

/* What is suggested as a floor is a multiple of this, because it is easier to read. */
#define FLOOR_STEP_KIB ((uint64_t)16 * 1024)

/* For how long the domain has been looked at. */
static uint64_t waited_s(const struct patient *patient)
{
	const struct demand *demand = &patient->record->demand;
	int64_t since_ms = demand->is_young ? demand->young_since_ms
					    : patient->history->first_look_ms;

	return (uint64_t)(patient->snapshot->now_ms - since_ms) / 1000;
}

static bool is_asked(const struct patient *patient)
{
	return doctor_is_running(patient) && domain_responds(patient->domain) &&
	       !(domain_has(patient->domain, DOMAIN_STATS_PERIOD) &&
		 patient->domain->stats_period_s == 0);
}

static bool is_booting(const struct domain_facts *facts)
{
	return facts->has_age && facts->age_s < BOOT_S;
}

#define WINDOWS_SERVICE                                                                  \
	"In a Windows guest, install the balloon driver and its service BLNSVR, in the " \
	"folder Balloon of the virtio drivers"
#define WINDOWS_COMMANDS                                                                 \
	{                                                                                \
		"pnputil /add-driver balloon.inf /install", "blnsvr.exe -i"              \
	}
#define FREEBSD_GUEST                                                                    \
	{                                                                                \
		.how = "FreeBSD does not report: leave such a guest out", .commands = {  \
			LEAVE_OUT                                                        \
		}                                                                        \
	}

static struct diagnosis judge_reports(const struct patient *patient)
{
	static const struct advice not_yet = {
		.what = "Its guest has not reported yet: it has just been started, or "
			"has "
			"not been waited for long enough.",
		.cures = { { .how = "Look again later, and for longer",
			     .commands = { "{memcoord} doctor --interval {n} "
					   "{name}" } } },
	};
	static const struct advice no_service = {
		.what = "Its balloon has moved, but its guest has never reported: its "
			"driver has no statistics, or a service is missing.",
		.cures = { { .how = WINDOWS_SERVICE,
			     .place = CURE_IN_WINDOWS_GUEST,
			     .commands = WINDOWS_COMMANDS },
			   FREEBSD_GUEST },
	};
	static const struct advice no_driver = {
		.what = "Its guest has never reported: it has not loaded a balloon "
			"driver.",
		.cures = { { .how = "In a Linux guest, load it, now and at each start",
			     .place = CURE_IN_LINUX_GUEST,
			     .commands = { "modprobe virtio_balloon",
					   "echo virtio_balloon "
					   ">/etc/modules-load.d/virtio_balloon.conf" } },
			   { .how = WINDOWS_SERVICE,
			     .place = CURE_IN_WINDOWS_GUEST,
			     .commands = WINDOWS_COMMANDS },
			   FREEBSD_GUEST },
	};
	const struct domain *domain = patient->domain;
	uint64_t due_s = sat_add(domain->stats_period_s, ANSWER_S);
	struct diagnosis diagnosis;

	if (domain->last_update_s > 0)
		return pass(NULL);
	if (waited_s(patient) < due_s || is_booting(patient->domain_facts)) {
		diagnosis = wrong(DOCTOR_WARN, &not_yet);
		diagnosis.n = sat_add(due_s, ANSWER_S);
		return diagnosis;
	}
	return wrong(DOCTOR_FAIL, domain->current_kib < domain->maximum_kib ? &no_service
									    : &no_driver);
}

static bool has_reported(const struct patient *patient)
{
	return is_asked(patient) && patient->domain->last_update_s > 0;
}

/* How old the last report is, as far as that can be told. */
static uint64_t silence_s(const struct patient *patient)
{
	const struct demand *demand = &patient->record->demand;
	uint64_t seen_s = sat_sub((uint64_t)patient->snapshot->now_ms,
				  (uint64_t)demand->sample_ms) /
			  1000;

	if (!demand->has_sample)
		seen_s = 0;
	/* The clock that dates them is this machine's. */
	if (patient->facts->now_s > 0)
		return sat_sub(patient->facts->now_s, patient->domain->last_update_s);
	return seen_s;
}

static struct diagnosis judge_freshness(const struct patient *patient)
{
	static const struct advice slow = {
		.what = "Its guest has not reported for {n} s, though it is asked every "
			"{m} s.",
		.cures = { { .how = "Look again, for longer",
			     .commands = { "{memcoord} doctor --interval 10 {name}" } } },
	};
	static const struct advice stale = {
		.what = "Its guest has not reported for {n} s, though it is asked every "
			"{m} s: it hangs, or has lost its balloon driver.",
		.cures = { { .how = "In a Linux guest, load the driver again",
			     .place = CURE_IN_LINUX_GUEST,
			     .commands = { "modprobe -r virtio_balloon; modprobe "
					   "virtio_balloon" } },
			   { .how = "If the guest hangs, reset it (it loses what it has "
				    "not saved)",
			     .commands = { "{virsh} reset {name}" } } },
	};
	uint64_t period_s = patient->domain->stats_period_s;
	uint64_t silent_s = silence_s(patient);
	struct diagnosis diagnosis = pass(NULL);

	if ((int64_t)silent_s * 1000 >= demand_stale_after_ms(patient->domain))
		diagnosis = wrong(DOCTOR_FAIL, &stale);
	else if (silent_s > sat_add(period_s, ANSWER_S))
		diagnosis = wrong(DOCTOR_WARN, &slow);
	diagnosis.n = silent_s;
	diagnosis.m = period_s;
	return diagnosis;
}

#define NEWER_KERNEL                                                                     \
	{                                                                                \
		.how = "A Linux guest needs a kernel of 4.6 or later; see which it has", \
		.place = CURE_IN_LINUX_GUEST, .commands = {                              \
			"uname -r"                                                       \
		}                                                                        \
	}
#define NEWER_DRIVER                                                                     \
	{                                                                                \
		.how = "A Windows guest needs the present virtio drivers",               \
		.place = CURE_IN_WINDOWS_GUEST, .commands = {                            \
			"pnputil /add-driver balloon.inf /install"                       \
		}                                                                        \
	}

static struct diagnosis judge_usable(const struct patient *patient)
{
	static const struct advice not_wanted = {
		.what = "not asked for: metric is \"unused\""
	};
	static const struct advice only_usable = {
		.what = "Its guest does not report usable memory, and metric is "
			"\"usable\" in the configuration: it is not balanced.",
		.cures = { { .how = "Let the next best figure do",
			     .commands = { "{sudo}sed -i 's/^\\([[:space:]]*metric"
					   "[[:space:]]*[=:][[:space:]]*\\)\"usable\"/"
					   "\\1\"auto\"/' {conf}" } } },
	};
	static const struct advice with_caches = {
		.what = "Its guest does not report usable memory: unused memory and page "
			"cache are taken for it.",
		.cures = { NEWER_KERNEL, NEWER_DRIVER },
	};
	static const struct advice only_unused = {
		.what = "Its guest reports unused memory only. Page cache looks like "
			"use, "
			"so that the domain is never made smaller.",
		.cures = { NEWER_KERNEL, NEWER_DRIVER },
	};
	static const struct advice nothing = {
		.what = "Its guest does not report how much memory it has free.",
		.cures = { NEWER_KERNEL, NEWER_DRIVER },
	};
	const struct domain *domain = patient->domain;
	enum metric metric = patient->settings->metric;

	if (domain_has(domain, DOMAIN_USABLE))
		return pass(NULL);
	if (metric == METRIC_UNUSED && domain_has(domain, DOMAIN_UNUSED))
		return pass(&not_wanted);
	if (metric == METRIC_USABLE)
		return wrong(DOCTOR_FAIL, &only_usable);
	if (domain_has(domain, DOMAIN_UNUSED | DOMAIN_DISK_CACHES))
		return wrong(DOCTOR_WARN, &with_caches);
	return domain_has(domain, DOMAIN_UNUSED) ? wrong(DOCTOR_WARN, &only_unused)
						 : wrong(DOCTOR_FAIL, &nothing);
}

static bool has_total(const struct patient *patient)
{
	return has_reported(patient) && domain_has(patient->domain, DOMAIN_AVAILABLE);
}

static struct diagnosis judge_total(const struct patient *patient)
{
	static const struct advice stays = {
		.what = "{a}, with a balloon at {b}: as with autodeflate, or Windows"
	};
	static const struct advice follows = { .what = "{a}, with a balloon at {b}" };
	const struct domain *domain = patient->domain;
	struct diagnosis diagnosis =
		pass(domain->available_kib > domain->current_kib ? &stays : &follows);

	diagnosis.a_kib = domain->available_kib;
	diagnosis.b_kib = domain->current_kib;
	return diagnosis;
}

/* Is it one that memcoord makes smaller, and is known well enough? */
static bool may_be_shrunk(const struct patient *patient)
{
	const unsigned never = DOMAIN_PASSES_DEVICES | DOMAIN_LOCKS_MEMORY |
			       DOMAIN_HAS_HUGE_PAGES | DOMAIN_IS_ENCRYPTED;

	return has_reported(patient) && !(patient->domain->traits & never) &&
	       domain_has(patient->domain, DOMAIN_SWAP_IN | DOMAIN_SWAP_OUT);
}

/* What its guest uses and a quarter of what it has, but not more than that. */
static uint64_t sensible_floor_kib(const struct patient *patient)
{
	const struct domain *domain = patient->domain;
	const struct demand *demand = &patient->record->demand;
	uint64_t kib =
		sat_add(demand->has_sample ? demand->used_kib : domain->current_kib / 2,
			domain->current_kib / 4);

	kib = min_u64(kib, domain->current_kib) / FLOOR_STEP_KIB * FLOOR_STEP_KIB;
	return max_u64(kib, max_u64(DOMAIN_FLOOR_MIN_KIB,
				    sat_add(patient->settings->domain_floor_kib, 1024)));
}

static struct diagnosis judge_burst(const struct patient *patient)
{
	static const struct advice deflates = { .what = "by autodeflate" };
	static const struct advice swaps = { .what = "by its swap" };
	static const struct advice kept = { .what = "by a floor of its own, {a}" };
	static const struct advice advice = {
		.what = "Its guest has never swapped, so it may have no swap, and its "
			"balloon does not give way (autodeflate). Once it has been made "
			"smaller, a burst that is faster than its reports kills a "
			"process in it.",
		.cures = { { .how = "Let its balloon give way",
			     .needs_definition = true,
			     .needs_restart = true,
			     .commands = { EDIT("s/ autodeflate=.off.//; s/<memballoon "
						"/&autodeflate=\\\"on\\\" /") } },
			   { .how = "Or do not let it be made smaller than",
			     .commands = { "{memcoord} set {name} --floor {a_exact} "
					   "--live{config}" } },
			   { .how = "Or give it swap, in a Linux guest (that is seen "
				    "once it is used)",
			     .place = CURE_IN_LINUX_GUEST,
			     .commands = { "dd if=/dev/zero of=/swapfile bs=1M "
					   "count=1024 conv=excl",
					   "chmod 600 /swapfile",
					   "mkswap /swapfile && swapon /swapfile" } } },
	};
	const struct domain *domain = patient->domain;
	const struct domain_settings *settings = &patient->record->settings;
	struct diagnosis diagnosis;

	if (domain->traits & DOMAIN_AUTODEFLATES)
		return pass(&deflates);
	if (domain->swap_in_kib > 0 || domain->swap_out_kib > 0)
		return pass(&swaps);
	if (settings->floor_kib > patient->settings->domain_floor_kib) {
		diagnosis = pass(&kept);
		diagnosis.a_kib = settings->floor_kib;
		return diagnosis;
	}
	diagnosis = wrong_until_restart(patient, DOCTOR_WARN, &advice,
					patient->domain_facts->will_have_traits &
						DOMAIN_AUTODEFLATES);
	diagnosis.a_kib = sensible_floor_kib(patient);
	return diagnosis;
}

const struct check guest_checks[] = {
	{ "reports", "for reports of its guest", is_asked, judge_reports },
	{ "freshness", "that they are fresh", has_reported, judge_freshness },
	{ "usable", "for usable memory in them", has_reported, judge_usable },
	{ "total", "the total that they show", has_total, judge_total },
	{ "burst", "that its guest outlives a burst", may_be_shrunk, judge_burst },
	{ 0 },
};
