/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each check, with what it passes and with what it does not. */
#include <errno.h>

#include "checks/checks.h"
#include "doctor/text.h"
#include "suite.h"
#include "testing.h"

#define UUID "00000000-0000-0000-0000-000000000000"

/* A host on which all is well, with one domain. A row of the table spoils it. */
struct ward {
	struct world world;
	struct host_facts facts;
	struct domain_facts domain_facts;
	struct domain *domain;
	uint64_t interval_s; /* between the looks */
	uint64_t report_s;   /* how late the last report is */
};

static struct ward ward;

/* In the place of a status: the check does not apply. */
enum { NOT_THERE = -1 };

struct row {
	const char *check;
	void (*spoil)(void); /* NULL: all is well */
	int status;
	const char *what;    /* a part of it; NULL: there is no remark */
	const char *command; /* a part of the first command; NULL: there is none */
};

/* The host */

static void old_libvirt(void)
{
	ward.facts.libvirt_version = 2000999;
}

static void read_only(void)
{
	ward.facts.refusal = (char *)(uintptr_t) "authentication failed";
}

static void huge_reserve(void)
{
	ward.world.settings.host_reserve =
		(struct reserve){ .is_percent = false, .size_kib = 16 * GIB };
}

static void broken_reserve(void)
{
	ward.world.snapshot.host.available_kib = 100 * MIB;
}

static void small_capacity(void)
{
	ward.world.settings.has_host_capacity = true;
	ward.world.settings.host_capacity_kib = 16 * GIB;
}

static void large_capacity(void)
{
	small_capacity();
	ward.world.settings.host_capacity_kib++;
}

static void elsewhere(void)
{
	ward.facts.is_local = false;
}

static void no_swap(void)
{
	ward.facts.swap_total_kib = ward.facts.swap_free_kib = 0;
}

static void swapped_out(void)
{
	/* 1 % of 16 GiB is 163.84 MiB */
	ward.facts.swap_free_kib = ward.facts.swap_total_kib - 164 * MIB;
}

static void hardly_swapped_out(void)
{
	ward.facts.swap_free_kib = ward.facts.swap_total_kib - 163 * MIB;
}

static void ksm_shares(void)
{
	ward.facts.is_ksm_running = true;
	ward.facts.ksm_saved_kib = 3 * GIB;
}

static void ksm_idle(void)
{
	ward.facts.is_ksm_running = true;
}

/* Switched off without unmerging: what is shared stays so. */
static void ksm_was_on(void)
{
	ward.facts.ksm_saved_kib = 3 * GIB;
}

static void memcoord_runs(void)
{
	ward.facts.coordinator_pid = 4711;
}

static void rival_runs(void)
{
	memcoord_runs();
	ward.facts.rival_pid = 815;
	ward.facts.rival = (char *)(uintptr_t) "momd";
}

static void rival_unit_runs(void)
{
	rival_runs();
	ward.facts.rival_unit = (char *)(uintptr_t) "mom vdsm.service";
}

static void private_driver(void)
{
	ward.facts.is_private = true;
}

static void limit_coordinator(uint64_t limit_kib)
{
	ward.facts.coordinator_limit = (struct cgroup_limit){
		(char *)(uintptr_t) "system.slice/memcoord.service", true, limit_kib
	};
}

static void enough_for_memcoord(void)
{
	limit_coordinator(64 * MIB);
}

static void little_for_memcoord(void)
{
	limit_coordinator(64 * MIB - 1);
}

static struct cgroup_limit limit(const char *path, bool is_hard, uint64_t limit_kib)
{
	return (struct cgroup_limit){ (char *)(uintptr_t)path, is_hard, limit_kib };
}

/* The domain may grow to 4 GiB, and its QEMU takes 100 MiB for itself. */
static void slice_of_enough(void)
{
	ward.domain_facts.shared_limit =
		limit("machine.slice", true, 4 * GIB + 100 * MIB);
}

static void slice_too_small(void)
{
	slice_of_enough();
	ward.domain_facts.shared_limit.limit_kib--;
}

static void slice_slows_down(void)
{
	slice_too_small();
	ward.domain_facts.shared_limit.is_hard = false;
}

/* Of 16 GiB memcoord may use 4 GiB, and 5 % of that is kept. */
static void slice_is_known_to_memcoord(void)
{
	small_capacity();
	ward.world.settings.host_capacity_kib = 4 * GIB;
	ward.domain_facts.shared_limit =
		limit("machine.slice", true, 4 * GIB - 4 * GIB / 20);
}

static void slice_under_a_ceiling(void)
{
	static struct domain_rule rule = { .choices.ceiling_kib = 3 * GIB };

	rule.match = (char *)(uintptr_t) "vm0";
	ward.world.settings.rules = &rule;
	ward.world.settings.n_rules = 1;
	ward.domain_facts.shared_limit =
		limit("machine.slice", true, 3 * GIB + 100 * MIB);
}

static void no_cgroups(void)
{
	ward.domain_facts.has_cgroup = false;
}

/* Settings of the domain */

static void left_out_by_itself(void)
{
	ward.domain->choices.is_left_out = true;
}

static void left_out_by_rule(void)
{
	static struct domain_rule rule = { .choices.is_left_out = true };

	rule.match = (char *)(uintptr_t) "vm*";
	ward.world.settings.rules = &rule;
	ward.world.settings.n_rules = 1;
}

static void bad_metadata(void)
{
	ward.domain->metadata_error = (char *)(uintptr_t) "weight must be a number";
}

static void no_room(void)
{
	ward.domain_facts.will_have_maximum_kib = 2 * GIB;
	ward.domain->maximum_kib = 2 * GIB;
}

static void no_room_until_restart(void)
{
	no_room();
	ward.domain_facts.will_have_maximum_kib = 4 * GIB;
}

/* It has grown to its maximum, but can shrink and grow again. */
static void grown(void)
{
	ward.domain->current_kib = 4 * GIB;
}

static void all_of_the_host(void)
{
	ward.domain->maximum_kib = ward.domain->current_kib = 16 * GIB;
	ward.domain_facts.will_have_maximum_kib = 16 * GIB;
	ward.domain_facts.will_have_current_kib = 16 * GIB;
}

static void transient(void)
{
	ward.domain_facts.is_transient = true;
	ward.domain_facts.is_defined = false;
}

static void set_floor(uint64_t floor_kib)
{
	ward.domain->choices.floor_kib = floor_kib;
}

static void floor_above_maximum(void)
{
	set_floor(4 * GIB);
}

static void floor_above_current(void)
{
	set_floor(3 * GIB);
}

static void own_floor(void)
{
	set_floor(1 * GIB);
}

static void own_ceiling(void)
{
	ward.domain->choices.ceiling_kib = 2 * GIB;
}

static void ceiling_below_current(void)
{
	ward.domain->choices.ceiling_kib = 3 * GIB / 2;
}

/* It uses 1 GiB, and is to have 60 MiB more. */
static void ceiling_below_use(void)
{
	ward.domain->choices.ceiling_kib = 1 * GIB + 60 * MIB - 1;
}

/* The balloon and what keeps the host from gaining */

static void no_balloon(void)
{
	ward.domain->has_balloon = false;
	ward.domain_facts.will_have_balloon = false;
}

static void balloon_after_restart(void)
{
	no_balloon();
	ward.domain_facts.will_have_balloon = true;
}

static void no_balloon_transient(void)
{
	no_balloon();
	transient();
}

static void add_trait(enum domain_trait trait)
{
	ward.domain->traits |= trait;
	ward.domain_facts.will_have_traits |= trait;
}

#define TRAIT(name, trait)                                                               \
	static void name(void)                                                           \
	{                                                                                \
		add_trait(trait);                                                        \
	}

TRAIT(passes_devices, DOMAIN_PASSES_DEVICES)
TRAIT(locks_memory, DOMAIN_LOCKS_MEMORY)
TRAIT(has_huge_pages, DOMAIN_HAS_HUGE_PAGES)
TRAIT(is_encrypted, DOMAIN_IS_ENCRYPTED)
TRAIT(autodeflates, DOMAIN_AUTODEFLATES)
TRAIT(reports_free_pages, DOMAIN_REPORTS_FREE_PAGES)
TRAIT(has_plugged_memory, DOMAIN_HAS_PLUGGED_MEMORY)

static void unlocked_after_restart(void)
{
	ward.domain->traits |= DOMAIN_LOCKS_MEMORY;
}

static void two_nodes(void)
{
	ward.facts.n_nodes = 2;
}

static void bound_to_nodes(void)
{
	two_nodes();
	add_trait(DOMAIN_IS_NUMA_BOUND);
}

static void no_period(void)
{
	ward.domain->stats_period_s = 0;
}

static void long_period(void)
{
	ward.domain->stats_period_s = 5;
}

/* Its QEMU */

#define STATE(name, value)                                                               \
	static void name(void)                                                           \
	{                                                                                \
		ward.domain->state = value;                                              \
	}

STATE(paused, DOMAIN_PAUSED)
STATE(asleep, DOMAIN_SUSPENDED)
STATE(crashed, DOMAIN_CRASHED)
STATE(shutting_down, DOMAIN_SHUTTING_DOWN)

static void own_limit_of_enough(void)
{
	ward.domain_facts.own_limit = limit("x", true, 4 * GIB + 100 * MIB);
}

static void own_limit_too_low(void)
{
	own_limit_of_enough();
	ward.domain_facts.own_limit.limit_kib--;
}

static void own_limit_slows_down(void)
{
	own_limit_too_low();
	ward.domain_facts.own_limit.is_hard = false;
}

static void no_figures(void)
{
	ward.domain->present &= ~(unsigned)DOMAIN_LAST_UPDATE;
}

static void is_dumped(void)
{
	ward.domain_facts.job = "a dump";
}

/* Whatever else libvirt has in hand. */
static void is_hooked(void)
{
	static char operation[] = "release";

	is_dumped();
	ward.domain_facts.hook = operation;
}

static void stopped(void)
{
	no_figures();
	ward.domain_facts.pid = 99;
	ward.domain_facts.process_state = 'T';
}

static void waits_for_storage(void)
{
	stopped();
	ward.domain_facts.process_state = 'D';
}

/* Its guest */

static void never_reported(void)
{
	ward.domain->last_update_s = 0;
	ward.domain->maximum_kib = ward.domain->current_kib;
}

static void no_service(void)
{
	ward.domain->last_update_s = 0;
}

static void just_started(void)
{
	never_reported();
	ward.domain_facts.has_age = true;
	ward.domain_facts.age_s = 59;
}

static void started_long_ago(void)
{
	just_started();
	ward.domain_facts.age_s = 60;
}

static void looked_at_too_shortly(void)
{
	never_reported();
	ward.domain->stats_period_s = 3;
}

static void silent(void)
{
	ward.report_s = 7;
}

static void late(void)
{
	ward.report_s = 3;
}

static void not_quite_late(void)
{
	ward.report_s = 2;
}

/* By this machine's clock the report is fresh, but it is another machine's. */
static void silent_elsewhere(void)
{
	elsewhere();
	ward.facts.now_s = 0;
	ward.interval_s = 7;
}

static void late_elsewhere(void)
{
	silent_elsewhere();
	ward.interval_s = 3;
}

static void old_kernel(void)
{
	ward.domain->present &= ~(unsigned)DOMAIN_USABLE;
	ward.domain->present |= DOMAIN_DISK_CACHES;
}

static void older_kernel(void)
{
	ward.domain->present &= ~(unsigned)DOMAIN_USABLE;
}

static void nothing_but_the_time(void)
{
	ward.domain->present &= ~(unsigned)(DOMAIN_USABLE | DOMAIN_UNUSED);
}

static void old_kernel_and_metric_usable(void)
{
	old_kernel();
	ward.world.settings.metric = METRIC_USABLE;
}

static void old_kernel_and_metric_unused(void)
{
	old_kernel();
	ward.world.settings.metric = METRIC_UNUSED;
}

static void total_follows(void)
{
	ward.domain->present |= DOMAIN_AVAILABLE;
	ward.domain->available_kib = 2 * GIB - 60 * MIB;
}

static void total_stays(void)
{
	total_follows();
	ward.domain->available_kib = 4 * GIB - 60 * MIB;
}

static void never_swapped(void)
{
	ward.domain->swap_in_kib = 0;
}

static void never_swapped_but_deflates(void)
{
	never_swapped();
	autodeflates();
}

static void never_swapped_but_has_a_floor(void)
{
	never_swapped();
	own_floor();
}

static void never_swapped_deflates_soon(void)
{
	never_swapped();
	ward.domain_facts.will_have_traits |= DOMAIN_AUTODEFLATES;
}

static void never_swapped_transient(void)
{
	never_swapped();
	transient();
}

static void swap_unknown(void)
{
	ward.domain->present &= ~(unsigned)DOMAIN_SWAP_OUT;
}

static const struct row rows[] = {
	{ "libvirt", NULL, DOCTOR_PASS, "libvirt 9.0.0", NULL },
	{ "libvirt", old_libvirt, DOCTOR_WARN, "libvirt 2.1 does", "apt-get install" },
	{ "access", NULL, DOCTOR_PASS, NULL, NULL },
	{ "access", read_only, DOCTOR_WARN, "authentication failed",
	  "usermod --append --groups libvirt" },
	{ "reserve", NULL, DOCTOR_PASS, "12 GiB available, 819.2 MiB", NULL },
	{ "reserve", broken_reserve, DOCTOR_WARN, "only 100 MiB available",
	  "memcoord dry-run" },
	{ "reserve", huge_reserve, DOCTOR_FAIL, "nothing can ever be granted",
	  "sed -i 's/^\\([[:space:]]*\\)host_reserve/\\1#host_reserve/' /etc/mc.conf" },
	{ "capacity", NULL, NOT_THERE, NULL, NULL },
	{ "capacity", small_capacity, DOCTOR_PASS, "16 GiB of 16 GiB", NULL },
	{ "capacity", large_capacity, DOCTOR_WARN, "limits nothing",
	  "\\1#host_capacity" },
	{ "elsewhere", NULL, NOT_THERE, NULL, NULL },
	{ "elsewhere", elsewhere, DOCTOR_PASS, "left out", NULL },
	{ "swap", elsewhere, NOT_THERE, NULL, NULL },
	{ "swap", NULL, DOCTOR_PASS, "0 KiB of 4 GiB in use", NULL },
	{ "swap", hardly_swapped_out, DOCTOR_PASS, "163 MiB of 4 GiB in use", NULL },
	{ "swap", swapped_out, DOCTOR_WARN, "164 MiB are swapped out", "swapoff -a" },
	{ "swap", no_swap, DOCTOR_WARN, "no swap", "dd if=/dev/zero of=/swapfile" },
	{ "ksm", elsewhere, NOT_THERE, NULL, NULL },
	{ "ksm", NULL, DOCTOR_PASS, "off", NULL },
	{ "ksm", ksm_idle, DOCTOR_PASS, "on, but nothing is shared", NULL },
	{ "ksm", ksm_shares, DOCTOR_WARN, "3 GiB more", "echo 2 | sudo tee " },
	{ "ksm", ksm_was_on, DOCTOR_WARN, "3 GiB more", "echo 2 | sudo tee " },
	{ "coordinator", private_driver, NOT_THERE, NULL, NULL },
	{ "coordinator", NULL, DOCTOR_PASS, "none", NULL },
	{ "coordinator", memcoord_runs, DOCTOR_PASS, "memcoord runs, with pid 4711",
	  NULL },
	{ "coordinator", rival_runs, DOCTOR_WARN, "momd runs, with pid 815", "kill 815" },
	{ "coordinator", rival_unit_runs, DOCTOR_WARN, "momd runs, with pid 815",
	  "systemctl disable --now 'mom vdsm.service'" },
	{ "coordinator-cgroup", NULL, NOT_THERE, NULL, NULL },
	{ "coordinator-cgroup", enough_for_memcoord, DOCTOR_PASS, "64 MiB", NULL },
	{ "coordinator-cgroup", little_for_memcoord, DOCTOR_WARN,
	  "(system.slice/memcoord.service)",
	  "systemctl set-property memcoord.service MemoryMax=infinity" },
	{ "shared-cgroup", no_cgroups, NOT_THERE, NULL, NULL },
	{ "shared-cgroup", NULL, DOCTOR_PASS, NULL, NULL },
	{ "shared-cgroup", slice_of_enough, DOCTOR_PASS, NULL, NULL },
	{ "shared-cgroup", slice_is_known_to_memcoord, DOCTOR_PASS, NULL, NULL },
	{ "shared-cgroup", slice_under_a_ceiling, DOCTOR_PASS, NULL, NULL },
	{ "shared-cgroup", slice_too_small, DOCTOR_FAIL, "The domains in machine.slice",
	  "systemctl set-property machine.slice MemoryMax=infinity" },
	{ "shared-cgroup", slice_slows_down, DOCTOR_WARN, "machine.slice",
	  "MemoryHigh=infinity" },

	{ "managed", NULL, DOCTOR_PASS, NULL, NULL },
	{ "managed", left_out_by_itself, DOCTOR_PASS, "by its metadata", NULL },
	{ "managed", left_out_by_rule, DOCTOR_PASS, "by the configuration", NULL },
	{ "balloon", left_out_by_rule, NOT_THERE, NULL, NULL },
	{ "state", left_out_by_rule, NOT_THERE, NULL, NULL },
	{ "reports", left_out_by_rule, NOT_THERE, NULL, NULL },
	{ "metadata", NULL, DOCTOR_PASS, NULL, NULL },
	{ "metadata", bad_metadata, DOCTOR_WARN, "weight must be a number",
	  "virsh metadata vm0 urn:memcoord:domain:1 --remove --live --config" },
	{ "balloon", NULL, DOCTOR_PASS, NULL, NULL },
	{ "balloon", no_balloon, DOCTOR_FAIL, "no balloon device", "virsh edit vm0" },
	{ "balloon", balloon_after_restart, DOCTOR_FAIL, "no balloon device",
	  "virsh shutdown vm0" },
	{ "balloon", no_balloon_transient, DOCTOR_FAIL, "no balloon device", NULL },
	{ "room", NULL, DOCTOR_PASS, "up to 4 GiB", NULL },
	{ "room", grown, DOCTOR_PASS, "up to 4 GiB", NULL },
	{ "room", transient, NOT_THERE, NULL, NULL },
	{ "room", has_plugged_memory, NOT_THERE, NULL, NULL },
	{ "room", all_of_the_host, DOCTOR_PASS, "up to 16 GiB", NULL },
	{ "room", no_room, DOCTOR_WARN, "starts with (2 GiB)",
	  "virsh setmaxmem vm0 4096MiB --config" },
	{ "room", no_room_until_restart, DOCTOR_WARN, "starts with (2 GiB)",
	  "virsh shutdown vm0" },
	{ "floor", NULL, DOCTOR_PASS, "50 MiB", NULL },
	{ "floor", floor_above_maximum, DOCTOR_WARN, "(4 GiB) is not below its maximum",
	  "virsh setmaxmem vm0 8192MiB --config" },
	{ "floor", floor_above_current, DOCTOR_WARN, "It has 2 GiB, less than",
	  "virsh setmem vm0 3072MiB --live" },
	{ "ceiling", NULL, NOT_THERE, NULL, NULL },
	{ "ceiling", own_ceiling, DOCTOR_PASS, "2 GiB", NULL },
	{ "ceiling", ceiling_below_current, DOCTOR_WARN, "more than its ceiling",
	  "virsh setmem vm0 1536MiB --live" },
	{ "ceiling", ceiling_below_use, DOCTOR_WARN, "cannot do with that",
	  "memcoord set vm0 --ceiling 1084MiB --live --config" },
	{ "passthrough", NULL, DOCTOR_PASS, NULL, NULL },
	{ "passthrough", passes_devices, DOCTOR_WARN, "passed through",
	  "--set \"<settings managed='no'/>\" --live --config" },
	{ "locked", NULL, DOCTOR_PASS, NULL, NULL },
	{ "locked", locks_memory, DOCTOR_WARN, "locked", "/<locked\\/>/d" },
	{ "locked", unlocked_after_restart, DOCTOR_WARN, "locked", "virsh shutdown vm0" },
	{ "huge-pages", NULL, DOCTOR_PASS, NULL, NULL },
	{ "huge-pages", has_huge_pages, DOCTOR_WARN, "huge pages", "<hugepages>" },
	{ "encryption", NULL, DOCTOR_PASS, NULL, NULL },
	{ "encryption", is_encrypted, DOCTOR_WARN, "launchSecurity", "managed='no'" },
	{ "reporting", NULL, DOCTOR_PASS, "off", NULL },
	{ "reporting", reports_free_pages, DOCTOR_PASS, "back on the host", NULL },
	{ "plugged", NULL, DOCTOR_PASS, "none", NULL },
	{ "plugged", has_plugged_memory, DOCTOR_PASS, "not moved", NULL },
	{ "numa", NULL, NOT_THERE, NULL, NULL },
	{ "numa", two_nodes, DOCTOR_PASS, NULL, NULL },
	{ "numa", bound_to_nodes, DOCTOR_WARN, "the host's 2 NUMA nodes", "<numatune>" },
	{ "period", NULL, DOCTOR_PASS, "1 s", NULL },
	{ "period", no_period, DOCTOR_WARN, "not asked",
	  "virsh dommemstat vm0 --period 1 --live --config" },
	{ "period", long_period, DOCTOR_WARN, "every 5 s", "--period 1 --live --config" },

	{ "state", NULL, DOCTOR_PASS, NULL, NULL },
	{ "state", paused, DOCTOR_WARN, "paused", "virsh resume vm0" },
	{ "state", asleep, DOCTOR_WARN, "sleep", "virsh dompmwakeup vm0" },
	{ "state", crashed, DOCTOR_FAIL, "crashed", "virsh destroy vm0" },
	{ "state", shutting_down, DOCTOR_WARN, "shutting down", "virsh destroy vm0" },
	{ "job", NULL, DOCTOR_PASS, NULL, NULL },
	{ "job", is_dumped, DOCTOR_WARN, "a dump", "virsh domcontrol vm0" },
	{ "job", is_hooked, DOCTOR_FAIL, "(release)", "pgrep -af hooks/qemu" },
	{ "monitor", paused, NOT_THERE, NULL, NULL },
	{ "monitor", no_balloon, NOT_THERE, NULL, NULL },
	{ "monitor", NULL, DOCTOR_PASS, NULL, NULL },
	{ "monitor", no_figures, DOCTOR_FAIL, "another command sits on it",
	  "virsh domcontrol vm0" },
	{ "monitor", stopped, DOCTOR_FAIL, "stopped", "sudo kill -CONT 99" },
	{ "monitor", waits_for_storage, DOCTOR_FAIL, "storage", "virsh domcontrol vm0" },
	{ "cgroup", no_cgroups, NOT_THERE, NULL, NULL },
	{ "cgroup", NULL, DOCTOR_PASS, NULL, NULL },
	{ "cgroup", own_limit_of_enough, DOCTOR_PASS, "4.1 GiB", NULL },
	{ "cgroup", own_limit_too_low, DOCTOR_FAIL, "it needs 4.1 GiB",
	  "virsh memtune vm0 --hard-limit -1 --soft-limit -1 --live --config" },
	{ "cgroup", own_limit_slows_down, DOCTOR_WARN, "it needs 4.1 GiB", "memtune" },

	{ "reports", no_figures, NOT_THERE, NULL, NULL },
	{ "reports", no_period, NOT_THERE, NULL, NULL },
	{ "reports", NULL, DOCTOR_PASS, NULL, NULL },
	{ "reports", never_reported, DOCTOR_FAIL, "not loaded a balloon driver",
	  "modprobe virtio_balloon" },
	{ "reports", started_long_ago, DOCTOR_FAIL, "not loaded a balloon driver",
	  "modprobe virtio_balloon" },
	{ "reports", no_service, DOCTOR_FAIL, "Its balloon has moved", "pnputil" },
	{ "reports", just_started, DOCTOR_WARN, "not reported yet",
	  "memcoord doctor --interval 3 vm0" },
	{ "reports", looked_at_too_shortly, DOCTOR_WARN, "not reported yet",
	  "memcoord doctor --interval 5 vm0" },
	{ "freshness", never_reported, NOT_THERE, NULL, NULL },
	{ "freshness", NULL, DOCTOR_PASS, NULL, NULL },
	{ "freshness", not_quite_late, DOCTOR_PASS, NULL, NULL },
	{ "freshness", late, DOCTOR_WARN, "for 3 s",
	  "memcoord doctor --interval 10 vm0" },
	{ "freshness", silent, DOCTOR_FAIL, "lost its balloon driver", "modprobe -r" },
	{ "freshness", late_elsewhere, DOCTOR_WARN, "for 3 s", "memcoord doctor" },
	{ "freshness", silent_elsewhere, DOCTOR_FAIL, "for 7 s", "modprobe -r" },
	{ "usable", never_reported, NOT_THERE, NULL, NULL },
	{ "usable", NULL, DOCTOR_PASS, NULL, NULL },
	{ "usable", old_kernel, DOCTOR_WARN, "page cache are taken", "uname -r" },
	{ "usable", older_kernel, DOCTOR_WARN, "never made smaller", "uname -r" },
	{ "usable", nothing_but_the_time, DOCTOR_FAIL, "how much memory it has free",
	  "uname -r" },
	{ "usable", old_kernel_and_metric_usable, DOCTOR_FAIL, "it is not balanced",
	  "\\1\"auto\"/' /etc/mc.conf" },
	{ "usable", old_kernel_and_metric_unused, DOCTOR_PASS, "not asked for", NULL },
	{ "total", NULL, NOT_THERE, NULL, NULL },
	{ "total", total_follows, DOCTOR_PASS, "1.9 GiB, with a balloon at 2 GiB", NULL },
	{ "total", total_stays, DOCTOR_PASS, "as with autodeflate, or Windows", NULL },
	{ "burst", NULL, DOCTOR_PASS, "by its swap", NULL },
	{ "burst", never_swapped_but_deflates, DOCTOR_PASS, "by autodeflate", NULL },
	{ "burst", never_swapped_but_has_a_floor, DOCTOR_PASS, "1 GiB", NULL },
	{ "burst", never_swapped, DOCTOR_WARN, "may have no swap",
	  "/&autodeflate=\\\"on\\\" /\"' virsh edit vm0" },
	{ "burst", never_swapped_deflates_soon, DOCTOR_WARN, "may have no swap",
	  "virsh shutdown vm0" },
	{ "burst", never_swapped_transient, DOCTOR_WARN, "may have no swap", NULL },
	{ "burst", passes_devices, NOT_THERE, NULL, NULL },
	{ "burst", swap_unknown, NOT_THERE, NULL, NULL },
};

static void make_facts(void)
{
	ward.domain_facts = (struct domain_facts){
		.uuid = UUID,
		.is_defined = true,
		.will_have_balloon = true,
		.will_have_current_kib = 2 * GIB,
		.will_have_maximum_kib = 4 * GIB,
		.has_cgroup = true,
	};
	ward.facts = (struct host_facts){
		.libvirt_version = 9000000,
		.versions = (char *)(uintptr_t) "libvirt 9.0.0",
		.is_local = true,
		.n_nodes = 1,
		.has_swap_figures = true,
		.swap_total_kib = 4 * GIB,
		.swap_free_kib = 4 * GIB,
		.has_ksm = true,
		.now_s = 1000,
		.n_domains = 1,
		.domains = &ward.domain_facts,
	};
}

static int set_up(void **state)
{
	(void)state;
	ward = (struct ward){ .interval_s = 3 };
	world_init(&ward.world);
	ward.domain = world_add(&ward.world, 2 * GIB, 4 * GIB, 1 * GIB);
	ward.domain->present |= DOMAIN_SWAP_IN | DOMAIN_SWAP_OUT;
	ward.domain->swap_in_kib = 4;
	make_facts();
	return 0;
}

/* Look twice, as the command does. */
static void look_twice(void)
{
	world_look(&ward.world, 0);
	world_look(&ward.world, (int64_t)ward.interval_s * 1000);
	if (ward.facts.now_s > 0)
		ward.facts.now_s = ward.domain->last_update_s + ward.report_s;
}

static void examine(struct findings *findings)
{
	const struct patient patient = {
		.snapshot = &ward.world.snapshot,
		.history = &ward.world.history,
		.settings = &ward.world.settings,
		.facts = &ward.facts,
	};
	const bool is_chosen[] = { true };

	assert_int_equal(doctor_examine(&patient, is_chosen, findings), 0);
}

static const struct finding *find(const struct findings *findings, const char *id)
{
	for (size_t i = 0; i < findings->n; i++)
		if (strcmp(findings->findings[i].check->id, id) == 0)
			return &findings->findings[i];
	return NULL;
}

static struct doctor_words make_words(void)
{
	static char virsh[] = "virsh", memcoord[] = "memcoord", user[] = "me",
		    conf[] = "/etc/mc.conf";

	return (struct doctor_words){
		.virsh = virsh, .memcoord = memcoord, .conf = conf, .user = user
	};
}

static void assert_contains(const char *text, const char *part)
{
	if (!part) {
		assert_null(text);
		return;
	}
	assert_non_null(text);
	if (!strstr(text, part))
		fail_msg("'%s' is not part of: %s", part, text);
}

/* Whatever it finds, it says so in words that are all put in, and how to cure it. */
static void check_letter(const struct row *row, const struct doctor_letter *letter)
{
	assert_contains(letter->what, row->what);
	if (letter->what)
		assert_null(strchr(letter->what, '{'));
	assert_int_equal(letter->n_cures > 0, row->status != (int)DOCTOR_PASS);
	assert_contains(letter->n_cures > 0 ? letter->cures[0].commands[0] : NULL,
			row->command);
	for (size_t i = 0; i < letter->n_cures; i++) {
		assert_null(strchr(letter->cures[i].how, '{'));
		for (size_t j = 0; j < letter->cures[i].n_commands; j++)
			assert_null(strchr(letter->cures[i].commands[j], '{'));
	}
}

static void check(void **state)
{
	const struct row *row = *state;
	const struct doctor_words words = make_words();
	const struct finding *finding;
	struct findings findings;
	struct doctor_letter letter;

	if (row->spoil)
		row->spoil();
	look_twice();
	examine(&findings);
	finding = find(&findings, row->check);
	if (row->status == NOT_THERE) {
		assert_null(finding);
	} else {
		assert_non_null(finding);
		assert_int_equal(finding->diagnosis.status, row->status);
		assert_true(findings.has_failed || row->status != (int)DOCTOR_FAIL);
		assert_int_equal(doctor_write(finding, &words, &letter), 0);
		check_letter(row, &letter);
		doctor_letter_clear(&letter);
	}
	findings_clear(&findings);
	world_clear(&ward.world);
}

/* Each check is in the table above, with what it passes at least. */
static void all_checks_are_tested(void **state)
{
	const struct check *const tables[] = { host_checks, domain_checks, qemu_checks,
					       guest_checks };

	(void)state;
	for (size_t t = 0; t < 4; t++)
		for (const struct check *c = tables[t]; c->id; c++) {
			bool is_tested = false;

			for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
				is_tested |= strcmp(rows[i].check, c->id) == 0 &&
					     rows[i].status == (int)DOCTOR_PASS;
			if (!is_tested)
				fail_msg("%s is not tested", c->id);
		}
	world_clear(&ward.world);
}

static void who_is_not_chosen_is_not_examined(void **state)
{
	const struct patient patient = {
		.snapshot = &ward.world.snapshot,
		.history = &ward.world.history,
		.settings = &ward.world.settings,
		.facts = &ward.facts,
	};
	const bool is_chosen[] = { false, true };
	struct findings findings;

	(void)state;
	world_add(&ward.world, 1 * GIB, 2 * GIB, 1 * GIB);
	look_twice();
	assert_int_equal(doctor_examine(&patient, is_chosen, &findings), 0);
	for (size_t i = 0; i < findings.n; i++)
		assert_ptr_not_equal(findings.findings[i].domain, &ward.world.domains[0]);
	assert_ptr_equal(findings.findings[findings.n - 1].domain,
			 &ward.world.domains[1]);
	findings_clear(&findings);
	world_clear(&ward.world);
}

/* Nothing is known of the second domain: it is judged by what the snapshot has. */
static void a_domain_without_facts_is_examined(void **state)
{
	struct findings findings;

	(void)state;
	ward.facts.n_domains = 0;
	no_balloon();
	look_twice();
	examine(&findings);
	assert_true(findings.has_failed);
	assert_null(find(&findings, "room"));
	assert_null(find(&findings, "cgroup"));
	assert_false(find(&findings, "balloon")->diagnosis.is_pending);
	findings_clear(&findings);
	world_clear(&ward.world);
}

static struct suite suite;

int main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		suite_add(
			&suite, check, &rows[i], "%s: %s %s", rows[i].check,
			rows[i].status == NOT_THERE
				? "none"
				: doctor_status_name((enum doctor_status)rows[i].status),
			rows[i].what ? rows[i].what : "");
	suite_add(&suite, all_checks_are_tested, NULL, "all checks are tested");
	suite_add(&suite, who_is_not_chosen_is_not_examined, NULL,
		  "who is not chosen is not examined");
	suite_add(&suite, a_domain_without_facts_is_examined, NULL,
		  "a domain without facts is examined");
	for (size_t i = 0; i < suite.n; i++)
		suite.tests[i].setup_func = set_up;
	return suite_run("doctor", &suite, NULL, NULL);
}
