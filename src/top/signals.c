/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "system/event-loop.h"
#include "top/signals.h"

static void read_signals(void *data)
{
	struct top_signals *signals = data;
	struct signalfd_siginfo info;

	while (read(signals->fd, &info, sizeof(info)) == sizeof(info))
		signals->on_signal(signals->data, (int)info.ssi_signo);
}

static int open_fd(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigaddset(&set, SIGCONT);
	sigaddset(&set, SIGTSTP);
	sigaddset(&set, SIGQUIT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

int top_signals_open(struct top_signals *signals)
{
	int fd = open_fd();

	if (fd < 0)
		return fd;
	signals->fd = fd;
	signals->watch = event_loop_watch(fd, read_signals, signals);
	if (signals->watch >= 0)
		return 0;
	close(fd);
	return signals->watch;
}

void top_signals_close(struct top_signals *signals)
{
	event_loop_unwatch(signals->watch);
	close(signals->fd);
}

void top_signals_stop(void)
{
	sigset_t set, old;

	/* curses has a handler of its own for it. */
	signal(SIGTSTP, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &set, &old);
	raise(SIGTSTP); /* here the time stands still */
	sigprocmask(SIG_SETMASK, &old, NULL);
}
