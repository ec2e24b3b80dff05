/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file that one process writes anew again and again, for others to read.
 *
 * What stands at its path is locked (flock(2)) by whoever wrote it, for as long as that
 * process runs. Who comes to a path where somebody else's file is leaves it alone; what
 * was left behind by one that was killed has no lock any more, and is taken over. Where
 * the file system has no such locks, everybody writes.
 */
#pragma once

#include <stddef.h>

/* All zero in the beginning: nothing was written. */
struct owned_file {
	char *path; /* owned; NULL: nothing was written */
	int fd;	    /* of what was written last, with its lock; if there is a path */
};

/*
 * Put @text at @path, for everybody to read. Whoever reads it meanwhile gets what was
 * there before or all of @text, never a part. @file has no path, or this one.
 *
 * Returns 0; or a negative errno with what is there as it was: -EBUSY: somebody else's
 * who is still running; -EEXIST: something else than a file.
 */
int owned_file_write(struct owned_file *file, const char *path, const char *text,
		     size_t size);

/*
 * Remove what was written, unless it is not there any more or somebody else's is, and
 * leave @file all zero. Returns 0, or a negative errno if it stays.
 */
int owned_file_remove(struct owned_file *file);
