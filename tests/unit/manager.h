/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A service manager that listens, through a socket as systemd has one. */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "suite.h"

#ifdef HAVE_LIBSYSTEMD
enum { CAN_TELL = true };
#else
enum { CAN_TELL = false };
#endif

struct manager {
	char name[64]; /* as NOTIFY_SOCKET has it: @ means the abstract namespace */
	int fd;
	char text[512];
};

static struct manager manager;

static inline void manager_open(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int length = snprintf(manager.name, sizeof(manager.name),
			      "@memcoord-test/notify/%d", (int)getpid());

	memcpy(address.sun_path + 1, manager.name + 1, (size_t)length - 1);
	manager.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_true(manager.fd >= 0);
	assert_int_equal(bind(manager.fd, (struct sockaddr *)&address,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
					  (size_t)length)),
			 0);
}

static inline void manager_close(void)
{
	close(manager.fd);
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

static inline void manager_be_told(void)
{
	assert_int_equal(setenv("NOTIFY_SOCKET", manager.name, 1), 0);
}

/* The next message, or "" if there is none. */
static inline const char *manager_hear(void)
{
	ssize_t n = recv(manager.fd, manager.text, sizeof(manager.text) - 1, 0);

	if (n < 0)
		assert_int_equal(errno, EAGAIN);
	manager.text[n < 0 ? 0 : n] = '\0';
	return manager.text;
}
