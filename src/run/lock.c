/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/hash.h"
#include "run/lock.h"
#include "system/cleanup.h"

/* The address of the socket that is a lock. */
struct lock {
	struct sockaddr_un address;
	socklen_t length;
};

__attribute__((format(printf, 1, 2))) static struct lock make_lock(const char *format,
								   ...)
{
	struct lock lock = { .address.sun_family = AF_UNIX };
	char *name = lock.address.sun_path + 1; /* in the abstract namespace */
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(name, sizeof(lock.address.sun_path) - 1, format, arguments);
	va_end(arguments);
	lock.length =
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
	return lock;
}

/*
 * Each user has a session daemon of their own behind the same URI. A URI may be longer
 * than the 107 bytes of a socket name.
 */
static struct lock lock_of_uri(const char *uri)
{
	unsigned owner = strstr(uri, "/session") ? geteuid() : 0;

	return make_lock("memcoord/%016" PRIx64 "/%u", hash_text(uri), owner);
}

/* By whatever URI the domain is reached. */
static struct lock lock_of_settings(const char *uuid)
{
	return make_lock("memcoord/set/%s", uuid);
}

static const struct sockaddr *address_of(const struct lock *lock)
{
	return (const struct sockaddr *)&lock->address;
}

static int connect_to(const struct lock *lock)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	if (connect(fd, address_of(lock), lock->length) < 0) {
		int r = -errno;

		close(fd);
		return r;
	}
	return fd;
}

/* The peer of a listening socket is whoever called listen() on it. */
static pid_t holder_of(const struct lock *lock)
{
	CLEANUP_CLOSE int fd = connect_to(lock);
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return 0;
	return peer.pid;
}

static int take(const struct lock *lock)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	if (bind(fd, address_of(lock), lock->length) < 0 || listen(fd, SOMAXCONN) < 0) {
		int r = -errno;

		close(fd);
		return r;
	}
	return fd;
}

int lock_connect(const char *uri)
{
	struct lock lock = lock_of_uri(uri);

	return connect_to(&lock);
}

pid_t lock_holder(const char *uri)
{
	struct lock lock = lock_of_uri(uri);

	return holder_of(&lock);
}

int lock_take(const char *uri, pid_t *ret_pid)
{
	struct lock lock = lock_of_uri(uri);
	int r = take(&lock);

	if (r == -EADDRINUSE)
		*ret_pid = holder_of(&lock);
	return r;
}

int lock_take_settings(const char *uuid)
{
	struct lock lock = lock_of_settings(uuid);

	return take(&lock);
}

pid_t lock_settings_holder(const char *uuid)
{
	struct lock lock = lock_of_settings(uuid);

	return holder_of(&lock);
}
