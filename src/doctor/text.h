/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a finding says, in plain words: an advice with its words in braces put in. These
 * are
 *
 *   {virsh} {memcoord}     the command, with the options for the same connection
 *   {name}                 the domain, for either command
 *   {config}               " --config" if it has a definition to change, too
 *   {sudo}                 "sudo " unless one is root
 *   {conf} {user}          the configuration; whoever runs this
 *   {a} {b} {c}            a size for people
 *   {a_exact} {b_exact} .. a size for commands
 *   {n} {m}                a number
 *   {text}                 a text for people
 *   {arg}                  a text as one word for a shell
 */
#pragma once

#include "checks/checks.h"

/* What holds for all findings; owned where it says so. Free with doctor_words_clear(). */
struct doctor_words {
	char *virsh, *memcoord; /* owned */
	char *conf, *user;	/* for a shell; owned */
	bool is_root;
};

/* How the commands that cure something are to be called. */
struct doctor_place {
	const char *wanted_uri; /* what was asked for; NULL: libvirt's default */
	const char *real_uri;	/* what that is */
	const char *option_uri; /* what --connect said; NULL: nothing */
	const char *config_path, *option_config_path; /* the same for --config */
};

enum { DOCTOR_COMMANDS_MAX = CURE_COMMANDS_MAX + 3 };

/* A cure, ready to be shown. */
struct doctor_cure {
	char *how; /* owned */
	enum cure_place place;
	bool needs_restart; /* of the guest; the last commands do it */
	size_t n_commands;
	char *commands[DOCTOR_COMMANDS_MAX]; /* owned */
};

/* What a finding says; free with doctor_letter_clear(). */
struct doctor_letter {
	char *what; /* owned; NULL: nothing to add */
	size_t n_cures;
	struct doctor_cure cures[ADVICE_CURES_MAX];
};

/* Returns 0, or -ENOMEM with @ret_words untouched. */
int doctor_words_init(struct doctor_words *ret_words, const struct doctor_place *place);

void doctor_words_clear(struct doctor_words *words);

/* Returns 0, or -ENOMEM with @ret_letter untouched. */
int doctor_write(const struct finding *finding, const struct doctor_words *words,
		 struct doctor_letter *ret_letter);

void doctor_letter_clear(struct doctor_letter *letter);
