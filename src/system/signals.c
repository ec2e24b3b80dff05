/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "system/event-loop.h"
#include "system/signals.h"

static void count(void *data)
{
	struct signals *signals = data;
	struct signalfd_siginfo info;

	while (read(signals->fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGHUP)
			signals->is_reload = true;
		else
			signals->n_stops++;
	}
	if (signals->on_signal)
		signals->on_signal(signals->data);
}

static int open_fd(void)
{
	sigset_t set;

	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return -errno;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;

	int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

int signals_open(struct signals *signals)
{
	int fd = open_fd();
	int r = event_loop_open();

	if (fd < 0)
		return fd;
	if (r == 0)
		r = signals->watch = event_loop_watch(fd, count, signals);
	if (r < 0) {
		close(fd);
		return r;
	}
	signals->fd = fd;
	return 0;
}

void signals_close(struct signals *signals)
{
	event_loop_unwatch(signals->watch);
	close(signals->fd);
}
