/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>

#include "base/sat.h"
#include "base/size.h"
#include "run/daemon-log.h"
#include "system/log.h"

void daemon_log_move(void *data, const struct cycle *cycle, const struct move *move,
		     int result)
{
	const struct domain *domains = cycle->snapshot.domains;
	const char *name = domains[move->domain].name;
	const struct log_subject subject = {
		.domain = name,
		.uuid = domains[move->domain].uuid,
		.class = class_name(cycle->plan.verdicts[move->domain].class),
		.reason = reason_word(move->reason),
		.has_move = result == 0,
		.from_kib = move->from_kib,
		.to_kib = move->to_kib,
	};
	int64_t change_kib = sat_diff(move->to_kib, move->from_kib);
	char from[SIZE_TEXT_LENGTH], to[SIZE_TEXT_LENGTH], change[SIZE_TEXT_LENGTH];

	(void)data;
	if (result == -ENOENT) {
		log_about(&subject, LOG_INFO, "%s: has ended, its move is dropped", name);
		return;
	}
	if (result < 0) {
		log_about(
			&subject, LOG_WARNING, "%s: cannot change its memory%s: %s", name,
			hypervisor_is_refusal(cycle->hypervisor, result)
				? ", leaving it for a minute"
			: result == -EBUSY || result == -EALREADY || result == -ETIMEDOUT
				? ", leaving it alone for a while"
				: "",
			hypervisor_error(cycle->hypervisor));
		return;
	}
	log_about(&subject, LOG_INFO, "%s: %s -> %s (%s%s) %s %s: %s", name,
		  size_format(move->from_kib, from), size_format(move->to_kib, to),
		  change_kib < 0 ? "-" : "+",
		  size_format((uint64_t)llabs(change_kib), change),
		  change_kib < 0 ? "to" : "from",
		  move->has_peer ? domains[move->peer].name : "the host",
		  reason_text(move->reason));
}

/* How 'fair' came to its decision. */
static void log_share(const char *name, const struct demand *demand,
		      const struct share *share)
{
	char used[SIZE_TEXT_LENGTH], peak[SIZE_TEXT_LENGTH], need[SIZE_TEXT_LENGTH],
		want[SIZE_TEXT_LENGTH], fair[SIZE_TEXT_LENGTH];

	log_debug("%s: used %s, rate %+.1f MiB/s, trend %+.1f MiB/s, peak %s, need %s, "
		  "want %s, share %s: %s",
		  name, size_format(demand->used_kib, used),
		  demand->has_rate ? (double)demand->rate_bytes / 1048576 : 0.0,
		  (double)demand->trend_bytes / 1048576,
		  size_format(demand->peak_kib, peak),
		  size_format(share->need.need_kib, need),
		  size_format(share->need.want_kib, want),
		  size_format(share->share_kib, fair), reason_text(share->bound));
}

void daemon_log_verdicts(const struct cycle *cycle)
{
	const struct plan *plan = &cycle->plan;

	if (!log_is_shown(LOG_DEBUG))
		return;
	for (size_t i = 0; i < plan->n_verdicts; i++) {
		const char *name = cycle->snapshot.domains[i].name;

		log_debug("%s: %s, %s", name, class_name(plan->verdicts[i].class),
			  reason_text(plan->verdicts[i].reason));
		if (plan->shares)
			log_share(name, &cycle->history.records[i].demand,
				  &plan->shares[i]);
	}
}

/* Growing guests overload a host for moments; what lasts needs somebody's attention. */
#define OVERLOAD_WARN_MS 120000

void daemon_log_overload(struct overload_log *log, const struct cycle *cycle)
{
	bool is_overloaded = cycle->plan.is_overloaded;
	int64_t now_ms = cycle->snapshot.now_ms;

	if (is_overloaded && !log->is_overloaded) {
		log_info("OVERLOAD: the domains need more memory than the host has");
		log->since_ms = now_ms;
		log->has_warned = false;
	} else if (!is_overloaded && log->is_overloaded) {
		log_info("the overload is over");
	} else if (is_overloaded && !log->has_warned &&
		   now_ms - log->since_ms >= OVERLOAD_WARN_MS) {
		log_warning(
			"OVERLOAD for over 2 minutes: balloons cannot cure this, stop "
			"or move a domain, or add memory");
		log->has_warned = true;
	}
	log->is_overloaded = is_overloaded;
}

static void log_lesson(const struct domain *domain, enum reason reason)
{
	const struct log_subject subject = {
		.domain = domain->name,
		.uuid = domain->uuid,
		.reason = reason_word(reason),
	};

	log_about(&subject, LOG_WARNING, "%s: %s", domain->name, reason_text(reason));
}

/* What a domain cannot help, and when that is over. */
static void log_hold(const struct record *record, const struct domain *domain,
		     int64_t now_ms)
{
	const struct log_subject subject = {
		.domain = domain->name,
		.uuid = domain->uuid,
	};

	if (record->hold.noticed_ms != now_ms)
		return;
	if (record->hold.kind == HOLD_NONE)
		log_about(&subject, LOG_INFO, "%s: libvirt answers for it again",
			  domain->name);
	else
		log_lesson(domain, record->hold.kind == HOLD_JOB ? REASON_HAS_JOB
								 : REASON_UNANSWERED);
}

void daemon_log_metadata(const struct domain *domain, const char *cure)
{
	const struct log_subject subject = {
		.domain = domain->name,
		.uuid = domain->uuid,
	};

	log_about(&subject, LOG_WARNING,
		  "%s: its metadata is ignored: %s ('memcoord set DOMAIN %s' takes it "
		  "back)",
		  domain->name, domain->metadata_error, cure);
}

void daemon_log_lessons(const struct cycle *cycle)
{
	int64_t now_ms = cycle->snapshot.now_ms;

	for (size_t i = 0; i < cycle->snapshot.n_domains; i++) {
		const struct record *record = &cycle->history.records[i];
		const struct domain *domain = &cycle->snapshot.domains[i];

		if (record->foreign.is_left_alone && record->foreign.noticed_ms == now_ms)
			log_lesson(domain, REASON_FOREIGN);
		log_hold(record, domain, now_ms);
		if (record->aftermath.is_no_reclaim &&
		    record->aftermath.learned_ms == now_ms)
			log_lesson(domain, REASON_NO_RECLAIM);
		if (record_has_new_fault(record, now_ms))
			daemon_log_metadata(domain, "--clear");
	}
}
