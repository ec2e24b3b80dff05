/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "config/metadata.h"
#include "config/rewrite.h"

static const char *const kind_names[] = {
	[DEFINITION_LIVE] = "live",
	[DEFINITION_CONFIG] = "persistent",
};

/* One change in progress. */
struct change {
	const struct rewrite *rewrite;
	struct hypervisor *hypervisor;
	struct definitions definitions;
	char *elements[DEFINITION_KINDS]; /* owned; to be written, or NULL: removed */
	char **ret_error;
};

struct domain_choices choices_edit(const struct choices_edit *edit,
				   struct domain_choices choices)
{
	if (edit->clears)
		choices = (struct domain_choices){ 0 };
	if (edit->named & CHOICE_FLOOR)
		choices.floor_kib = edit->choices.floor_kib;
	if (edit->named & CHOICE_CEILING)
		choices.ceiling_kib = edit->choices.ceiling_kib;
	if (edit->named & CHOICE_WEIGHT)
		choices.weight = edit->choices.weight;
	if (edit->named & CHOICE_MANAGED)
		choices.is_left_out = edit->choices.is_left_out;
	return choices;
}

/* Returns @r. */
__attribute__((format(printf, 3, 4))) static int fail(const struct change *change, int r,
						      const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (vasprintf(change->ret_error, format, arguments) < 0)
		*change->ret_error = NULL;
	va_end(arguments);
	return r;
}

static const char *error_text(const struct change *change, int r)
{
	return r == -ENOMEM ? "out of memory" : hypervisor_error(change->hypervisor);
}

static int read_definitions(struct change *change)
{
	const char *domain = change->rewrite->domain;
	int r = hypervisor_read_definitions(change->hypervisor, domain,
					    &change->definitions);

	if (r == -ENOENT)
		return fail(change, r, "%s: no domain of that name, UUID or id", domain);
	if (r < 0)
		return fail(change, r, "%s: cannot read its definition: %s", domain,
			    error_text(change, r));
	return 0;
}

static int fail_to_lock(const struct change *change, int r, pid_t holder)
{
	const char *name = change->definitions.name;

	if (r == -EINTR)
		return fail(change, r, "interrupted before anything was changed");
	if (r == -ETIMEDOUT && holder > 0)
		return fail(change, r,
			    "%s: another memcoord changes its settings and does not come "
			    "to an end: pid %d; nothing was changed",
			    name, (int)holder);
	if (r == -ETIMEDOUT)
		return fail(change, r,
			    "%s: another memcoord changes its settings and does not come "
			    "to an end; nothing was changed",
			    name);
	return fail(change, r, "%s: cannot lock its settings: %s", name, strerror(-r));
}

/* Only now it is known which domain that is, and what was read may be old by then. */
static int lock_and_read(struct change *change)
{
	const struct rewrite *rewrite = change->rewrite;
	pid_t holder = 0;
	int r = read_definitions(change);

	if (r < 0 || !rewrite->lock)
		return r;
	r = rewrite->lock(rewrite->lock_data, change->definitions.uuid, &holder);
	if (r < 0)
		return fail_to_lock(change, r, holder);
	definitions_clear(&change->definitions);
	return read_definitions(change);
}

static int check_existence(const struct change *change)
{
	const bool *wanted = change->rewrite->definitions;
	const struct definitions *definitions = &change->definitions;

	if (wanted[DEFINITION_LIVE] && !definitions->of[DEFINITION_LIVE].exists)
		return fail(change, -ENOENT,
			    "%s: it is not running (--config alone sets what holds when "
			    "it starts)",
			    definitions->name);
	if (wanted[DEFINITION_CONFIG] && !definitions->of[DEFINITION_CONFIG].exists)
		return fail(change, -ENOENT,
			    "%s: it is transient and has no persistent definition "
			    "(leave out --config)",
			    definitions->name);
	return 0;
}

/* The choices that there are now; all of them go if the edit begins so. */
static int parse_old(const struct change *change, enum definition_kind kind,
		     struct domain_choices *ret_choices)
{
	const char *metadata = change->definitions.of[kind].metadata;
	char error[METADATA_ERROR_SIZE];

	if (!metadata || change->rewrite->edit.clears)
		return 0;
	if (metadata_parse(metadata, ret_choices, error) == 0)
		return 0;
	return fail(change, -EINVAL,
		    "%s: its %s metadata is invalid: %s (--clear takes it back)",
		    change->definitions.name, kind_names[kind], error);
}

/* A floor that was there is no obstacle to another change, whatever the maximum is now.
 */
static int check_maximum(const struct change *change, enum definition_kind kind,
			 const struct domain_choices *choices)
{
	uint64_t maximum_kib = change->definitions.of[kind].maximum_kib;
	char floor[SIZE_TEXT_LENGTH], maximum[SIZE_TEXT_LENGTH];

	if (!(change->rewrite->edit.named & CHOICE_FLOOR) || maximum_kib == 0 ||
	    choices->floor_kib <= maximum_kib)
		return 0;
	return fail(change, -ERANGE,
		    "%s: floor %s must not be above the maximum memory of its %s "
		    "definition, %s",
		    change->definitions.name, size_format(choices->floor_kib, floor),
		    kind_names[kind], size_format(maximum_kib, maximum));
}

/* What is to be written, checked. */
static int make_element(struct change *change, enum definition_kind kind)
{
	struct domain_choices choices = { 0 };
	char error[METADATA_ERROR_SIZE];
	int r = parse_old(change, kind, &choices);

	if (r < 0)
		return r;
	choices = choices_edit(&change->rewrite->edit, choices);
	if (choices_are_none(&choices))
		return 0;
	change->elements[kind] = metadata_format(&choices);
	if (!change->elements[kind])
		return -ENOMEM;
	if (metadata_check(&choices, error) < 0)
		return fail(change, -EINVAL, "%s: %s (its %s metadata would be %s)",
			    change->definitions.name, error, kind_names[kind],
			    change->elements[kind]);
	return check_maximum(change, kind, &choices);
}

/* Not where nothing is to be removed. */
static bool is_due(const struct change *change, enum definition_kind kind)
{
	return change->rewrite->definitions[kind] &&
	       (change->elements[kind] || change->definitions.of[kind].metadata);
}

/* If it is due. Returns 0 or a negative errno without setting the error. */
static int write_element(const struct change *change, enum definition_kind kind,
			 const char *element)
{
	return is_due(change, kind) ? hypervisor_write_metadata(change->hypervisor,
								change->definitions.uuid,
								kind, element)
				    : 0;
}

/* What is to be said behind the failure @r of a call that may take effect yet. */
static const char *doubt(int r)
{
	return r == -ETIMEDOUT ? ", and may do it yet" : "";
}

/* The live metadata could not be changed, but the persistent one has been. */
static int put_back(const struct change *change, int r)
{
	const struct definitions *definitions = &change->definitions;
	char why[HYPERVISOR_ERROR_SIZE]; /* of the failure before the next call */
	int r_back;

	snprintf(why, sizeof(why), "%s", error_text(change, r));
	r_back = write_element(change, DEFINITION_CONFIG,
			       definitions->of[DEFINITION_CONFIG].metadata);
	if (r_back == 0)
		return fail(change, r,
			    "%s: cannot change its live metadata: %s%s; its persistent "
			    "metadata is as it was before",
			    definitions->name, why, doubt(r));
	return fail(change, r,
		    "%s: cannot change its live metadata: %s%s; but its persistent "
		    "metadata is changed, and cannot be put back: %s%s",
		    definitions->name, why, doubt(r), error_text(change, r_back),
		    doubt(r_back));
}

/* The persistent metadata first: it can be put back whether the domain runs or not. */
static int write_elements(const struct change *change)
{
	const char *name = change->definitions.name;
	int r = write_element(change, DEFINITION_CONFIG,
			      change->elements[DEFINITION_CONFIG]);

	if (r < 0)
		return fail(change, r, "%s: cannot change its persistent metadata: %s%s",
			    name, error_text(change, r), doubt(r));
	r = write_element(change, DEFINITION_LIVE, change->elements[DEFINITION_LIVE]);
	if (r < 0 && is_due(change, DEFINITION_CONFIG))
		return put_back(change, r);
	if (r < 0)
		return fail(change, r, "%s: cannot change its live metadata: %s%s", name,
			    error_text(change, r), doubt(r));
	return 0;
}

/* Does @metadata, where there is one, tell what @element does? libvirt adds to its text.
 */
static bool is_the_same(const char *metadata, const char *element)
{
	struct domain_choices choices = { 0 };
	char error[METADATA_ERROR_SIZE];
	char *text;
	bool result;

	if (!metadata || !element)
		return metadata == element;
	if (metadata_parse(metadata, &choices, error) < 0)
		return false;
	text = metadata_format(&choices);
	result = !text || strcmp(text, element) == 0;
	free(text);
	return result;
}

/* Somebody may write without the lock. Who cannot be read any more tells nothing. */
static int check_outcome(const struct change *change)
{
	const char *name = change->definitions.name;
	struct definitions now = { 0 };
	int r = 0;

	if (hypervisor_read_definitions(change->hypervisor, change->definitions.uuid,
					&now) < 0)
		return 0;
	for (int kind = 0; r == 0 && kind < DEFINITION_KINDS; kind++)
		if (is_due(change, (enum definition_kind)kind) && now.of[kind].exists &&
		    !is_the_same(now.of[kind].metadata, change->elements[kind]))
			r = fail(change, -ESTALE,
				 "%s: its %s metadata was set, but somebody else has "
				 "changed it in the same moment ('memcoord get' shows "
				 "what "
				 "holds)",
				 name, kind_names[kind]);
	definitions_clear(&now);
	return r;
}

static int run(struct change *change)
{
	int r = lock_and_read(change);

	if (r == 0)
		r = check_existence(change);
	for (int kind = 0; r == 0 && kind < DEFINITION_KINDS; kind++)
		if (change->rewrite->definitions[kind])
			r = make_element(change, (enum definition_kind)kind);
	if (r == 0 && hypervisor_is_hurried(change->hypervisor))
		r = fail(change, -EINTR, "interrupted before anything was changed");
	if (r == 0)
		r = write_elements(change);
	return r == 0 ? check_outcome(change) : r;
}

int rewrite_run(const struct rewrite *rewrite, struct hypervisor *hypervisor,
		struct definitions *ret_definitions, char **ret_error)
{
	struct change change = {
		.rewrite = rewrite,
		.hypervisor = hypervisor,
		.ret_error = ret_error,
	};
	int r = run(&change);

	for (int kind = 0; kind < DEFINITION_KINDS; kind++)
		free(change.elements[kind]);
	if (r == 0)
		*ret_definitions = change.definitions;
	else
		definitions_clear(&change.definitions);
	return r;
}
