/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include <sys/mman.h>

#include "run/memory-lock.h"

/* More than all threads with their stacks and arenas (64 MiB each) will ever map. */
#define PROBE_BYTES ((size_t)2048 * 1024 * 1024 - 4096)

/*
 * With MCL_FUTURE all that is mapped counts against RLIMIT_MEMLOCK, touched or not; and
 * whether that limit holds also depends on privileges.
 */
static bool can_still_map(void)
{
	void *probe = mmap(NULL, PROBE_BYTES, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (probe == MAP_FAILED)
		return false;
	munmap(probe, PROBE_BYTES);
	return true;
}

int memory_lock(void)
{
	/* On fault, or each thread's stack alone would be 8 MiB. */
	if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) < 0)
		return -errno;
	if (can_still_map())
		return 0;
	munlockall();
	return -EPERM;
}
