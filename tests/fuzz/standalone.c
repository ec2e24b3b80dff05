/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The main() of a fuzz target in builds without libFuzzer: feeds it each file that is
 * named on the command line.
 */
#include "fuzz.h"

enum { INPUT_MAX_BYTES = 1 << 20 };

/* As libFuzzer has it: a target need not define this one. */
#pragma weak LLVMFuzzerInitialize

static int feed(const char *path)
{
	uint8_t *data = malloc(INPUT_MAX_BYTES);
	FILE *file = fopen(path, "re");
	size_t size = data && file ? fread(data, 1, INPUT_MAX_BYTES, file) : 0;
	int r = data && file && !ferror(file) ? 0 : -1;

	if (r < 0)
		perror(path);
	else
		LLVMFuzzerTestOneInput(data, size);
	if (file)
		fclose(file);
	free(data);
	return r;
}

int main(int argc, char **argv)
{
	int status = argc > 1 ? EXIT_SUCCESS : EXIT_FAILURE;

	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++)
		if (feed(argv[i]) < 0)
			status = EXIT_FAILURE;
	return status;
}
