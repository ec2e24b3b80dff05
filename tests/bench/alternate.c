/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alternate ROUNDS COMMAND-A... -- COMMAND-B... : run two commands by turns, so that both
 * meet the same machine; what they print is dropped. Prints the median milliseconds of A
 * and of B, then the median CPU time of A and of B.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

struct runner {
	char **command;
	double *wall_ms, *cpu_ms; /* a figure per round */
};

static double to_ms(struct timeval time)
{
	return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3;
}

static void execute(char **command)
{
	int fd = open("/dev/null", O_WRONLY);

	setsid(); /* on a terminal virsh would start an agent of polkit each time */
	if (fd >= 0 && dup2(fd, STDOUT_FILENO) >= 0)
		execvp(command[0], command);
	perror(command[0]);
	_exit(127);
}

static void run_once(const struct runner *runner, size_t round)
{
	double begun_ms = now_ms();
	pid_t pid = fork();
	struct rusage usage;
	int status = 0;

	if (pid == 0)
		execute(runner->command);
	if (pid < 0 || wait4(pid, &status, 0, &usage) < 0 || status != 0) {
		fprintf(stderr, "alternate: %s failed\n", runner->command[0]);
		exit(1);
	}
	runner->wall_ms[round] = now_ms() - begun_ms;
	runner->cpu_ms[round] = to_ms(usage.ru_utime) + to_ms(usage.ru_stime);
}

static struct runner make_runner(char **command, size_t n_rounds)
{
	return (struct runner){
		.command = command,
		.wall_ms = calloc(n_rounds, sizeof(double)),
		.cpu_ms = calloc(n_rounds, sizeof(double)),
	};
}

int main(int argc, char **argv)
{
	int end = 2;

	while (end < argc && strcmp(argv[end], "--") != 0)
		end++;
	size_t n = end > 2 && end + 1 < argc ? strtoul(argv[1], NULL, 10) : 0;

	if (n == 0) {
		fputs("Usage: alternate ROUNDS COMMAND... -- COMMAND...\n", stderr);
		return 64;
	}
	argv[end] = NULL;

	struct runner a = make_runner(argv + 2, n), b = make_runner(argv + end + 1, n);

	for (size_t i = 0; i < n; i++) {
		run_once(&a, i);
		run_once(&b, i);
	}
	printf("%.4f %.4f %.4f %.4f\n", median(a.wall_ms, n), median(b.wall_ms, n),
	       median(a.cpu_ms, n), median(b.cpu_ms, n));
	return 0;
}
