/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/hash.h"
#include "run/lock.h"
#include "system/cleanup.h"

/*
 * Each user has a session daemon of their own behind the same URI. A URI may be longer
 * than the 107 bytes of a socket name.
 */
static void make_address(const char *uri, struct sockaddr_un *address,
			 socklen_t *ret_length)
{
	unsigned owner = strstr(uri, "/session") ? geteuid() : 0;
	int length;

	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	length = snprintf(address->sun_path + 1, sizeof(address->sun_path) - 1,
			  "memcoord/%016" PRIx64 "/%u", hash_text(uri), owner);
	*ret_length =
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
}

int lock_connect(const char *uri)
{
	struct sockaddr_un address;
	socklen_t length;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	make_address(uri, &address, &length);
	if (connect(fd, (const struct sockaddr *)&address, length) < 0) {
		int r = -errno;

		close(fd);
		return r;
	}
	return fd;
}

/* The peer of a listening socket is whoever called listen() on it. */
pid_t lock_holder(const char *uri)
{
	CLEANUP_CLOSE int fd = lock_connect(uri);
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return 0;
	return peer.pid;
}

int lock_take(const char *uri, pid_t *ret_pid)
{
	struct sockaddr_un address;
	socklen_t length;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	make_address(uri, &address, &length);
	if (bind(fd, (const struct sockaddr *)&address, length) < 0 ||
	    listen(fd, SOMAXCONN) < 0) {
		int r = -errno;

		close(fd);
		if (r == -EADDRINUSE)
			*ret_pid = lock_holder(uri);
		return r;
	}
	return fd;
}
