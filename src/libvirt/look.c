/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "libvirt/look.h"
#include "libvirt/operations.h"
#include "libvirt/roster.h"
#include "libvirt/sample.h"
#include "libvirt/seen.h"
#include "machine/host.h"
#include "machine/qemus.h"
#include "system/monotonic.h"

#define QUICK_MS 500

/* By the clock of libvirt's own test driver all reports come now. */
#define TEST_CLOCK_S 627319920

/* What usually takes a few milliseconds hangs if it takes so many times as long. */
#define USUAL_FACTOR 8
#define LEAST_PATIENCE_MS 500
/* As long as it is not known what is usual. */
#define FIRST_PATIENCE_MS 2000

/* Somebody else's question takes a domain for a moment, for which it has no figures. */
#define ASK_AGAIN_MAX 3
#define ASK_AGAIN_MS 20

/*
 * A question about all that is answered after all has not hung: it takes so long here.
 * One about one domain may have waited for its hook script.
 */
static void note_late(struct hypervisor *base, struct libvirt_call *call)
{
	if (call->result == 0 && call->uuid[0] == '\0')
		libvirt_be_lenient(libvirt_downcast(base));
}

static struct libvirt_call *make_question(struct libvirt_hypervisor *hypervisor,
					  enum libvirt_asks kind)
{
	struct libvirt_call *call = libvirt_call_new(libvirt_call_sample);

	if (!call)
		return NULL;
	call->on_return = note_late;
	call->question.kind = kind;
	call->question.known = libvirt_known_ref(hypervisor->known);
	call->question.is_brief = hypervisor->base.is_brief;
	call->question.has_host = kind != LIBVIRT_ASKS_ONE;
	return call;
}

/* What takes much longer than a question about all usually does is held up. */
static unsigned usual_patience_ms(const struct libvirt_hypervisor *hypervisor)
{
	int64_t wanted_ms = hypervisor->base.patience_ms;
	int64_t usual_ms = hypervisor->usual_ms * USUAL_FACTOR;

	/* Only if there is a way to go on. */
	if (!hypervisor->known && !hypervisor->base.is_local)
		return 0;
	if (hypervisor->usual_ms == 0)
		usual_ms = FIRST_PATIENCE_MS;
	if (usual_ms < LEAST_PATIENCE_MS)
		usual_ms = LEAST_PATIENCE_MS;
	return wanted_ms > 0 && wanted_ms < usual_ms ? (unsigned)wanted_ms
						     : (unsigned)usual_ms;
}

static struct libvirt_call *make_common_question(struct libvirt_hypervisor *hypervisor,
						 bool asks_known, bool is_patient)
{
	struct libvirt_call *call = make_question(
		hypervisor, asks_known ? LIBVIRT_ASKS_KNOWN : LIBVIRT_ASKS_ALL);

	if (!call)
		return NULL;
	if (!is_patient)
		call->patience_ms = usual_patience_ms(hypervisor);
	if (asks_known && (!libvirt_add_newcomers(hypervisor, &call->question) ||
			   !libvirt_leave_out(hypervisor, &call->question))) {
		libvirt_call_free(&call->job);
		return NULL;
	}
	call->question.forgets =
		atomic_exchange(&hypervisor->listener->has_changed, false);
	/* That is one more call for each. */
	if (call->question.forgets && call->patience_ms > 0 &&
	    call->patience_ms < FIRST_PATIENCE_MS)
		call->patience_ms = FIRST_PATIENCE_MS;
	return call;
}

/* For this machine's no call is needed, for which there might be no worker. */
static int ask_host(struct libvirt_hypervisor *hypervisor, struct libvirt_seen *look)
{
	struct libvirt_call *call;
	int r;

	if (hypervisor->base.is_local) {
		r = host_read_meminfo("/proc/meminfo", &look->snapshot.host);
		return r < 0 ? libvirt_note_failure(hypervisor, r,
						    "cannot read /proc/meminfo")
			     : 0;
	}
	call = make_question(hypervisor, LIBVIRT_ASKS_KNOWN);
	if (!call)
		return libvirt_note_no_memory(&hypervisor->base);
	libvirt_known_unref(call->question.known);
	call->question.known = NULL; /* nobody */
	r = libvirt_carry_out(&hypervisor->base, call);
	if (r < 0)
		return r;
	look->snapshot.host = call->snapshot.host;
	libvirt_call_free(&call->job);
	return 0;
}

/* Ask about one domain. -ETIMEDOUT: it hangs; -EAGAIN: too many do. */
static int ask_one(struct libvirt_hypervisor *hypervisor,
		   const struct libvirt_domain *known, struct libvirt_seen *look)
{
	struct libvirt_call *call;
	int r;

	if (libvirt_is_silent(hypervisor, known->uuid))
		return -ETIMEDOUT;
	call = make_question(hypervisor, LIBVIRT_ASKS_ONE);
	if (!call)
		return libvirt_note_no_memory(&hypervisor->base);
	memcpy(call->uuid, known->uuid, sizeof(call->uuid));
	call->patience_ms = usual_patience_ms(hypervisor);
	r = libvirt_carry_out(&hypervisor->base, call);
	if (r < 0)
		return r;
	if (call->snapshot.n_domains > 0)
		r = libvirt_seen_take(look, call);
	libvirt_call_free(&call->job);
	return r;
}

/*
 * Ask about one domain, and keep what is known of one that does not answer, or refuses.
 * @has_changed: what is kept is out of date.
 */
static int ask_or_keep(struct libvirt_hypervisor *hypervisor,
		       const struct libvirt_domain *known, bool has_changed,
		       struct libvirt_seen *look)
{
	int r = ask_one(hypervisor, known, look);

	if (r == 0 || r == -ENOMEM || r == -ENOTCONN)
		return r;
	r = libvirt_seen_keep(look, known);
	if (r == 0 && has_changed)
		look->next->domains[look->next->n - 1].is_outdated = true;
	return r;
}

/* All that was asked has been seen: that is the look, but for those who were left out. */
static int take_all(struct libvirt_hypervisor *hypervisor, struct libvirt_seen *look,
		    struct libvirt_call *call)
{
	const struct libvirt_question *question = &call->question;
	int r;

	if (question->n_left_out == 0) {
		look->snapshot = call->snapshot;
		call->snapshot = (struct snapshot){ 0 };
		look->next = libvirt_known_ref(call->seen ? call->seen : question->known);
		return 0;
	}
	r = libvirt_seen_begin(look, call->snapshot.n_domains + question->n_left_out);
	if (r < 0)
		return r;
	look->snapshot.host = call->snapshot.host;
	r = libvirt_seen_take(look, call);
	for (size_t i = 0; r == 0 && i < question->n_left_out; i++)
		r = ask_or_keep(
			hypervisor,
			libvirt_known_find(question->known, question->left_out[i]),
			question->forgets, look);
	return r;
}

/* One call: about those who are known, or about all. */
static int ask_together(struct libvirt_hypervisor *hypervisor, bool asks_known,
			bool is_patient, struct libvirt_seen *look)
{
	struct libvirt_call *call =
		make_common_question(hypervisor, asks_known, is_patient);
	bool forgets = call && call->question.forgets;
	int r = libvirt_carry_out(&hypervisor->base, call);

	if (r < 0) {
		if (forgets)
			atomic_store(&hypervisor->listener->has_changed, true);
		return r;
	}
	if (!asks_known)
		hypervisor->listed_ms = monotonic_now_ms();
	if (hypervisor->took_ms < QUICK_MS)
		hypervisor->lenience = 1;
	hypervisor->usual_ms = (hypervisor->usual_ms * 3 + hypervisor->took_ms + 3) / 4;
	r = take_all(hypervisor, look, call);
	libvirt_call_free(&call->job);
	return r;
}

/* Ask each domain by itself. Who does not answer is kept, as long as another can. */
static int ask_singly(struct libvirt_hypervisor *hypervisor,
		      const struct libvirt_known *known, struct libvirt_seen *look)
{
	int r = libvirt_seen_begin(look, known->n);

	for (size_t i = 0; r == 0 && i < known->n; i++) {
		r = ask_or_keep(hypervisor, &known->domains[i], false, look);
		if (hypervisor_is_hurried(&hypervisor->base))
			r = -ETIMEDOUT;
		else if (atomic_load(&hypervisor->listener->is_closed))
			r = -ENOTCONN;
	}
	if (r == 0)
		r = ask_host(hypervisor, look);
	return r;
}

/*
 * The call about all hangs. Is it libvirt, or one domain? If nothing is known yet, the
 * processes of this machine tell which domains there are; libvirt could only by asking
 * each. Without sight of these all that is left is to be patient.
 */
static int find_who_hangs(struct libvirt_hypervisor *hypervisor,
			  struct libvirt_seen *look)
{
	struct libvirt_known *all = NULL;
	struct qemus qemus = { 0 };
	int r = -ETIMEDOUT;

	if (hypervisor->known)
		all = libvirt_list_known(hypervisor);
	else if (hypervisor->base.is_local && qemus_read("", &qemus) == 0 && qemus.n > 0)
		all = libvirt_list_processes(&qemus);
	if (libvirt_answers(&hypervisor->base))
		r = all ? ask_singly(hypervisor, all, look)
			: ask_together(hypervisor, false, true, look);
	libvirt_known_unref(all);
	qemus_clear(&qemus);
	if (r == -ETIMEDOUT)
		libvirt_note_failure(hypervisor, r, "libvirt does not answer in time");
	return r;
}

static bool was_busy(const struct libvirt_hypervisor *hypervisor, const char *uuid)
{
	for (size_t i = 0; i < hypervisor->n_busy; i++)
		if (strcmp(hypervisor->busy[i], uuid) == 0)
			return true;
	return false;
}

/* Ask about @domain again, and take the answer in its place. */
static void ask_anew(struct libvirt_hypervisor *hypervisor,
		     const struct libvirt_domain *known, struct domain *domain)
{
	struct libvirt_seen again;

	if (libvirt_seen_begin(&again, 1) == 0 &&
	    ask_one(hypervisor, known, &again) == 0 && again.snapshot.n_domains == 1) {
		struct domain answer = again.snapshot.domains[0];

		again.snapshot.domains[0] = *domain;
		*domain = answer;
	}
	libvirt_seen_clear(&again);
}

/*
 * Who was asked together with somebody else had no figures for a moment: ask again. Not
 * who had none at the last look, either: that is its own affair. Returns how many.
 */
static unsigned ask_busy(struct libvirt_hypervisor *hypervisor, struct libvirt_seen *look)
{
	unsigned n = 0;

	for (size_t i = 0; i < look->snapshot.n_domains; i++) {
		struct domain *domain = &look->snapshot.domains[i];
		const struct libvirt_domain *known;

		if (domain->is_unanswered || !libvirt_is_busy(domain) ||
		    was_busy(hypervisor, domain->uuid))
			continue;
		known = libvirt_known_find(look->next, domain->uuid);
		if (!known)
			continue;
		ask_anew(hypervisor, known, domain);
		n += libvirt_is_busy(domain);
	}
	return n;
}

/* Remember who has no figures. Without memory they are asked once more the next time. */
static void note_busy(struct libvirt_hypervisor *hypervisor,
		      const struct libvirt_seen *look)
{
	free(hypervisor->busy);
	hypervisor->n_busy = 0;
	hypervisor->busy =
		libvirt_seen_is_whole(look)
			? NULL
			: calloc(look->snapshot.n_domains + 1, sizeof(*hypervisor->busy));
	for (size_t i = 0; hypervisor->busy && i < look->snapshot.n_domains; i++)
		if (libvirt_is_busy(&look->snapshot.domains[i]))
			memcpy(hypervisor->busy[hypervisor->n_busy++],
			       look->snapshot.domains[i].uuid, DOMAIN_UUID_SIZE);
}

static void pause_ms(int64_t ms)
{
	struct timespec pause = { .tv_nsec = ms * 1000000 };

	nanosleep(&pause, NULL);
}

static void ask_busy_for_a_while(struct libvirt_hypervisor *hypervisor,
				 struct libvirt_seen *look)
{
	unsigned n = ask_busy(hypervisor, look);

	for (unsigned i = 0; i < ASK_AGAIN_MAX && n > 0; i++) {
		pause_ms(ASK_AGAIN_MS << i);
		n = ask_busy(hypervisor, look);
	}
	note_busy(hypervisor, look);
}

static int look_at_all(struct libvirt_hypervisor *hypervisor, struct libvirt_seen *look)
{
	bool asks_known = hypervisor->known && !hypervisor->base.is_private &&
			  (hypervisor->is_listening || libvirt_n_left(hypervisor) > 0);
	int r;

	*look = (struct libvirt_seen){ 0 };
	/* While a question about all hangs, another one might, too. */
	if (asks_known && (libvirt_is_silent(hypervisor, "") ||
			   libvirt_n_left(hypervisor) >= LIBVIRT_LEFT_MAX)) {
		r = find_who_hangs(hypervisor, look);
		if (r == 0 && hypervisor->took_ms < QUICK_MS)
			hypervisor->lenience = 1; /* the last answer was quick */
		return r;
	}
	r = ask_together(hypervisor, asks_known, false, look);
	if (r != -ETIMEDOUT)
		return r;
	r = find_who_hangs(hypervisor, look);
	/* Nobody hangs: it takes so long here. */
	if (r < 0 || libvirt_seen_is_whole(look))
		libvirt_be_lenient(hypervisor);
	return r;
}

int libvirt_sample(struct hypervisor *base, struct snapshot *ret_snapshot)
{
	struct libvirt_hypervisor *hypervisor = libvirt_downcast(base);
	size_t n_newcomers = hypervisor->n_newcomers; /* more may come meanwhile */
	struct libvirt_seen look;
	int r = look_at_all(hypervisor, &look);

	base->is_hampered = libvirt_n_left(hypervisor) > 0;
	if (r < 0) {
		libvirt_seen_clear(&look);
		return r;
	}
	if (!base->is_private)
		ask_busy_for_a_while(hypervisor, &look);
	if (look.next != hypervisor->known)
		libvirt_known_sort(look.next);
	libvirt_known_unref(hypervisor->known);
	hypervisor->known = look.next;
	libvirt_drop_newcomers(hypervisor, n_newcomers);
	snapshot_sort(&look.snapshot);
	look.snapshot.now_ms = monotonic_now_ms();
	look.snapshot.has_time = base->is_local || base->is_private;
	look.snapshot.time_s = base->is_private ? TEST_CLOCK_S : (uint64_t)time(NULL);
	*ret_snapshot = look.snapshot;
	libvirt_release_workers(hypervisor);
	if (hypervisor->is_listening && !base->is_private)
		libvirt_list_on_the_side(hypervisor);
	return 0;
}
