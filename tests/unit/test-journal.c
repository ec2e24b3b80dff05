/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the journal is, and what it gets through its real socket, in a /run of our own.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "system/journal.h"
#include "testing.h"

/* Set JOURNAL_STREAM to what @fd is, and @more. */
static void set_stream(int fd, const char *more)
{
	struct stat st;
	char text[64];

	assert_int_equal(fstat(fd, &st), 0);
	snprintf(text, sizeof(text), "%ju:%ju%s", (uintmax_t)st.st_dev,
		 (uintmax_t)st.st_ino, more);
	setenv("JOURNAL_STREAM", text, 1);
}

static void the_journal_is_known_by_its_stream(void **state)
{
	int other = memfd_create("other", MFD_CLOEXEC);

	(void)state;
	unsetenv("JOURNAL_STREAM");
	assert_false(journal_is_stderr());
	set_stream(STDERR_FILENO, "");
	assert_true(journal_is_stderr());
	set_stream(STDERR_FILENO, "0");
	assert_false(journal_is_stderr());
	set_stream(other, "");
	assert_false(journal_is_stderr());
	setenv("JOURNAL_STREAM", "", 1);
	assert_false(journal_is_stderr());
	close(other);
}

static int send_greeting(void)
{
	char message[] = "MESSAGE=hello", identifier[] = "SYSLOG_IDENTIFIER=memcoord";
	const struct iovec fields[] = {
		{ message, sizeof(message) - 1 },
		{ identifier, sizeof(identifier) - 1 },
	};

	return journal_send(fields, 2);
}

static bool put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool result = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	close(fd);
	return result;
}

/* Returns whether this process has a /run of its own now, with no journal in it. */
static bool leave_run_behind(void)
{
	char uids[32], gids[32];

	snprintf(uids, sizeof(uids), "0 %u 1", (unsigned)geteuid());
	snprintf(gids, sizeof(gids), "0 %u 1", (unsigned)getegid());
	/* In a user namespace of its own nothing that it mounts is seen by others. */
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
	       put("/proc/self/setgroups", "deny") && put("/proc/self/uid_map", uids) &&
	       put("/proc/self/gid_map", gids) &&
	       mount("none", "/run", "tmpfs", 0, NULL) == 0;
}

static int open_journal(void)
{
	struct sockaddr_un address = {
		.sun_family = AF_UNIX,
		.sun_path = "/run/systemd/journal/socket",
	};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_int_equal(mkdir("/run/systemd", 0755), 0);
	assert_int_equal(mkdir("/run/systemd/journal", 0755), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

/* The last test: there is no way back. */
static void entries_arrive_or_fail(void **state)
{
	char entry[256];
	ssize_t n;
	int fd;

	(void)state;
	if (!leave_run_behind()) {
		print_message("# not tried: no user namespaces here\n");
		return;
	}
#ifndef HAVE_LIBSYSTEMD
	assert_int_equal(send_greeting(), -ENOSYS);
	return;
#endif
	assert_int_equal(send_greeting(), -ENOENT);
	fd = open_journal();
	assert_int_equal(send_greeting(), 0);
	n = recv(fd, entry, sizeof(entry) - 1, 0);
	assert_true(n > 0);
	entry[n] = '\0';
	assert_string_equal(entry, "MESSAGE=hello\nSYSLOG_IDENTIFIER=memcoord\n");
	close(fd);
	assert_true(send_greeting() < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_journal_is_known_by_its_stream),
		cmocka_unit_test(entries_arrive_or_fail),
	};

	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
