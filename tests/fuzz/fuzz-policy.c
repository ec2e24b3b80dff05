/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any host with any domains that show any figures, over many cycles, coordinated by each
 * policy. The input is a program of events; after some of them memcoord looks, plans and
 * acts, and every plan must be sound (plan-check.h).
 */
#include "base/sat.h"
#include "core/defaults.h"
#include "fuzz.h"
#include "plan-check.h"

enum { DOMAINS_MAX = 6, RULES_MAX = 4, EVENTS_MAX = 300 };

#define UUID_FORMAT "00000000-0000-0000-0000-%012zu"

static char domain_name[] = "domain";

/* A domain of the fleet, shown or not. */
struct guest {
	bool is_there;
	struct domain domain;
};

struct fleet {
	struct bytes bytes;
	struct settings settings;
	struct domain_rule rules[RULES_MAX]; /* of the settings */
	char uuids[RULES_MAX][DOMAIN_UUID_SIZE];
	struct history history;
	int64_t now_ms;
	struct host host;
	struct guest guests[DOMAINS_MAX];
};

/* Rules for the first domains; the last two are left without. */
static void take_rules(struct fleet *fleet)
{
	struct bytes *bytes = &fleet->bytes;
	struct settings *settings = &fleet->settings;
	size_t n_rules = take_below(bytes, RULES_MAX + 1);

	settings->rules = fleet->rules;
	settings->n_rules = n_rules;
	for (size_t i = 0; i < n_rules && i < RULES_MAX; i++) {
		struct domain_rule *rule = &fleet->rules[i];
		unsigned flags = take_byte(bytes);

		*rule = (struct domain_rule){ 0 };
		snprintf(fleet->uuids[i], DOMAIN_UUID_SIZE, UUID_FORMAT, i);
		rule->match = fleet->uuids[i];
		rule->choices.weight = take_below(bytes, 256) * 39 + WEIGHT_MIN;
		rule->choices.is_left_out = !(flags & 7);
		rule->choices.floor_kib = max_u64(take_kib(bytes), DOMAIN_FLOOR_MIN_KIB);
		rule->choices.ceiling_kib =
			sat_add(rule->choices.floor_kib, take_kib(bytes));
		if (!(flags & 8))
			rule->choices.floor_kib = 0;
		if (!(flags & 16))
			rule->choices.ceiling_kib = 0;
	}
}

/* Any settings that settings.h allows. */
static void take_settings(struct fleet *fleet)
{
	struct bytes *bytes = &fleet->bytes;
	struct settings *settings = &fleet->settings;
	unsigned flags = take_byte(bytes);

	settings->period_s = take_below(bytes, 16) + PERIOD_MIN_S;
	settings->starvation_threshold_percent = take_below(bytes, 98) + 1;
	settings->waste_threshold_percent =
		settings->starvation_threshold_percent + 1 +
		take_below(bytes, 99 - settings->starvation_threshold_percent);
	settings->rate_threshold_bytes = take_kib(bytes);
	settings->host_reserve = (struct reserve){
		.is_percent = true,
		.percent = take_below(bytes, RESERVE_MAX_PERCENT) + RESERVE_MIN_PERCENT,
	};
	if (flags & 1)
		settings->host_reserve = (struct reserve){
			.size_kib = max_u64(take_kib(bytes), RESERVE_MIN_KIB),
		};
	settings->has_host_capacity = flags & 2;
	settings->host_capacity_kib = max_u64(take_kib(bytes), RESERVE_MIN_KIB);
	settings->domain_floor_kib =
		flags & 4 ? max_u64(take_kib(bytes), DOMAIN_FLOOR_MIN_KIB)
			  : DOMAIN_FLOOR_MIN_KIB;
	settings->idle_reclaim = !(flags & 8);
	settings->metric = (enum metric)((flags >> 4) % (METRIC_UNUSED + 1));
	if (flags & 128)
		take_rules(fleet);
	history_forget_samples(&fleet->history);
}

/* A guest that is well and tells everything. */
static void start_guest(struct guest *guest, size_t index, struct bytes *bytes)
{
	uint64_t current_kib = ((uint64_t)take_byte(bytes) + 1) * 16 * 1024;

	guest->is_there = true;
	guest->domain = (struct domain){
		.name = domain_name,
		.id = guest->domain.id + 1,
		.has_balloon = true,
		.present = 2 * DOMAIN_STATS_PERIOD - 1,
		.current_kib = current_kib,
		.maximum_kib = sat_add(current_kib, (uint64_t)take_byte(bytes) << 14),
		.usable_kib = sat_mul_div(current_kib, take_byte(bytes), 255),
		.rss_kib = current_kib,
		.last_update_s = 1,
		.stats_period_s = 1,
	};
	guest->domain.unused_kib = guest->domain.usable_kib;
	snprintf(guest->domain.uuid, sizeof(guest->domain.uuid), UUID_FORMAT, index);
}

/* Put any value into one figure of @domain. */
static void take_figure(struct domain *domain, struct bytes *bytes)
{
	uint64_t *const figures[] = {
		&domain->current_kib,  &domain->maximum_kib,   &domain->usable_kib,
		&domain->unused_kib,   &domain->available_kib, &domain->disk_caches_kib,
		&domain->rss_kib,      &domain->swap_in_kib,   &domain->swap_out_kib,
		&domain->major_faults, &domain->last_update_s, &domain->stats_period_s,
	};
	unsigned which = take_below(bytes, sizeof(figures) / sizeof(figures[0]));

	domain->present ^= take_below(bytes, 8) == 7 ? 1U << which : 0;
	*figures[which] = take_kib(bytes);
	if (!(domain->present & 1U << which)) /* not reported: never filled in */
		*figures[which] = 0;
}

/* A new sample, with some more or less used. */
static void sample_guest(struct domain *domain, struct bytes *bytes)
{
	int change = (int8_t)take_byte(bytes);
	uint64_t step_kib = (uint64_t)abs(change) * 1024;

	if (domain_has(domain, DOMAIN_LAST_UPDATE))
		domain->last_update_s = sat_add(domain->last_update_s, 1);
	if (domain_has(domain, DOMAIN_USABLE))
		domain->usable_kib = change < 0 ? sat_sub(domain->usable_kib, step_kib)
						: sat_add(domain->usable_kib, step_kib);
}

/* The balloon goes towards the target of an open promise, a part of the way or all. */
static void move_balloon(struct fleet *fleet, struct domain *domain)
{
	const struct record *record = history_find(&fleet->history, domain->uuid);
	unsigned part = take_byte(&fleet->bytes);

	if (!record || !record->promise.is_open || !domain_has(domain, DOMAIN_CURRENT))
		return;

	uint64_t from_kib = domain->current_kib, to_kib = record->promise.target_kib;
	uint64_t way_kib = from_kib > to_kib ? from_kib - to_kib : to_kib - from_kib;
	uint64_t step_kib = sat_mul_div(way_kib, part, 255);

	domain->current_kib =
		from_kib > to_kib ? from_kib - step_kib : from_kib + step_kib;
	if (domain_has(domain, DOMAIN_USABLE))
		domain->usable_kib = from_kib > to_kib
					     ? sat_sub(domain->usable_kib, step_kib)
					     : sat_add(domain->usable_kib, step_kib);
}

static void pass_time(struct fleet *fleet)
{
	static const int64_t spans_ms[] = { 0,
					    1,
					    250,
					    500,
					    1000,
					    2000,
					    5000,
					    10000,
					    60000,
					    3600000,
					    3000,
					    86400000,
					    (int64_t)1 << 48 };

	fleet->now_ms += spans_ms[take_below(&fleet->bytes,
					     sizeof(spans_ms) / sizeof(spans_ms[0]))];
}

/* What libvirt answers to each command: done, refused, or the domain is gone. */
static void act(struct fleet *fleet, const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_moves; i++) {
		const struct move *move = &plan->moves[i];
		struct promise *promise = &fleet->history.records[move->domain].promise;
		unsigned answer = take_below(&fleet->bytes, 16);

		if (answer == 1)
			promise_refuse(promise, fleet->now_ms);
		else if (answer != 2)
			promise_open(promise, move->to_kib, fleet->now_ms);
	}
}

/* Look, plan twice, check, and act. */
static void cycle(struct fleet *fleet)
{
	struct domain shown[DOMAINS_MAX];
	struct snapshot snapshot = {
		.now_ms = fleet->now_ms,
		.host = fleet->host,
		.domains = shown,
	};
	struct situation situation = { &snapshot, &fleet->history, &fleet->settings };
	struct plan plan, again;

	for (size_t i = 0; i < DOMAINS_MAX; i++)
		if (fleet->guests[i].is_there)
			shown[snapshot.n_domains++] = fleet->guests[i].domain;
	REQUIRE(history_update(&fleet->history, &snapshot, &fleet->settings) == 0);
	REQUIRE(policy_plan(&snapshot, &fleet->history, &fleet->settings, &plan) == 0);
	REQUIRE(policy_plan(&snapshot, &fleet->history, &fleet->settings, &again) == 0);
	plan_check(&situation, &plan);
	plan_check_same(&plan, &again);
	act(fleet, &plan);
	plan_clear(&plan);
	plan_clear(&again);
}

/* Every guest reports, a usual time passes, and memcoord looks. */
static void tick(struct fleet *fleet)
{
	for (size_t i = 0; i < DOMAINS_MAX; i++) {
		if (!fleet->guests[i].is_there)
			continue;
		move_balloon(fleet, &fleet->guests[i].domain);
		sample_guest(&fleet->guests[i].domain, &fleet->bytes);
	}
	fleet->now_ms += 2000;
	cycle(fleet);
}

static void note_balloon(struct fleet *fleet, const struct domain *domain)
{
	struct record *record = history_find(&fleet->history, domain->uuid);
	uint64_t current_kib = take_kib(&fleet->bytes);

	if (record)
		balloon_sizes_note(&record->demand.balloon, current_kib, fleet->now_ms);
}

static void happen(struct fleet *fleet)
{
	struct bytes *bytes = &fleet->bytes;
	unsigned event = take_byte(bytes);
	size_t index = (event >> 4) % DOMAINS_MAX;
	struct guest *guest = &fleet->guests[index];

	switch (event & 15) {
	case 0:
		start_guest(guest, index, bytes);
		break;
	case 1:
		guest->is_there = false;
		break;
	case 2:
	case 3:
		take_figure(&guest->domain, bytes);
		break;
	case 4:
		guest->domain.state =
			(enum domain_state)take_below(bytes, DOMAIN_SHUTTING_DOWN + 1);
		guest->domain.has_balloon = event != 4;
		guest->domain.traits = event & 16 ? take_byte(bytes) : 0;
		break;
	case 5:
		sample_guest(&guest->domain, bytes);
		break;
	case 6:
		move_balloon(fleet, &guest->domain);
		break;
	case 7:
		note_balloon(fleet, &guest->domain);
		break;
	case 8:
		fleet->host.total_kib = take_kib(bytes);
		break;
	case 9:
		fleet->host.available_kib = take_kib(bytes);
		break;
	case 10:
		take_settings(fleet);
		break;
	case 11:
		pass_time(fleet);
		break;
	case 12:
		cycle(fleet);
		break;
	default:
		tick(fleet);
	}
}

static void coordinate(const struct policy *policy, const uint8_t *data, size_t size)
{
	struct fleet fleet = {
		.bytes = { data, size },
		.now_ms = 1000000,
		.host = { 16 * 1024 * 1024, 1024 * 1024 },
	};

	defaults_init(&fleet.settings);
	fleet.settings.policy = policy;
	for (int i = 0; i < EVENTS_MAX && fleet.bytes.left > 0; i++)
		happen(&fleet);
	history_clear(&fleet.history);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (size_t i = 0; policies[i]; i++)
		coordinate(policies[i], data, size);
	return 0;
}
