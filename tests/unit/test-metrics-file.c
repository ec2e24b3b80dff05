/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the file of metrics is, and that it is whole or as it was. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
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
	unlink(path_of("memcoord.prom"));
	unlink(path_of("memcoord.prom.tmp"));
	return rmdir(directory);
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
	FILE *file = fopen(path, "re");
	size_t n;

	assert_non_null(file);
	n = fread(content, 1, sizeof(content) - 1, file);
	content[n] = '\0';
	assert_int_equal(fclose(file), 0);
	assert_non_null(strstr(content, wanted));
	assert_int_equal(content[n - 1], '\n');
}

static void put(const char *path, const char *content)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(content, file) >= 0);
	assert_int_equal(fclose(file), 0);
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
	assert_int_equal(metrics_file_write(path, &view), 0);
	expect_content(path, "\nmemcoord_cycles_total 0\n");
	old = open(path, O_RDONLY | O_CLOEXEC);
	tally.n_cycles = 1;
	assert_int_equal(metrics_file_write(path, &view), 0);
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
	assert_int_equal(metrics_file_write(path, &view), 0);
	umask(mask);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0644);
}

static void a_missing_directory(void **state)
{
	(void)state;
	assert_int_equal(metrics_file_write(path_of("missing/memcoord.prom"), &view),
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
	r = metrics_file_write(path_of("memcoord.prom"), &view);
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
	int r = metrics_file_write(path, &view);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(r, -EFBIG);
	expect_content(path, "old\n");
	assert_int_equal(count_files(), 1);
}

static void what_a_killed_one_has_left_is_overwritten(void **state)
{
	(void)state;
	put(path_of("memcoord.prom.tmp"), "half of");
	assert_int_equal(metrics_file_write(path_of("memcoord.prom"), &view), 0);
	expect_content(path_of("memcoord.prom"), "# HELP memcoord_build_info ");
	assert_int_equal(count_files(), 1);
}

static void a_link_is_not_followed(void **state)
{
	const char *victim = path_of("victim");

	(void)state;
	put(victim, "precious\n");
	assert_int_equal(symlink(victim, path_of("memcoord.prom.tmp")), 0);
	assert_int_equal(metrics_file_write(path_of("memcoord.prom"), &view), 0);
	expect_content(path_of("victim"), "precious\n");
	assert_int_equal(unlink(path_of("victim")), 0);
}

static void nothing_but_a_file_is_replaced(void **state)
{
	const char *path = path_of("memcoord.prom");
	struct stat status;

	(void)state;
	assert_int_equal(metrics_file_write(directory, &view), -EEXIST);
	assert_int_equal(metrics_file_write("/dev/null", &view), -EEXIST);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(metrics_file_write(path, &view), -EEXIST);
	assert_int_equal(lstat(path, &status), 0);
	assert_true(S_ISFIFO(status.st_mode));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_equal(metrics_file_write(path, &view), -EEXIST);
	assert_int_equal(count_files(), 1);
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
	ADD(what_a_killed_one_has_left_is_overwritten);
	ADD(a_link_is_not_followed);
	ADD(nothing_but_a_file_is_replaced);
	return suite_run("metrics-file", &suite, NULL, NULL);
}
