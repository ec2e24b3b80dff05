/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a machine tells of itself, where the machine is a directory. */
#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "machine/cgroup-limit.h"
#include "machine/facts.h"
#include "testing.h"

#define UUID "11111111-2222-3333-4444-555555555555"
#define SCOPE "/machine.slice/machine-qemu\\x2d3\\x2dvm.scope"

static char root[] = "root.XXXXXX";
static struct host_facts facts;
static struct domain_facts domain;

/* Write @n bytes of @text to @path below the root, and make the directories it is in. */
static void put_bytes(const char *path, const char *text, size_t n)
{
	char name[512];
	FILE *file;

	snprintf(name, sizeof(name), "%s%s", root, path);
	for (char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(name, 0755);
		*slash = '/';
	}
	file = fopen(name, "we");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, n, file), n);
	fclose(file);
}

static void put(const char *path, const char *text)
{
	put_bytes(path, text, strlen(text));
}

/* A process; in @command each space ends an argument. */
static void put_process(int pid, const char *command)
{
	char path[64], arguments[256];
	size_t n = strlen(command) + 1;

	memcpy(arguments, command, n);
	for (size_t i = 0; i < n; i++)
		if (arguments[i] == ' ')
			arguments[i] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	put_bytes(path, arguments, n);
}

static void put_cgroup(int pid, const char *path)
{
	char name[64], line[256];

	put("/sys/fs/cgroup/cgroup.controllers", "cpu memory\n");
	snprintf(name, sizeof(name), "/proc/%d/cgroup", pid);
	snprintf(line, sizeof(line), "12:cpuset:/elsewhere\n0::%s\n", path);
	put(name, line);
}

static int remove_entry(const char *path, const struct stat *status, int type,
			struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path);
}

static int set_up(void **state)
{
	(void)state;
	memcpy(root + strlen(root) - 6, "XXXXXX", 6);
	assert_non_null(mkdtemp(root));
	domain = (struct domain_facts){ .uuid = UUID };
	facts = (struct host_facts){ .n_domains = 1, .domains = &domain };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	/* It is not from the heap. */
	free(domain.own_limit.path);
	free(domain.shared_limit.path);
	facts.n_domains = 0;
	facts.domains = NULL;
	facts_clear(&facts);
	return nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static void read_facts(void)
{
	assert_int_equal(local_facts_read(root, &facts), 0);
}

static void nothing_is_there(void **state)
{
	(void)state;
	read_facts();
	assert_false(facts.has_swap_figures);
	assert_false(facts.has_ksm);
	assert_int_equal(facts.rival_pid, 0);
	assert_int_equal(domain.pid, 0);
	assert_true(facts.now_s > 0);
}

static void swap_is_read(void **state)
{
	(void)state;
	put("/proc/meminfo", "MemTotal: 1 kB\nSwapCached: 7 kB\nSwapTotal: 2048 kB\n"
			     "SwapFree:  1000 kB\n");
	read_facts();
	assert_true(facts.has_swap_figures);
	assert_int_equal(facts.swap_total_kib, 2048);
	assert_int_equal(facts.swap_free_kib, 1000);
}

static void half_of_the_swap_figures_is_none(void **state)
{
	(void)state;
	put("/proc/meminfo", "MemTotal: 1 kB\nSwapTotal: 2048 kB\n");
	read_facts();
	assert_false(facts.has_swap_figures);
}

static void ksm_is_read(void **state)
{
	(void)state;
	put("/sys/kernel/mm/ksm/run", "1\n");
	put("/sys/kernel/mm/ksm/pages_sharing", "256\n");
	read_facts();
	assert_true(facts.has_ksm);
	assert_true(facts.is_ksm_running);
	assert_int_equal(facts.ksm_saved_kib, 256 * sysconf(_SC_PAGESIZE) / 1024);
}

static void rivals_are_found(void **state)
{
	static const struct {
		const char *command, *rival;
	} commands[] = {
		{ "momd", "momd" },
		{ "/usr/sbin/momd -c /etc/mom.conf", "momd" },
		{ "/usr/bin/python3 -s /usr/libexec/vdsm/vdsmd", "vdsmd" },
		{ "/usr/bin/perl -T /usr/bin/pvestatd start", "pvestatd" },
		{ "pvestatd", "pvestatd" },
		{ "vi momd", NULL },
		{ "python3 other.py momd", NULL },
		{ "notmomd", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		put_process(17, commands[i].command);
		read_facts();
		assert_int_equal(facts.rival_pid, commands[i].rival ? 17 : 0);
		assert_int_equal(facts.rival != NULL, commands[i].rival != NULL);
		if (facts.rival)
			assert_string_equal(facts.rival, commands[i].rival);
		assert_null(facts.rival_unit);
		free(facts.rival);
		facts.rival = NULL;
		facts.rival_pid = 0;
	}
}

static void the_unit_of_a_rival_is_found(void **state)
{
	(void)state;
	put_process(17, "momd");
	put_cgroup(17, "/system.slice/mom-vdsm.service");
	read_facts();
	assert_string_equal(facts.rival_unit, "mom-vdsm.service");
}

static void a_rival_in_a_session_has_no_unit(void **state)
{
	(void)state;
	put_process(17, "momd");
	put_cgroup(17, "/user.slice/user-0.slice/session-1.scope");
	read_facts();
	assert_string_equal(facts.rival, "momd");
	assert_null(facts.rival_unit);
}

/* What users call their own units is not to be stopped as the system's. */
static void a_unit_of_a_user_is_none_of_the_system(void **state)
{
	(void)state;
	put_process(17, "momd");
	put_cgroup(17,
		   "/user.slice/user-1.slice/user@1.service/app.slice/libvirtd.service");
	read_facts();
	assert_string_equal(facts.rival, "momd");
	assert_null(facts.rival_unit);
}

static void a_qemu_is_known_by_its_uuid(void **state)
{
	(void)state;
	put_process(20, "qemu-system-x86_64 -uuid 99999999-2222-3333-4444-555555555555");
	put_process(21, "qemu-system-x86_64 -name guest=vm -uuid " UUID " -S");
	put("/proc/uptime", "1000.25 3.00\n");
	put("/proc/21/stat", "21 (a) name) T 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 "
			     "18 90000 20 21\n");
	read_facts();
	assert_int_equal(domain.pid, 21);
	assert_int_equal(domain.process_state, 'T');
	assert_true(domain.has_age);
	assert_int_equal(domain.age_s, 1000 - 90000 / sysconf(_SC_CLK_TCK));
	assert_false(domain.has_cgroup);
}

static void a_broken_stat_tells_nothing(void **state)
{
	(void)state;
	put_process(21, "qemu -uuid " UUID);
	put("/proc/21/stat", "21 (qemu) R 1 2");
	read_facts();
	assert_int_equal(domain.pid, 21);
	assert_false(domain.has_age);
}

static void cgroups_without_a_limit(void **state)
{
	(void)state;
	put_process(21, "qemu -uuid " UUID);
	put_cgroup(21, SCOPE "/libvirt/emulator");
	put("/sys/fs/cgroup" SCOPE "/memory.max", "max\n");
	put("/sys/fs/cgroup/machine.slice/memory.high", "max\n");
	read_facts();
	assert_true(domain.has_cgroup);
	assert_null(domain.own_limit.path);
	assert_null(domain.shared_limit.path);
}

static void the_lowest_limits_are_found(void **state)
{
	(void)state;
	put_process(21, "qemu -uuid " UUID);
	put_cgroup(21, SCOPE "/libvirt/emulator");
	put("/sys/fs/cgroup" SCOPE "/libvirt/memory.max", "4194304\n");
	put("/sys/fs/cgroup" SCOPE "/memory.max", "3145728\n");
	put("/sys/fs/cgroup" SCOPE "/memory.high", "3145728\n");
	put("/sys/fs/cgroup/machine.slice/memory.max", "2097152\n");
	put("/sys/fs/cgroup/machine.slice/memory.high", "1048576\n");
	/* that of the root is none */
	put("/sys/fs/cgroup/memory.max", "1024\n");
	read_facts();
	assert_int_equal(domain.own_limit.limit_kib, 3072);
	assert_true(domain.own_limit.is_hard);
	assert_string_equal(domain.own_limit.path, SCOPE + 1);
	assert_int_equal(domain.shared_limit.limit_kib, 1024);
	assert_false(domain.shared_limit.is_hard);
	assert_string_equal(domain.shared_limit.path, "machine.slice");
}

static void memcoords_own_limit_is_found(void **state)
{
	(void)state;
	put_cgroup(5, "/system.slice/memcoord.service");
	put("/sys/fs/cgroup/system.slice/memcoord.service/memory.max", "1048576\n");
	facts.coordinator_pid = 5;
	read_facts();
	assert_int_equal(facts.coordinator_limit.limit_kib, 1024);
	assert_string_equal(facts.coordinator_limit.path,
			    "system.slice/memcoord.service");
}

static void cgroups_of_version_1_are_not_looked_at(void **state)
{
	struct cgroup_limit limit = { 0 };

	(void)state;
	put("/proc/5/cgroup", "4:memory:/x\n0::/x\n");
	put("/sys/fs/cgroup/x/memory.max", "1048576\n");
	assert_int_equal(cgroup_limit_find(root, 5, NULL, &limit), -ENOENT);
	put("/sys/fs/cgroup/cgroup.controllers", "memory\n");
	assert_int_equal(cgroup_limit_find(root, 5, NULL, &limit), 0);
	assert_int_equal(limit.limit_kib, 1024);
	free(limit.path);
}

static void this_machine_is_read(void **state)
{
	(void)state;
	assert_int_equal(local_facts_read("", &facts), 0);
	assert_true(facts.has_swap_figures);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_there),
		TEST(swap_is_read),
		TEST(half_of_the_swap_figures_is_none),
		TEST(ksm_is_read),
		TEST(rivals_are_found),
		TEST(the_unit_of_a_rival_is_found),
		TEST(a_rival_in_a_session_has_no_unit),
		TEST(a_unit_of_a_user_is_none_of_the_system),
		TEST(a_qemu_is_known_by_its_uuid),
		TEST(a_broken_stat_tells_nothing),
		TEST(cgroups_without_a_limit),
		TEST(the_lowest_limits_are_found),
		TEST(memcoords_own_limit_is_found),
		TEST(cgroups_of_version_1_are_not_looked_at),
		TEST(this_machine_is_read),
	};

	return cmocka_run_group_tests_name("local-facts", tests, NULL, NULL);
}
