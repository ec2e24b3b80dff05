/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What command lines below a root of the test's own tell. */
#include <sys/stat.h>
#include <unistd.h>

#include "machine/qemus.h"
#include "testing.h"

#define UUID "11111111-2222-3333-4444-555555555555"

static char root[] = "/tmp/memcoord-test-XXXXXX";
static struct qemus qemus;

/* @line is a command line, whose words end with '|'. */
static void add_process(const char *pid, const char *line)
{
	char path[128], *text = strdup(line);
	FILE *file;

	snprintf(path, sizeof(path), "%s/proc/%s", root, pid);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(path, sizeof(path), "%s/proc/%s/cmdline", root, pid);
	file = fopen(path, "we");
	assert_non_null(file);
	for (char *c = text; *c; c++)
		*c = *c == '|' ? '\0' : *c;
	fwrite(text, 1, strlen(line), file);
	fclose(file);
	free(text);
}

static int set_up(void **state)
{
	char path[64];

	(void)state;
	strcpy(root, "/tmp/memcoord-test-XXXXXX");
	assert_non_null(mkdtemp(root));
	snprintf(path, sizeof(path), "%s/proc", root);
	return mkdir(path, 0755);
}

static int tear_down(void **state)
{
	char command[64];

	(void)state;
	qemus_clear(&qemus);
	snprintf(command, sizeof(command), "rm -r %s", root);
	return system(command);
}

static void a_qemu_has_a_name_and_a_uuid(void **state)
{
	(void)state;
	add_process("10", "/usr/bin/qemu-system-x86_64|-name|"
			  "guest=a,,b,debug-threads=on|-S|-uuid|" UUID "|-display|none|");
	add_process("11", "qemu-img|info|disk|");
	add_process("12", "qemu|-name|plain|-uuid|not-one|");
	add_process("self", "qemu|-name|guest=c|-uuid|" UUID "|");
	assert_int_equal(qemus_read(root, &qemus), 0);
	assert_int_equal(qemus.n, 1);
	assert_string_equal(qemus.entries[0].name, "a,b");
	assert_string_equal(qemus.entries[0].uuid, UUID);
	assert_int_equal(qemus.n_hooks, 0);
}

static void a_hook_has_a_domain_and_an_operation(void **state)
{
	(void)state;
	add_process("20", "/bin/sh|/etc/libvirt/hooks/qemu|vm 1|prepare|begin|-|");
	add_process("21", "/etc/libvirt/hooks/qemu.d/10-vfio|vm2|release|end|-|");
	add_process("22", "vi|/etc/libvirt/hooks/qemu|");
	add_process("23", "/usr/share/hooks/lxc|vm3|start|begin|-|");
	assert_int_equal(qemus_read(root, &qemus), 0);
	assert_int_equal(qemus.n, 0);
	assert_int_equal(qemus.n_hooks, 2);
	for (size_t i = 0; i < 2; i++) {
		bool is_first = strcmp(qemus.hooks[i].domain, "vm 1") == 0;

		assert_string_equal(qemus.hooks[i].domain, is_first ? "vm 1" : "vm2");
		assert_string_equal(qemus.hooks[i].operation,
				    is_first ? "prepare" : "release");
	}
}

static void without_proc_nothing_is_known(void **state)
{
	(void)state;
	assert_true(qemus_read("/dev/null", &qemus) < 0);
	assert_int_equal(qemus.n, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_qemu_has_a_name_and_a_uuid, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_hook_has_a_domain_and_an_operation,
						set_up, tear_down),
		cmocka_unit_test(without_proc_nothing_is_known),
	};

	return cmocka_run_group_tests_name("qemus", tests, NULL, NULL);
}
