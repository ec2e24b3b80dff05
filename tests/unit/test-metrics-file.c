/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the file of metrics is, and that it is whole or as it was. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/defaults.h"
#include "run/metrics-file.h"
#include "suite.h"
#include "testing.h"

enum { NOBODY = 65534 };

static struct settings settings;
static struct cycle cycle = { .settings = &settings };
static struct tally tally;
static const struct metrics_view view = { .cycle = &cycle, .tally = &tally };
static struct owned_file file;
static char directory[256];

/* The path of @name in the directory of this run; valid until the call after the next. */
static char *path_of(const char *name)
{
	static char paths[2][512];
	static unsigned i;

	i = !i;
	snprintf(paths[i], sizeof(paths[i]), "%s/%s", directory, name);
	return paths[i];
}

static int set_up(void **state)
{
	const char *parent = getenv("TMPDIR");

	(void)state;
	defaults_init(&settings);
	tally = (struct tally){ 0 };
	snprintf(directory, sizeof(directory), "%s/memcoord-test-XXXXXX",
		 parent && *parent ? parent : "/tmp");
	return mkdtemp(directory) && chmod(directory, 0755) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	settings_clear(&settings);
	owned_file_remove(&file);
	return rmdir(directory); /* nothing may be left in it */
}

/* Paths */

static const struct path_row {
	const char *setting, *environment, *wanted;
} paths[] = {
	{ NULL, NULL, NULL },
	{ NULL, "", NULL },
	{ NULL, "/run/memcoord", "/run/memcoord/memcoord.prom" },
	{ NULL, "/run/memcoord:/run/other", "/run/memcoord/memcoord.prom" },
	{ NULL, "relative", NULL },
	{ NULL, ":/run/other", NULL },
	{ "", NULL, NULL },
	{ "", "/run/memcoord", NULL },
	{ "/srv/x.prom", NULL, "/srv/x.prom" },
	{ "/srv/x.prom", "/run/memcoord", "/srv/x.prom" },
};

static void a_path(void **state)
{
	const struct path_row *row = *state;
	char *path = directory; /* anything but what is expected */
	char *setting = row->setting ? strdup(row->setting) : NULL;

	defaults_init(&settings);
	settings.metrics_file = setting;
	if (row->environment)
		setenv("RUNTIME_DIRECTORY", row->environment, 1);
	else
		unsetenv("RUNTIME_DIRECTORY");
	assert_int_equal(metrics_file_path(&settings, &path), 0);
	unsetenv("RUNTIME_DIRECTORY");
	if (row->wanted) {
		assert_non_null(path);
		assert_string_equal(path, row->wanted);
	} else {
		assert_null(path);
	}
	free(path);
	settings_clear(&settings);
}

/* Files */

static void expect_content(const char *path, const char *wanted)
{
	static char content[16384];
	FILE *stream = fopen(path, "re");
	size_t n;

	assert_non_null(stream);
	n = fread(content, 1, sizeof(content) - 1, stream);
	content[n] = '\0';
	assert_int_equal(fclose(stream), 0);
	assert_non_null(strstr(content, wanted));
	assert_int_equal(content[n - 1], '\n');
}

static void put(const char *path, const char *content)
{
	FILE *stream = fopen(path, "we");

	assert_non_null(stream);
	assert_true(fputs(content, stream) >= 0);
	assert_int_equal(fclose(stream), 0);
}

static unsigned count_files(void)
{
	DIR *stream = opendir(directory);
	unsigned n = 0;

	assert_non_null(stream);
	for (struct dirent *entry; (entry = readdir(stream));)
		n += entry->d_name[0] != '.';
	closedir(stream);
	return n;
}

static void it_is_replaced_as_a_whole(void **state)
{
	const char *path = path_of("memcoord.prom");
	int old;

	(void)state;
	assert_int_equal(metrics_file_write(&file, path, &view), 0);
	expect_content(path, "\nmemcoord_cycles_total 0\n");
	old = open(path, O_RDONLY | O_CLOEXEC);
	tally.n_cycles = 1;
	assert_int_equal(metrics_file_write(&file, path, &view), 0);
	expect_content(path, "\nmemcoord_cycles_total 1\n");
	assert_int_equal(count_files(), 1);

	/* who had opened it still has the old one */
	char opened[64];
	struct stat status;

	assert_int_equal(fstat(old, &status), 0);
	assert_int_equal(status.st_nlink, 0);
	assert_true(status.st_size > 0);
	assert_int_equal(read(old, opened, sizeof(opened)), sizeof(opened));
	close(old);
}

static void everybody_may_read_it(void **state)
{
	const char *path = path_of("memcoord.prom");
	mode_t mask = umask(0077);
	struct stat status;

	(void)state;
	assert_int_equal(metrics_file_write(&file, path, &view), 0);
	umask(mask);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0644);
}

static void a_missing_directory(void **state)
{
	(void)state;
	assert_int_equal(
		metrics_file_write(&file, path_of("missing/memcoord.prom"), &view),
		-ENOENT);
	assert_int_equal(count_files(), 0);
}

static void a_directory_of_somebody_else(void **state)
{
	uid_t user = geteuid();
	int r;

	(void)state;
	assert_int_equal(chmod(directory, 0555), 0);
	if (user == 0)
		assert_int_equal(seteuid(NOBODY), 0);
	r = metrics_file_write(&file, path_of("memcoord.prom"), &view);
	assert_int_equal(seteuid(user), 0);
	assert_int_equal(chmod(directory, 0755), 0);
	assert_int_equal(r, -EACCES);
	assert_int_equal(count_files(), 0);
}

static void a_full_disk_leaves_the_old_file(void **state)
{
	const char *path = path_of("memcoord.prom");
	struct rlimit old, small;

	(void)state;
	put(path, "old\n");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 100;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	int r = metrics_file_write(&file, path, &view);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(r, -EFBIG);
	expect_content(path, "old\n");
	assert_int_equal(count_files(), 1);
	assert_int_equal(unlink(path), 0);
}

/* Of a path that it comes to; but nothing that only looks like it. */
static void what_a_killed_one_has_left_goes(void **state)
{
	static const char *const others[] = {
		"memcoord.prom.backup",	     "memcoord.prom.tmp",
		"memcoord.prom.aB3-x9.tmp",  "memcoord.promXaB3dE9.tmp",
		"memcoord.prom.aB3dE9.tmp2",
	};

	(void)state;
	put(path_of("memcoord.prom"), "old\n");
	put(path_of("memcoord.prom.aB3dE9.tmp"), "half of");
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		put(path_of(others[i]), "precious\n");
	assert_int_equal(metrics_file_write(&file, path_of("memcoord.prom"), &view), 0);
	expect_content(path_of("memcoord.prom"), "# HELP memcoord_build_info ");
	assert_int_equal(access(path_of("memcoord.prom.aB3dE9.tmp"), F_OK), -1);
	assert_int_equal(count_files(), 1 + sizeof(others) / sizeof(others[0]));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(unlink(path_of(others[i])), 0);
}

static void what_somebody_else_is_writing_stays(void **state)
{
	const char *theirs = path_of("memcoord.prom.aB3dE9.tmp");
	int fd;

	(void)state;
	put(theirs, "half of");
	fd = open(theirs, O_WRONLY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(metrics_file_write(&file, path_of("memcoord.prom"), &view), 0);
	assert_int_equal(unlink(theirs), 0);
	close(fd);
}

static void a_link_is_not_followed(void **state)
{
	const char *link = path_of("memcoord.prom.aB3dE9.tmp");

	(void)state;
	put(path_of("victim"), "precious\n");
	assert_int_equal(symlink("victim", link), 0);
	assert_int_equal(metrics_file_write(&file, path_of("memcoord.prom"), &view), 0);
	expect_content(path_of("victim"), "precious\n");
	assert_int_equal(unlink(path_of("victim")), 0);
	assert_int_equal(unlink(path_of("memcoord.prom.aB3dE9.tmp")), 0);
}

/* The first one keeps it as long as it runs; then the next one has it. */
static void two_do_not_write_one_file(void **state)
{
	const char *path = path_of("memcoord.prom");
	struct owned_file other = { 0 };

	(void)state;
	tally.n_cycles = 1;
	assert_int_equal(metrics_file_write(&file, path, &view), 0);
	tally.n_cycles = 2;
	assert_int_equal(metrics_file_write(&other, path, &view), -EBUSY);
	expect_content(path, "\nmemcoord_cycles_total 1\n");
	assert_int_equal(count_files(), 1);
	assert_int_equal(owned_file_remove(&other), 0);
	expect_content(path, "\nmemcoord_cycles_total 1\n");
	assert_int_equal(metrics_file_write(&file, path, &view), 0);
	expect_content(path, "\nmemcoord_cycles_total 2\n");

	assert_int_equal(owned_file_remove(&file), 0);
	assert_int_equal(count_files(), 0);
	assert_int_equal(metrics_file_write(&other, path, &view), 0);
	assert_int_equal(owned_file_remove(&file), 0);
	expect_content(path, "\nmemcoord_cycles_total 2\n");
	assert_int_equal(owned_file_remove(&other), 0);
	assert_int_equal(count_files(), 0);
}

/* By somebody who knows nothing of the lock: it is no longer this one's to remove. */
static void a_file_that_was_replaced_stays(void **state)
{
	const char *path = path_of("memcoord.prom"), *other = path_of("other");

	(void)state;
	assert_int_equal(metrics_file_write(&file, path, &view), 0);
	put(other, "other\n");
	assert_int_equal(rename(other, path), 0);
	assert_int_equal(owned_file_remove(&file), 0);
	expect_content(path, "other\n");
	assert_int_equal(unlink(path), 0);
}

static void a_file_that_was_removed_is_written_again(void **state)
{
	const char *path = path_of("memcoord.prom");

	(void)state;
	assert_int_equal(metrics_file_write(&file, path, &view), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(metrics_file_write(&file, path, &view), 0);
	expect_content(path, "# HELP memcoord_build_info ");
}

/* Many at once */

enum { N_WRITERS = 4, N_READS = 20000 };

/* Write and remove it again and again; nobody may write it while it is this one's. */
static void write_by_turns(const char *path, uint64_t number)
{
	char text[20000], seen[sizeof(text)];
	size_t size = 1000 + number * 3000;

	memset(text, 'a' + (int)number, size);
	text[size - 1] = '\n';
	for (unsigned i = 0;; i++) {
		int fd, r = owned_file_write(&file, path, text, size);

		if (r == -EBUSY || r == -EAGAIN)
			continue;
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (r < 0 || fd < 0 || read(fd, seen, sizeof(seen)) != (ssize_t)size ||
		    memcmp(seen, text, size) != 0)
			_exit(1);
		close(fd);
		if (i % 8 == number && owned_file_remove(&file) < 0)
			_exit(2);
	}
}

static void read_whole(const char *path)
{
	static char text[20000];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return; /* just removed */
	n = read(fd, text, sizeof(text));
	close(fd);
	assert_true(n >= 1000 && text[n - 1] == '\n');
	assert_int_equal(n, 1000 + (text[0] - 'a') * 3000);
	for (ssize_t i = 0; i < n - 1; i++)
		if (text[i] != text[0])
			fail_msg("two have written it");
}

static void many_mix_nothing(void **state)
{
	const char *path = path_of("memcoord.prom");
	pid_t pids[N_WRITERS];
	int status;

	(void)state;
	for (int i = 0; i < N_WRITERS; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			write_by_turns(path, (uint64_t)i);
	}
	for (int i = 0; i < N_READS; i++)
		read_whole(path);
	for (int i = 0; i < N_WRITERS; i++) {
		assert_int_equal(waitpid(pids[i], &status, WNOHANG), 0);
		kill(pids[i], SIGKILL);
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
	}
	/* killed in the middle of it: the next one takes it over, and clears up */
	assert_int_equal(metrics_file_write(&file, path, &view), 0);
	assert_int_equal(count_files(), 1);
}

static void nothing_but_a_file_is_replaced(void **state)
{
	const char *path = path_of("memcoord.prom");
	struct stat status;

	(void)state;
	assert_int_equal(metrics_file_write(&file, directory, &view), -EEXIST);
	assert_int_equal(metrics_file_write(&file, "/dev/null", &view), -EEXIST);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(metrics_file_write(&file, path, &view), -EEXIST);
	assert_int_equal(lstat(path, &status), 0);
	assert_true(S_ISFIFO(status.st_mode));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_equal(metrics_file_write(&file, path, &view), -EEXIST);
	assert_int_equal(count_files(), 1);
	assert_int_equal(unlink(path), 0);
}

static struct suite suite;

#define ADD(function)                                                                    \
	suite_add(&suite, function, NULL, #function), suite_fix(&suite, set_up, tear_down)

int main(void)
{
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		suite_add(&suite, a_path, &paths[i], "path: %s in %s",
			  paths[i].setting ? paths[i].setting : "default",
			  paths[i].environment ? paths[i].environment : "no directory");
	ADD(it_is_replaced_as_a_whole);
	ADD(everybody_may_read_it);
	ADD(a_missing_directory);
	ADD(a_directory_of_somebody_else);
	ADD(a_full_disk_leaves_the_old_file);
	ADD(what_a_killed_one_has_left_goes);
	ADD(what_somebody_else_is_writing_stays);
	ADD(a_link_is_not_followed);
	ADD(two_do_not_write_one_file);
	ADD(a_file_that_was_replaced_stays);
	ADD(a_file_that_was_removed_is_written_again);
	ADD(many_mix_nothing);
	ADD(nothing_but_a_file_is_replaced);
	return suite_run("metrics-file", &suite, NULL, NULL);
}
