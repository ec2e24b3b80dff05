/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/owned-file.h"
#include "system/cleanup.h"

/* Collectors read names with a certain ending only: not the file that is in the making.
 */
#define RANDOM_PART ".XXXXXX"
#define TEMPORARY_SUFFIX ".tmp"

/* So often may others come and go in the very moment. */
#define MAX_TRIES 16

#define OPEN_FLAGS (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)

/* One attempt. */
struct replacement {
	const char *path;
	int old_fd; /* of what is there, locked by this process; -1: there is nothing */
	char *temporary; /* owned */
	int fd;		 /* of that, which gets locked, too */
};

/* Does somebody else hold the lock? If it is free, it is taken. */
static bool is_locked(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}

static bool is_at(const char *path, int fd)
{
	struct stat there, opened;

	return lstat(path, &there) == 0 && fstat(fd, &opened) == 0 &&
	       there.st_dev == opened.st_dev && there.st_ino == opened.st_ino;
}

/* rename() would put a file in the place of /dev/null, too. */
static int check_kind(int directory, const char *path)
{
	struct stat status;

	if (fstatat(directory, path, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	return S_ISREG(status.st_mode) ? 0 : -EEXIST;
}

/*
 * Open and lock what is at @path, so that nobody else replaces it. Returns a descriptor;
 * -1: there is nothing; -EAGAIN: it has just changed.
 */
static int lock_old(const char *path, int *ret_fd)
{
	int fd, r = check_kind(AT_FDCWD, path);

	*ret_fd = -1;
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	fd = open(path, OPEN_FLAGS);
	if (fd < 0)
		return errno == ENOENT ? -EAGAIN : -errno;
	r = is_locked(fd) ? -EBUSY : is_at(path, fd) ? 0 : -EAGAIN;
	if (r < 0)
		close(fd);
	else
		*ret_fd = fd;
	return r;
}

/* Is @name that of a temporary file for @base? */
static bool is_temporary(const char *name, const char *base)
{
	size_t length = strlen(base);

	if (strncmp(name, base, length) != 0 || name[length] != '.')
		return false;
	name += length + 1;
	for (size_t i = 0; i < strlen(RANDOM_PART) - 1; i++)
		if (!isalnum((unsigned char)*name++))
			return false;
	return strcmp(name, TEMPORARY_SUFFIX) == 0;
}

static void remove_leftover(int directory, const char *name)
{
	int fd = check_kind(directory, name) == 0 ? openat(directory, name, OPEN_FLAGS)
						  : -1;

	if (fd < 0)
		return;
	/* The lock of one that is being written is held by whoever writes it. */
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlinkat(directory, name, 0);
	close(fd);
}

/* What processes that were killed have left beside @path. */
static void remove_leftovers(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *directory = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	DIR *stream = directory ? opendir(directory) : NULL;

	free(directory);
	if (!stream)
		return;
	for (struct dirent *entry; (entry = readdir(stream));)
		if (is_temporary(entry->d_name, slash ? slash + 1 : path))
			remove_leftover(dirfd(stream), entry->d_name);
	closedir(stream);
}

/* Under a name that nobody else has; locked, so that nobody takes it for a leftover. */
static int open_temporary(struct replacement *replacement)
{
	for (int i = 0; i < MAX_TRIES; i++) {
		free(replacement->temporary);
		if (asprintf(&replacement->temporary, "%s" RANDOM_PART TEMPORARY_SUFFIX,
			     replacement->path) < 0) {
			replacement->temporary = NULL;
			return -ENOMEM;
		}
		replacement->fd = mkostemps(replacement->temporary,
					    strlen(TEMPORARY_SUFFIX), O_CLOEXEC);
		if (replacement->fd < 0)
			return -errno;
		if (!is_locked(replacement->fd) &&
		    is_at(replacement->temporary, replacement->fd))
			return 0;
		close(replacement->fd); /* somebody has just taken it for one */
	}
	replacement->fd = -1;
	return -EAGAIN;
}

static int write_all(int fd, const char *text, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, text, size);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			text += n;
			size -= (size_t)n;
		}
	}
	return 0;
}

/* Some file systems tell of a full disk at the end only. The lock stays. */
static int finish(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	return copy < 0 || close(copy) < 0 ? -errno : 0;
}

/* -EAGAIN: somebody else was faster. */
static int put_in_place(const struct replacement *replacement)
{
	const char *temporary = replacement->temporary, *path = replacement->path;

	if (replacement->old_fd < 0) {
		if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
			return 0;
		if (errno != EINVAL && errno != ENOSYS)
			return errno == EEXIST ? -EAGAIN : -errno;
	}
	return rename(temporary, path) < 0 ? -errno : 0;
}

static int replace(struct replacement *replacement, const char *text, size_t size)
{
	int r = open_temporary(replacement);

	if (r < 0)
		return r;
	/* whatever the umask says */
	r = fchmod(replacement->fd, 0644) < 0 ? -errno
					      : write_all(replacement->fd, text, size);
	if (r == 0)
		r = finish(replacement->fd);
	if (r == 0)
		r = put_in_place(replacement);
	if (r < 0) {
		unlink(replacement->temporary);
		close(replacement->fd);
	}
	return r;
}

/* Forget the file that was written, whatever is at its path now. */
static void let_go(struct owned_file *file)
{
	if (file->path)
		close(file->fd);
	free(file->path);
	*file = (struct owned_file){ 0 };
}

static int try_to_write(struct owned_file *file, const char *path, const char *text,
			size_t size)
{
	struct replacement replacement = { .path = path, .old_fd = file->fd };
	int r = 0;

	if (!file->path) {
		r = lock_old(path, &replacement.old_fd);
		if (r < 0)
			return r;
		remove_leftovers(path);
	}
	r = replace(&replacement, text, size);
	if (replacement.old_fd >= 0 && (r == 0 || !file->path))
		close(replacement.old_fd);
	if (r == 0)
		file->fd = replacement.fd;
	free(replacement.temporary);
	return r;
}

int owned_file_write(struct owned_file *file, const char *path, const char *text,
		     size_t size)
{
	char *copy = strdup(path);
	int r = copy ? -EAGAIN : -ENOMEM;

	/* Who removed or replaced it has not asked for the lock. */
	if (file->path && !is_at(path, file->fd))
		let_go(file);
	for (int i = 0; i < MAX_TRIES && r == -EAGAIN; i++)
		r = try_to_write(file, path, text, size);
	if (r == 0 && !file->path)
		file->path = copy;
	else
		free(copy);
	return r;
}

int owned_file_remove(struct owned_file *file)
{
	int r = 0;

	if (file->path && is_at(file->path, file->fd) && unlink(file->path) < 0)
		r = -errno;
	let_go(file);
	return r;
}
