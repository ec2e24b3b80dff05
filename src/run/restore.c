/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/sat.h"
#include "base/size.h"
#include "core/need.h"
#include "run/restore.h"
#include "system/log.h"

/* Who stops a service does not want to wait; a cooperative balloon needs some seconds. */
#define TIME_MAX_MS 10000
#define LOOK_EVERY_MS 500

/* Less is not worth a call of its own. */
#define STEP_MIN_KIB ((uint64_t)4 * 1024)

/* A domain that is to go back. */
struct item {
	char uuid[DOMAIN_UUID_SIZE];
	char *name; /* owned */
	int id;
	uint64_t original_kib;
	bool is_over;	   /* it has arrived, or nothing more is asked of it */
	bool is_busy;	   /* nothing can be asked of it just now */
	const char *why;   /* it has not arrived yet */
	size_t domain;	   /* its index in the snapshot, as long as it is not over */
	uint64_t goal_kib; /* original_kib, or more if its guest needs it */
};

struct restore {
	struct cycle *cycle;
	size_t n_items;
	struct item *items; /* not owned */
	bool is_incomplete; /* something was not put back */
};

static bool is_away(const struct domain *domain, const struct record *record)
{
	return record->promise.was_commanded &&
	       (record->promise.is_open || !domain_has(domain, DOMAIN_CURRENT) ||
		distance_u64(domain->current_kib, record->original_kib) >
			SETTLED_WITHIN_KIB);
}

/* Fill in the items, for which there is room enough. */
static int list_items(struct restore *restore)
{
	const struct cycle *cycle = restore->cycle;

	for (size_t i = 0; i < cycle->snapshot.n_domains; i++) {
		const struct domain *domain = &cycle->snapshot.domains[i];
		const struct record *record = &cycle->history.records[i];
		struct item *item = &restore->items[restore->n_items];

		if (!is_away(domain, record))
			continue;
		*item = (struct item){
			.name = strdup(domain->name),
			.id = domain->id,
			.original_kib = record->original_kib,
			.why = "there is no connection",
		};
		if (!item->name)
			return -ENOMEM;
		memcpy(item->uuid, domain->uuid, sizeof(item->uuid));
		restore->n_items++;
	}
	return 0;
}

/* The record of the domain of @item, or NULL if it has ended. */
static struct record *find_record(const struct restore *restore, const struct item *item)
{
	struct record *record = history_find(&restore->cycle->history, item->uuid);

	return record && record->id == item->id ? record : NULL;
}

static const struct domain *find_domain(const struct restore *restore,
					const struct item *item)
{
	const struct cycle *cycle = restore->cycle;
	const struct record *record = find_record(restore, item);

	return record ? &cycle->snapshot.domains[record - cycle->history.records] : NULL;
}

/* Say that @item is not where it was. Nothing more is asked of it. */
static void give_up(struct restore *restore, struct item *item, const char *why)
{
	const struct domain *domain = find_domain(restore, item);
	char has[SIZE_TEXT_LENGTH], had[SIZE_TEXT_LENGTH];

	item->is_over = true;
	restore->is_incomplete = true;
	size_format(item->original_kib, had);
	if (domain && domain_has(domain, DOMAIN_CURRENT))
		log_warning("%s: is not put back, it has %s and had %s at the start: %s",
			    item->name, size_format(domain->current_kib, has), had, why);
	else
		log_warning("%s: is not put back, it had %s at the start: %s", item->name,
			    had, why);
}

static void note_end(struct item *item)
{
	item->is_over = true;
	log_info("%s: has ended, nothing is to be put back", item->name);
}

/* Why nothing at all can be asked of @domain, or NULL. */
static const char *find_obstacle(const struct domain *domain, const struct record *record)
{
	if (!record->settings.is_managed)
		return reason_text(REASON_LEFT_OUT);
	if (domain->state != DOMAIN_RUNNING)
		return reason_text(REASON_NOT_RUNNING);
	if (record->foreign.is_left_alone)
		return reason_text(REASON_FOREIGN);
	if (record->promise.is_stuck)
		return "its balloon does not move";
	return NULL;
}

/* Why @domain must not be made smaller, or REASON_NONE. */
static enum reason why_not_smaller(const struct domain *domain,
				   const struct record *record, int64_t now_ms)
{
	struct verdict trust = classify_trust(domain, &record->demand, now_ms);

	if (trust.class != CLASS_BALANCED && trust.reason != REASON_FIRST_SAMPLE)
		return trust.reason;
	/* What a guest swaps out looks like free memory. */
	return swapping_counts(&record->demand.swapping) ? REASON_SWAPPED_RECENTLY
							 : REASON_NONE;
}

/* What the guest cannot do without. */
static uint64_t used_and_watermark_kib(const struct record *record)
{
	return sat_add(record->demand.used_kib, CLASSIFY_WATERMARK_KIB);
}

static uint64_t asked_kib(const struct domain *domain, const struct record *record)
{
	return record->promise.is_open ? record->promise.target_kib : domain->current_kib;
}

/* What it had; but of what it has now, its guest keeps what it needs. */
static uint64_t choose_goal_kib(const struct domain *domain, const struct record *record)
{
	uint64_t least_kib =
		max_u64(used_and_watermark_kib(record), need_floor_kib(domain, record));
	uint64_t goal_kib = max_u64(
		record->original_kib,
		min_u64(promise_committed_kib(&record->promise, domain), least_kib));
	uint64_t on_the_way_kib = asked_kib(domain, record);

	/* The guest's use breathes: do not follow each breath. */
	return goal_kib != record->original_kib && on_the_way_kib >= goal_kib &&
			       on_the_way_kib - goal_kib < STEP_MIN_KIB
		       ? on_the_way_kib
		       : goal_kib;
}

/* See where @item is by now. */
static void look_at(struct restore *restore, struct item *item)
{
	struct cycle *cycle = restore->cycle;
	const struct record *record = find_record(restore, item);
	const struct domain *domain = find_domain(restore, item);
	const char *obstacle = domain ? find_obstacle(domain, record) : NULL;

	if (!domain) {
		note_end(item);
		return;
	}
	if (obstacle) {
		give_up(restore, item, obstacle);
		return;
	}
	item->domain = (size_t)(record - cycle->history.records);
	/* A call would wait for it, and all others with it. */
	item->is_busy = !domain_responds(domain);
	item->why = reason_text(REASON_BUSY);
	if (item->is_busy)
		return;
	item->goal_kib = choose_goal_kib(domain, record);
	item->why = reason_text(REASON_MOVE_UNDER_WAY);
	if (record->promise.is_open ||
	    distance_u64(domain->current_kib, item->goal_kib) > SETTLED_WITHIN_KIB)
		return;
	if (item->goal_kib == item->original_kib)
		item->is_over = true;
	else
		give_up(restore, item,
			item->original_kib < used_and_watermark_kib(record)
				? "its guest uses too much for that"
				: "that is below its floor");
}

static void add_move(struct restore *restore, const struct item *item, uint64_t to_kib)
{
	struct cycle *cycle = restore->cycle;
	const struct domain *domain = &cycle->snapshot.domains[item->domain];

	if (to_kib == asked_kib(domain, &cycle->history.records[item->domain]))
		return;
	cycle->plan.moves[cycle->plan.n_moves++] = (struct move){
		.domain = item->domain,
		.from_kib = domain->current_kib,
		.to_kib = to_kib,
	};
}

/* Plan for @item if it asks for no more than it has or was promised. */
static void plan_without_host(struct restore *restore, struct item *item)
{
	const struct cycle *cycle = restore->cycle;
	const struct domain *domain = &cycle->snapshot.domains[item->domain];
	const struct record *record = &cycle->history.records[item->domain];
	enum reason keeps = why_not_smaller(domain, record, cycle->snapshot.now_ms);

	if (item->goal_kib > promise_committed_kib(&record->promise, domain))
		return;
	if (item->goal_kib >= domain->current_kib || keeps == REASON_NONE) {
		add_move(restore, item, item->goal_kib);
		return;
	}
	add_move(restore, item, domain->current_kib); /* if it is shrinking already */
	give_up(restore, item, reason_text(keeps));
}

/* Plan for @item if it has to grow; returns what it takes of @free_kib of the host. */
static uint64_t plan_growth(struct restore *restore, struct item *item, uint64_t free_kib)
{
	const struct cycle *cycle = restore->cycle;
	const struct domain *domain = &cycle->snapshot.domains[item->domain];
	const struct record *record = &cycle->history.records[item->domain];
	uint64_t committed_kib = promise_committed_kib(&record->promise, domain);
	uint64_t missing_kib = sat_sub(item->goal_kib, committed_kib);
	uint64_t granted_kib = min_u64(missing_kib, free_kib);

	if (missing_kib == 0)
		return 0;
	if (granted_kib < missing_kib) {
		item->why = reason_text(REASON_HOST_SHORT);
		if (granted_kib < STEP_MIN_KIB)
			granted_kib = 0;
	}
	add_move(restore, item, committed_kib + granted_kib);
	return granted_kib;
}

static bool is_askable(const struct item *item)
{
	return !item->is_over && !item->is_busy;
}

/* The shrinking ones first: what they give serves the growing ones of a later look. */
static int plan(struct restore *restore)
{
	struct cycle *cycle = restore->cycle;
	int64_t grantable_kib = cycle->settings->policy->grantable_kib(
		&cycle->snapshot, &cycle->history, cycle->settings);
	uint64_t free_kib = grantable_kib > 0 ? (uint64_t)grantable_kib : 0;

	plan_clear(&cycle->plan);
	cycle->plan.moves =
		calloc(cycle->snapshot.n_domains + 1, sizeof(*cycle->plan.moves));
	if (!cycle->plan.moves)
		return -ENOMEM;
	for (size_t i = 0; i < restore->n_items; i++)
		if (is_askable(&restore->items[i]))
			plan_without_host(restore, &restore->items[i]);
	for (size_t i = 0; i < restore->n_items; i++)
		if (is_askable(&restore->items[i]))
			free_kib -= plan_growth(restore, &restore->items[i], free_kib);
	return 0;
}

static void note_result(void *data, const struct cycle *cycle, const struct move *move,
			int result)
{
	struct restore *restore = data;
	struct item *item = restore->items;
	char from[SIZE_TEXT_LENGTH], to[SIZE_TEXT_LENGTH], had[SIZE_TEXT_LENGTH];

	while (strcmp(item->uuid, cycle->snapshot.domains[move->domain].uuid) != 0)
		item++;
	if (item->is_over)
		return;
	if (result == -ENOENT)
		note_end(item);
	else if (result < 0)
		give_up(restore, item, hypervisor_error(cycle->hypervisor));
	else
		log_info("%s: %s -> %s: goes back to the %s that it had", item->name,
			 size_format(move->from_kib, from), size_format(move->to_kib, to),
			 size_format(item->original_kib, had));
}

static void say_of_all(struct restore *restore, const char *why)
{
	for (size_t i = 0; i < restore->n_items; i++)
		restore->items[i].why = why;
}

/* Look, and ask for what can be had now. Returns whether there is more to wait for. */
static bool advance(struct restore *restore)
{
	struct cycle *cycle = restore->cycle;
	bool is_over = true;

	if (cycle_look(cycle) < 0) {
		say_of_all(restore, "the domains cannot be read");
		return hypervisor_is_alive(cycle->hypervisor);
	}
	for (size_t i = 0; i < restore->n_items; i++)
		if (!restore->items[i].is_over)
			look_at(restore, &restore->items[i]);
	if (plan(restore) == 0)
		cycle_act(cycle, note_result, restore);
	for (size_t i = 0; i < restore->n_items; i++)
		is_over = is_over && restore->items[i].is_over;
	return !is_over;
}

static void follow(struct restore *restore, const bool *is_stopped)
{
	struct hypervisor *hypervisor = restore->cycle->hypervisor;
	int64_t now_ms = hypervisor_now_ms(hypervisor), end_ms = now_ms + TIME_MAX_MS;

	hypervisor->deadline_ms = end_ms + LOOK_EVERY_MS; /* of the last look */
	while (!*is_stopped && advance(restore)) {
		now_ms = hypervisor_now_ms(hypervisor);
		if (now_ms >= end_ms)
			return;
		if (hypervisor_wait(hypervisor, now_ms + LOOK_EVERY_MS < end_ms
							? now_ms + LOOK_EVERY_MS
							: end_ms) < 0) {
			say_of_all(restore, "the connection is lost");
			return;
		}
		if (*is_stopped) {
			log_info("stopping at once as asked");
			return;
		}
	}
}

/* What is listed, if there is a connection; and say what could not be put back. */
static void put_back(struct restore *restore, const bool *is_stopped)
{
	log_info("domains to be put back to what they had at the start: %zu",
		 restore->n_items);
	if (restore->cycle->hypervisor) {
		follow(restore, is_stopped);
		restore->cycle->hypervisor->deadline_ms = 0;
	}
	for (size_t i = 0; i < restore->n_items; i++)
		if (!restore->items[i].is_over)
			give_up(restore, &restore->items[i], restore->items[i].why);
	if (!restore->is_incomplete)
		log_info("every domain has what it had at the start");
}

void restore_run(struct cycle *cycle, const bool *is_stopped)
{
	struct item *items = calloc(cycle->snapshot.n_domains + 1, sizeof(*items));
	struct restore restore = { .cycle = cycle, .items = items };

	if (!items || list_items(&restore) < 0)
		log_warning("the domains are not put back: out of memory");
	else if (restore.n_items > 0)
		put_back(&restore, is_stopped);
	for (size_t i = 0; i < restore.n_items; i++)
		free(items[i].name);
	free(items);
}
