/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts of others in what is printed: names of domains come from whoever defined them,
 * and need be neither printable nor UTF-8.
 *
 * Pure.
 */
#pragma once

/*
 * A copy of @text in which every byte that is not part of a UTF-8 character (RFC 3629) is
 * replaced by U+FFFD. Owned by the caller; NULL: out of memory.
 */
char *utf8_repair(const char *text);

/*
 * Make one line of @text, in place, that no terminal obeys: control characters become
 * spaces, those of C1 (U+0080 to U+009F) too, and what is not UTF-8 question marks.
 */
void utf8_flatten(char *text);
