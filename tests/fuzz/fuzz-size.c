/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes: any text to read, any number to write. */
#include <errno.h>

#include "base/size.h"
#include "fuzz.h"

/* What is written can be read, and is the same up to a twentieth. */
static void write_and_read(uint64_t kib)
{
	static const uint64_t unlikely = 0x5eed;
	char text[SIZE_TEXT_LENGTH];
	uint64_t bytes = unlikely;
	int r = size_parse(size_format(kib, text), &bytes);

	REQUIRE(strlen(text) < SIZE_TEXT_LENGTH - 1);
	if (r == 0)
		REQUIRE((bytes / 1024 > kib ? bytes / 1024 - kib : kib - bytes / 1024) <=
			kib / 20);
	else
		REQUIRE(r == -ERANGE && kib > UINT64_MAX / 1024 - UINT64_MAX / 20480);
	REQUIRE(strlen(size_format_short(kib, text)) < SIZE_TEXT_LENGTH - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = { data, size };
	char *text = copy_text(data, size);
	const uint64_t unlikely = 0x5eed;
	uint64_t parsed = unlikely;
	int r = size_parse(text, &parsed);

	REQUIRE(r == 0 || r == -EINVAL || r == -ERANGE);
	if (r == 0)
		write_and_read(parsed / 1024);
	else
		REQUIRE(parsed == unlikely);
	write_and_read(take_u64(&bytes));
	free(text);
	return 0;
}
