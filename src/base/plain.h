/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text that may hold anything (names of domains and files, messages of libvirt) made fit
 * to be shown to people.
 */
#pragma once

/*
 * A copy of @text in which every byte that is not part of a UTF-8 character (RFC 3629) is
 * replaced by U+FFFD. Owned by the caller; NULL: out of memory.
 */
char *plain_repair(const char *text);

/*
 * Make @text one line that no terminal obeys and every reader can decode: a space for
 * each control character (C1 too), a question mark for each byte that is not UTF-8. In
 * place.
 */
void plain_flatten(char *text);

/*
 * Put one asterisk in the place of each password in a URI within @text, as in
 * "qemu+tcp://user:password@host/system", in place.
 */
void plain_hide_passwords(char *text);
