/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 'doctor': what keeps a host and its domains from being balanced, and the cure. */
#include <errno.h>

#include "command/command.h"
#include "command/options.h"
#include "command/usage.h"
#include "doctor/report.h"
#include "libvirt/facts.h"
#include "libvirt/hypervisor.h"
#include "machine/facts.h"
#include "machine/qemus.h"
#include "run/lock.h"
#include "session/session.h"
#include "system/cleanup.h"
#include "system/log.h"
#include "system/output.h"

/* A guest that is asked every second has surely reported anew by then. */
#define DEFAULT_INTERVAL_S 3

struct options {
	struct common_options common;
	struct doctor_style style;
};

static const struct argp_option argp_options[] = {
	{ "interval", OPTION_INTERVAL, "SECONDS", 0, "Time between the two looks", 0 },
	{ "json", 'J', NULL, 0, "Print one JSON document", 0 },
	{ "quiet", 'q', NULL, 0, "Print only what is not PASS", 0 },
	{ 0 },
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'J':
		options->style.json = true;
		return 0;
	case 'q':
		options->style.quiet = true;
		return 0;
	default:
		return options_parse(key, argument, state, &options->common);
	}
}

/* Two looks, so that it shows whether guests report. */
static int look_twice(const struct options *options, struct session *session)
{
	int status = session_look(session);

	if (status == EXIT_OK)
		status = selection_check(&options->common.selection,
					 &session->cycle.snapshot, "active");
	if (status == EXIT_OK)
		status = session_wait(session, options->common.interval_s);
	return status == EXIT_OK ? session_look(session) : status;
}

/* Would libvirt let 'run' change domains? Why not is @facts->refusal. */
static int try_to_write(const struct session *session, struct host_facts *facts)
{
	struct hypervisor *hypervisor;
	char *error = NULL;
	int r = libvirt_hypervisor_open(session->settings.uri, false, NULL, &hypervisor,
					&error);

	if (r == 0)
		hypervisor_close(hypervisor);
	else if (!error)
		return -ENOMEM;
	facts->refusal = error;
	return 0;
}

/* Which hook scripts run. Of those that hold a domain libvirt itself tells nothing. */
static int read_hooks(const struct snapshot *snapshot, struct host_facts *facts)
{
	struct qemus qemus = { 0 };
	int r = 0;

	if (qemus_read("", &qemus) < 0)
		return 0;
	for (size_t i = 0; r == 0 && i < qemus.n_hooks; i++)
		for (size_t d = 0; d < snapshot->n_domains; d++) {
			char **hook = &facts->domains[d].hook;

			if (*hook ||
			    strcmp(snapshot->domains[d].name, qemus.hooks[i].domain) != 0)
				continue;
			*hook = strdup(qemus.hooks[i].operation);
			if (!*hook)
				r = -ENOMEM;
		}
	qemus_clear(&qemus);
	return r;
}

/* What libvirt does not tell in time is left unknown: a QEMU may hang. */
static int gather(struct session *session, struct host_facts *facts)
{
	int r = facts_init(facts, &session->cycle.snapshot);

	if (r == 0 && libvirt_hypervisor_examine(session->hypervisor, facts) < 0)
		log_warning("not everything is checked: %s",
			    hypervisor_error(session->hypervisor));
	if (r == 0 && !facts->is_private)
		facts->coordinator_pid = lock_holder(session->hypervisor->uri);
	if (r == 0 && facts->is_local)
		r = local_facts_read("", facts);
	if (r == 0 && facts->is_local)
		r = read_hooks(&session->cycle.snapshot, facts);
	return r == 0 ? try_to_write(session, facts) : r;
}

static int print(const struct options *options, const struct session *session,
		 const struct findings *findings)
{
	const struct invocation *invocation = options->common.invocation;
	const struct doctor_place place = {
		.wanted_uri = session->settings.uri,
		.real_uri = session->hypervisor->uri,
		.option_uri = invocation->uri,
		.config_path = invocation->config_path ? invocation->config_path
						       : DEFAULT_CONFIG_PATH,
		.option_config_path = invocation->config_path,
	};
	struct doctor_words words;
	int r = doctor_words_init(&words, &place);

	if (r == 0) {
		r = doctor_print(findings, &words, &options->style);
		doctor_words_clear(&words);
	}
	return r;
}

static int examine(const struct options *options, const struct session *session,
		   const struct host_facts *facts, bool *ret_has_failed)
{
	const struct snapshot *snapshot = &session->cycle.snapshot;
	CLEANUP_FREE bool *is_chosen =
		selection_choose(&options->common.selection, snapshot);
	const struct patient patient = {
		.snapshot = snapshot,
		.history = &session->cycle.history,
		.settings = &session->settings,
		.facts = facts,
	};
	struct findings findings = { 0 };
	int r = is_chosen ? 0 : -ENOMEM;

	if (r == 0)
		r = doctor_examine(&patient, is_chosen, &findings);
	if (r == 0)
		r = print(options, session, &findings);
	*ret_has_failed = findings.has_failed;
	findings_clear(&findings);
	return r;
}

static int diagnose(const struct options *options, struct session *session)
{
	struct host_facts facts = { 0 };
	bool has_failed = false;
	int status = look_twice(options, session);
	int r;

	if (status != EXIT_OK)
		return status;
	r = gather(session, &facts);
	if (r == 0)
		r = examine(options, session, &facts, &has_failed);
	facts_clear(&facts);
	if (r < 0)
		return output_failed(-r);
	return has_failed ? EXIT_FAILED : EXIT_OK;
}

static int run(struct invocation *invocation, int argc, char **argv)
{
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse_option,
		.args_doc = "[DOMAIN...]",
		.doc = "Tell why the host and its active domains, or the DOMAINs (names, "
		       "globs or UUIDs), can or cannot be balanced, and which commands "
		       "cure that. Changes nothing. Exits with 1 if a check fails.",
	};
	struct options options = {
		.common.invocation = invocation,
		.common.interval_s = DEFAULT_INTERVAL_S,
		.style.colors = output_has_colors(),
		/* --quiet before the command means the same */
		.style.quiet = !log_is_shown(LOG_INFO),
	};
	struct session session;
	int status;

	usage_parse(&argp, argc, argv, 0, NULL, &options);
	status = session_open(&session, invocation, true);
	if (status == EXIT_OK)
		status = diagnose(&options, &session);
	session_close(&session);
	return status;
}

const struct cmd cmd_doctor = {
	.name = "doctor",
	.summary = "tell what keeps domains from being balanced, and the cure",
	.run = run,
};
