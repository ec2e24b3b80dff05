/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The processes of this machine: QEMUs, and others that coordinate. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sat.h"
#include "machine/cgroup-limit.h"
#include "machine/facts.h"
#include "system/cleanup.h"

/* Enough of a command line: libvirt puts the UUID near its begin. */
#define ARGUMENTS_MAX 512

/* Programs that change balloons by rules of their own: MoM, oVirt's VDSM, Proxmox VE. */
static const char *const rivals[] = { "momd", "vdsmd", "pvestatd" };

static FILE *open_of(const char *root, int pid, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/proc/%d/%s", root, pid, name);
	return fopen(path, "re");
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_interpreter(const char *name)
{
	return strncmp(name, "python", 6) == 0 || strncmp(name, "perl", 4) == 0;
}

static const char *find_rival(const char *name)
{
	for (size_t i = 0; i < sizeof(rivals) / sizeof(rivals[0]); i++)
		if (strcmp(rivals[i], name) == 0)
			return rivals[i];
	return NULL;
}

/* What a command line tells. */
struct command {
	char uuid[DOMAIN_UUID_SIZE]; /* behind -uuid, or "" */
	const char *rival;	     /* not owned; NULL: it is none */
};

/*
 * Read the command line of @pid. The program is its first word, or the first one behind
 * an interpreter that is no option.
 */
static void read_command(const char *root, int pid, struct command *command)
{
	FILE *file = open_of(root, pid, "cmdline");
	CLEANUP_FREE char *word = NULL;
	bool is_program = true, is_uuid = false;
	size_t size = 0;

	*command = (struct command){ 0 };
	for (int i = 0;
	     file && i < ARGUMENTS_MAX && getdelim(&word, &size, '\0', file) >= 0; i++) {
		if (is_uuid)
			snprintf(command->uuid, sizeof(command->uuid), "%s", word);
		is_uuid = strcmp(word, "-uuid") == 0;
		if (is_program && word[0] != '-') {
			is_program = i == 0 && is_interpreter(base_name(word));
			command->rival = find_rival(base_name(word));
		}
	}
	if (file)
		fclose(file);
}

/* Seconds since the start of the machine. */
static bool read_uptime(const char *root, uint64_t *ret_s)
{
	char path[PATH_MAX];
	FILE *file;
	bool is_read;

	snprintf(path, sizeof(path), "%s/proc/uptime", root);
	file = fopen(path, "re");
	if (!file)
		return false;
	is_read = fscanf(file, "%" SCNu64, ret_s) == 1;
	fclose(file);
	return is_read;
}

/* The start is the 19th field behind the state. */
#define SKIP_6 " %*s %*s %*s %*s %*s %*s"

/* The state and the age of @pid. The name before them may hold anything. */
static void read_stat(const char *root, int pid, struct domain_facts *facts)
{
	FILE *file = open_of(root, pid, "stat");
	CLEANUP_FREE char *text = NULL;
	size_t size = 0;
	uint64_t started, uptime_s;
	const char *behind;
	ssize_t length;

	if (!file)
		return;
	length = getdelim(&text, &size, '\0', file);
	fclose(file);
	behind = length > 0 ? strrchr(text, ')') : NULL;
	if (!behind || sscanf(behind, ") %c" SKIP_6 SKIP_6 SKIP_6 " %" SCNu64,
			      &facts->process_state, &started) != 2)
		return;
	facts->has_age = read_uptime(root, &uptime_s);
	if (facts->has_age)
		facts->age_s =
			sat_sub(uptime_s, started / (uint64_t)sysconf(_SC_CLK_TCK));
}

static int note_qemu(const char *root, int pid, struct domain_facts *facts)
{
	int r;

	facts->pid = pid;
	read_stat(root, pid, facts);
	r = cgroup_limit_find(root, pid, &facts->own_limit, &facts->shared_limit);
	facts->has_cgroup = r == 0;
	return r == -ENOENT ? 0 : r;
}

static int note_rival(const char *root, int pid, const char *name,
		      struct host_facts *facts)
{
	facts->rival = strdup(name);
	facts->rival_unit = cgroup_unit(root, pid);
	facts->rival_pid = pid;
	return facts->rival ? 0 : -ENOMEM;
}

static int note_process(const char *root, int pid, struct host_facts *facts)
{
	struct command command;
	struct domain_facts *domain;

	read_command(root, pid, &command);
	if (command.rival && facts->rival_pid == 0)
		return note_rival(root, pid, command.rival, facts);
	domain = command.uuid[0] ? facts_find(facts, command.uuid) : NULL;
	return domain && domain->pid == 0 ? note_qemu(root, pid, domain) : 0;
}

int process_facts_read(const char *root, struct host_facts *facts)
{
	char path[PATH_MAX];
	const struct dirent *entry;
	DIR *directory;
	int r = 0;

	if (facts->coordinator_pid > 0 &&
	    cgroup_limit_find(root, facts->coordinator_pid, NULL,
			      &facts->coordinator_limit) == -ENOMEM)
		return -ENOMEM;
	snprintf(path, sizeof(path), "%s/proc", root);
	directory = opendir(path);
	if (!directory)
		return 0;
	while (r == 0 && (entry = readdir(directory)))
		if (isdigit((unsigned char)entry->d_name[0]))
			r = note_process(root, (int)strtol(entry->d_name, NULL, 10),
					 facts);
	closedir(directory);
	return r;
}
