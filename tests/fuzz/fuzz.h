/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the fuzz targets share: from any bytes to figures and texts, and to a failure.
 *
 * A target is one file fuzz-NAME.c with LLVMFuzzerTestOneInput(). It is linked with
 * libFuzzer (--enable-fuzzing), or else with standalone.c, which replays single files.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/choices.h"

/* Called once, if the target has it. Returns 0. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Feed @size bytes to what is under test; whatever is wrong ends the process. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold for any input. */
#define REQUIRE(condition)                                                               \
	((condition) ? (void)0 : fuzz_fail(#condition, __FILE__, __LINE__))

_Noreturn static inline void fuzz_fail(const char *condition, const char *file, int line)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
	abort();
}

/* The input, used up from its beginning; behind its end there are zeros. */
struct bytes {
	const uint8_t *next;
	size_t left;
};

static inline uint8_t take_byte(struct bytes *bytes)
{
	if (bytes->left == 0)
		return 0;
	bytes->left--;
	return *bytes->next++;
}

static inline uint64_t take_u64(struct bytes *bytes)
{
	uint64_t value = 0;

	for (int i = 0; i < 8; i++)
		value = value << 8 | take_byte(bytes);
	return value;
}

/* From 0 to @limit - 1; @limit is 1 to 256. */
static inline unsigned take_below(struct bytes *bytes, unsigned limit)
{
	return take_byte(bytes) % limit;
}

/* A figure in KiB: mostly what a guest may have, else what none can. */
static inline uint64_t take_kib(struct bytes *bytes)
{
	unsigned form = take_byte(bytes);

	switch (form) {
	case 0:
		return 0;
	case 1:
		return UINT64_MAX - take_byte(bytes);
	case 2:
		return (uint64_t)INT64_MAX - 128 + take_byte(bytes);
	case 3:
		return take_u64(bytes);
	case 4:
		return take_byte(bytes);
	default: /* up to 65 GiB in steps of 1 MiB */
		return ((uint64_t)(form & 1) * 256 + take_byte(bytes)) * 1024 *
		       (form & 2 ? 128 : 1);
	}
}

/* Up to @size - 1 bytes other than 0 as a string; ended early by a 0. */
static inline void take_text(struct bytes *bytes, char *text, size_t size)
{
	size_t n = 0;

	for (; bytes->left > 0 && n + 1 < size; n++) {
		text[n] = (char)take_byte(bytes);
		if (text[n] == '\0')
			return;
	}
	text[n] = '\0';
}

/* All of the input as a string of its own, so that reading behind it is noticed. */
static inline char *copy_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	REQUIRE(text);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/* The path of a file that holds the input; the same file every time. */
static inline const char *fuzz_file(const uint8_t *data, size_t size)
{
	static char path[32];
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("input", MFD_CLOEXEC);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	REQUIRE(fd >= 0 && ftruncate(fd, 0) == 0);
	REQUIRE(pwrite(fd, data, size, 0) == (ssize_t)size);
	return path;
}

/* Whoever holds choices need not check them again. */
static inline void check_choices(const struct domain_choices *choices)
{
	REQUIRE(choices->weight <= WEIGHT_MAX);
	REQUIRE(choices->floor_kib == 0 || choices->floor_kib >= DOMAIN_FLOOR_MIN_KIB);
	REQUIRE(choices->ceiling_kib == 0 ||
		choices->ceiling_kib >= DOMAIN_FLOOR_MIN_KIB);
	REQUIRE(choices->ceiling_kib == 0 || choices->floor_kib <= choices->ceiling_kib);
	REQUIRE(choices->floor_kib <= DOMAIN_SIZE_MAX_KIB);
	REQUIRE(choices->ceiling_kib <= DOMAIN_SIZE_MAX_KIB);
}
