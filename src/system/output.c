/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/event-loop.h"
#include "system/exit-status.h"
#include "system/log.h"
#include "system/output.h"
#include "system/screen.h"

static bool has_failed;

int output_failed(int error)
{
	if (!has_failed)
		log_error("cannot write to standard output: %s", strerror(error));
	has_failed = true;
	return EXIT_FAILED;
}

/* All ways out end here, argp's after --help too. */
static void flush_at_exit(void)
{
	errno = 0;
	if (!has_failed && (fflush(stdout) != 0 || ferror(stdout)))
		_exit(output_failed(errno ? errno : EIO));
}

void output_init(void)
{
	/* Open the wrong way round, so that using one still fails. */
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)!open("/dev/null",
				    fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
	atexit(flush_at_exit);
}

int output_flush(FILE *stream)
{
	errno = 0;
	if (fflush(stream) != 0 || ferror(stream))
		return errno ? -errno : -EIO;
	return 0;
}

/* https://no-color.org: set and not empty. */
bool output_has_colors(void)
{
	const char *no_color = getenv("NO_COLOR");

	return screen_is_there() && !(no_color && *no_color);
}

static void reader_has_gone(void *data)
{
	const int *watch = data;

	event_loop_unwatch(*watch); /* if the signal is ignored, a write will fail */
	raise(SIGPIPE);
}

void output_watch_reader(void)
{
	static int watch;
	struct stat status;

	/* The end that is only written to never becomes readable, only broken. */
	if (fstat(STDOUT_FILENO, &status) == 0 && S_ISFIFO(status.st_mode) &&
	    (fcntl(STDOUT_FILENO, F_GETFL) & O_ACCMODE) == O_WRONLY)
		watch = event_loop_watch(STDOUT_FILENO, reader_has_gone, &watch);
}
