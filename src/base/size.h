/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sizes as people write and read them: "512 MiB", "1.5 GiB".
 *
 * Units are powers of 1024: B, KiB, MiB, GiB, TiB, or just K, M, G, T. A number must name
 * its unit, because libvirt's own tools take a bare one as KiB and others as bytes.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { SIZE_TEXT_LENGTH = 32 }; /* enough for any 64-bit size with unit and sign */

/*
 * Parse @text to bytes; fractions are rounded down. Returns 0; -EINVAL if it is no size
 * or names no unit; -ERANGE if it does not fit 64 bits. @ret_bytes is untouched on
 * failure.
 */
int size_parse(const char *text, uint64_t *ret_bytes);

/* "1.5 GiB", "512 MiB", "0 KiB", ... for logs and messages. Returns @buffer. */
const char *size_format(uint64_t kib, char buffer[SIZE_TEXT_LENGTH]);

/* "1.5G", "512M", ... for table cells, as lsblk prints them. Returns @buffer. */
const char *size_format_short(uint64_t kib, char buffer[SIZE_TEXT_LENGTH]);
