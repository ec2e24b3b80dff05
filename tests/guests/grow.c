/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * grow: take memory at a steady rate, hold it, give it back.
 *
 * A load that a balloon can be expected to follow: unlike stress it says how fast it
 * grows, and it knows no burst. Runs inside the test guests, linked statically.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)
#define CHUNK MIB

struct load {
	uint64_t rate_mib_s; /* 0: as fast as it goes */
	uint64_t limit_mib;  /* 0: without bound */
	uint64_t hold_s;
	bool hold_forever;
	bool random; /* fill pages with what no compressor can shrink */
	bool verbose;
	uint64_t watch_kib; /* 0: not */
};

/* One link at the start of every chunk: the list needs no memory of its own. */
struct chunk {
	struct chunk *next;
};

static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void sleep_ms(uint64_t ms)
{
	struct timespec t = { .tv_sec = (time_t)(ms / 1000),
			      .tv_nsec = (long)(ms % 1000) * 1000000 };

	nanosleep(&t, NULL);
}

static void fill_random(uint64_t *word, size_t n)
{
	static uint64_t x = 88172645463325252U;

	for (size_t i = 0; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		word[i] = x;
	}
}

static struct chunk *take_chunk(struct chunk *head, bool random)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *at = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (at == MAP_FAILED)
		return NULL;
	for (size_t off = 0; off < CHUNK; off += page) {
		at[off] = 1;
		if (random)
			fill_random((uint64_t *)(at + off), page / sizeof(uint64_t));
	}
	((struct chunk *)at)->next = head;
	return (struct chunk *)at;
}

static void give_back(struct chunk *head)
{
	while (head) {
		struct chunk *next = head->next;

		munmap(head, CHUNK);
		head = next;
	}
}

static void tell(uint64_t mib, uint64_t *told_ms)
{
	if (now_ms() - *told_ms < 1000)
		return;
	*told_ms = now_ms();
	printf("%llu MiB\n", (unsigned long long)mib);
	fflush(stdout);
}

/* The number in @path after @name, or, if there are many such lines, the sum. */
static uint64_t read_sum(const char *path, const char *name)
{
	char line[256];
	uint64_t sum = 0;
	FILE *file = fopen(path, "re");

	while (file && fgets(line, sizeof(line), file))
		if (strstr(line, name))
			sum += strtoull(strchr(line, ':') + 1, NULL, 10);
	if (file)
		fclose(file);
	return sum;
}

/* The balloon asks for figures and tells of a new size by interrupt; there is no other
 * virtio device in a test guest. */
static uint64_t count_interrupts(void)
{
	return read_sum("/proc/interrupts", "virtio");
}

/* From little memory to more of it. */
struct relief {
	uint64_t short_ms; /* 0: not yet */
	uint64_t interrupts, total_kib;
};

static void look_for_shortage(struct relief *relief, uint64_t watch_kib)
{
	if (relief->short_ms || read_sum("/proc/meminfo", "MemAvailable:") >= watch_kib)
		return;
	relief->interrupts = count_interrupts();
	relief->total_kib = read_sum("/proc/meminfo", "MemTotal:");
	relief->short_ms = now_ms();
}

/* Tell how long it took until figures were asked for, and until there was more memory. */
static void await_relief(const struct relief *relief)
{
	uint64_t asked_ms = 0;

	while (!stopped &&
	       read_sum("/proc/meminfo", "MemTotal:") < relief->total_kib + 16 * 1024) {
		if (!asked_ms && count_interrupts() > relief->interrupts)
			asked_ms = now_ms();
		sleep_ms(2);
	}
	if (stopped)
		return;
	if (!asked_ms)
		asked_ms = now_ms();
	printf("%llu %llu\n", (unsigned long long)(asked_ms - relief->short_ms),
	       (unsigned long long)(now_ms() - relief->short_ms));
	fflush(stdout);
}

static int run(const struct load *load)
{
	struct relief relief = { 0 };
	uint64_t start_ms = now_ms(), told_ms = 0, size_mib = 0, end_ms;
	struct chunk *head = NULL;

	while (!stopped && (load->limit_mib == 0 || size_mib < load->limit_mib)) {
		struct chunk *more = take_chunk(head, load->random);

		if (!more) {
			perror("grow");
			give_back(head);
			return EXIT_FAILURE;
		}
		head = more;
		size_mib++;
		if (load->verbose)
			tell(size_mib, &told_ms);
		if (load->watch_kib)
			look_for_shortage(&relief, load->watch_kib);
		/* Paced against the start, so that a slow spell is caught up with. */
		while (load->rate_mib_s && !stopped) {
			uint64_t due_ms = start_ms + size_mib * 1000 / load->rate_mib_s;
			uint64_t now = now_ms();

			if (now >= due_ms)
				break;
			sleep_ms(due_ms - now);
		}
	}
	if (relief.short_ms)
		await_relief(&relief);
	end_ms = now_ms() + load->hold_s * 1000;
	while (!stopped && (load->hold_forever || now_ms() < end_ms)) {
		if (load->verbose)
			tell(size_mib, &told_ms);
		sleep_ms(load->hold_forever || end_ms - now_ms() > 200 ? 200 : 10);
	}
	give_back(head);
	return EXIT_SUCCESS;
}

static uint64_t number(const char *text)
{
	char *end;
	unsigned long long n;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno || end == text || *end || *text == '-') {
		fprintf(stderr, "grow: '%s' is not a number\n", text);
		exit(2);
	}
	return n;
}

int main(int argc, char **argv)
{
	static const char usage[] =
		"usage: grow [-rv] [-w KIB] RATE_MIB_S LIMIT_MIB [HOLD_S]\n"
		"  -r  fill the pages with random data, which zram cannot compress\n"
		"  -v  print the size every second\n"
		"  -w  from when less than KIB is available, print after how many ms "
		"the\n"
		"      balloon asks for figures, and after how many it has given 16 MiB\n"
		"RATE 0: as fast as possible. LIMIT 0: without bound. No HOLD: until "
		"killed.\n";
	struct load load = { 0 };
	int opt;

	while ((opt = getopt(argc, argv, "rvw:")) != -1) {
		if (opt == 'r')
			load.random = true;
		else if (opt == 'v')
			load.verbose = true;
		else if (opt == 'w')
			load.watch_kib = number(optarg);
		else
			return fputs(usage, stderr), 2;
	}
	argc -= optind;
	argv += optind;
	if (argc < 2 || argc > 3)
		return fputs(usage, stderr), 2;
	load.rate_mib_s = number(argv[0]);
	load.limit_mib = number(argv[1]);
	load.hold_forever = argc == 2;
	load.hold_s = argc == 3 ? number(argv[2]) : 0;

	/* With huge pages one touch would take 2 MiB at a time. */
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	signal(SIGTERM, stop);
	signal(SIGINT, stop);
	return run(&load);
}
