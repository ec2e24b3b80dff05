/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "system/worker.h"

#define STACK_BYTES ((size_t)1024 * 1024)

struct worker {
	pthread_t thread;
	void *data;
	void (*destroy)(void *data);
	int done_fd;
	pthread_mutex_t mutex;
	pthread_cond_t cond; /* something has changed for the thread */
	/* Under the mutex: */
	struct job *job;
	bool is_done;  /* the job is back */
	bool is_ended; /* no more jobs */
	bool is_left;  /* nobody will join the thread */
	bool is_gone;  /* all is done but the thread's own end */
};

static atomic_uint n_left;

static void free_worker(struct worker *worker)
{
	close(worker->done_fd);
	pthread_cond_destroy(&worker->cond);
	pthread_mutex_destroy(&worker->mutex);
	free(worker);
}

static void tell_done(const struct worker *worker)
{
	uint64_t one = 1;

	/* Never full, nor interrupted: signals are blocked or end the process. */
	(void)!write(worker->done_fd, &one, sizeof(one));
}

/* Do jobs until the end. Returns with the mutex held. */
static void work(struct worker *worker)
{
	pthread_mutex_lock(&worker->mutex);
	while (!worker->is_ended) {
		if (!worker->job || worker->is_done) {
			pthread_cond_wait(&worker->cond, &worker->mutex);
			continue;
		}
		pthread_mutex_unlock(&worker->mutex);
		worker->job->run(worker->job, worker->data);
		pthread_mutex_lock(&worker->mutex);
		worker->is_done = true;
		tell_done(worker);
	}
}

static void *run_thread(void *argument)
{
	struct worker *worker = argument;

	work(worker);
	pthread_mutex_unlock(&worker->mutex);
	if (worker->job)
		worker->job->free(worker->job);
	worker->destroy(worker->data);

	pthread_mutex_lock(&worker->mutex);
	worker->is_gone = true;
	bool is_left = worker->is_left;

	pthread_cond_broadcast(&worker->cond);
	pthread_mutex_unlock(&worker->mutex);
	if (is_left) {
		free_worker(worker);
		atomic_fetch_sub(&n_left, 1);
	}
	return NULL;
}

static int start_thread(struct worker *worker)
{
	pthread_attr_t attributes;
	sigset_t all, old;
	int r = pthread_attr_init(&attributes);

	if (r != 0)
		return -r;
	/* libvirt needs some 100 KiB; the default of 8 MiB would be locked into memory.
	 */
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	/* Signals are for the main thread, whatever it does with them later. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&worker->thread, &attributes, run_thread, worker);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attributes);
	return -r;
}

int worker_start(void *data, void (*destroy)(void *data), struct worker **ret_worker)
{
	struct worker *worker = calloc(1, sizeof(*worker));
	int r;

	if (!worker)
		return -ENOMEM;
	worker->data = data;
	worker->destroy = destroy;
	pthread_mutex_init(&worker->mutex, NULL);
	pthread_cond_init(&worker->cond, NULL);
	worker->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	r = worker->done_fd < 0 ? -errno : start_thread(worker);
	if (r < 0) {
		free_worker(worker);
		return r;
	}
	*ret_worker = worker;
	return 0;
}

void worker_give(struct worker *worker, struct job *job)
{
	pthread_mutex_lock(&worker->mutex);
	worker->job = job;
	worker->is_done = false;
	pthread_cond_signal(&worker->cond);
	pthread_mutex_unlock(&worker->mutex);
}

int worker_fd(const struct worker *worker)
{
	return worker->done_fd;
}

struct job *worker_take(struct worker *worker)
{
	struct job *job = NULL;
	uint64_t count;

	pthread_mutex_lock(&worker->mutex);
	if (worker->is_done) {
		job = worker->job;
		worker->job = NULL;
		(void)!read(worker->done_fd, &count, sizeof(count));
	}
	pthread_mutex_unlock(&worker->mutex);
	return job;
}

/* Wait for the end of an idle thread. Returns whether it came. */
static bool await_end(struct worker *worker, unsigned patience_ms)
{
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += patience_ms / 1000;
	end.tv_nsec += (long)(patience_ms % 1000) * 1000000;
	if (end.tv_nsec >= 1000000000) {
		end.tv_nsec -= 1000000000;
		end.tv_sec++;
	}
	while (!worker->is_gone && pthread_cond_clockwait(&worker->cond, &worker->mutex,
							  CLOCK_MONOTONIC, &end) == 0)
		;
	return worker->is_gone;
}

void worker_end(struct worker *worker, unsigned patience_ms)
{
	if (!worker)
		return;
	pthread_mutex_lock(&worker->mutex);
	worker->is_ended = true;
	pthread_cond_signal(&worker->cond);

	bool is_busy = worker->job && !worker->is_done;
	pthread_t thread = worker->thread;

	if (is_busy || !await_end(worker, patience_ms)) {
		worker->is_left = true;
		atomic_fetch_add(&n_left, 1);
		pthread_detach(thread);
		pthread_mutex_unlock(&worker->mutex); /* and it is the thread's alone */
		return;
	}
	pthread_mutex_unlock(&worker->mutex);
	pthread_join(thread, NULL);
	free_worker(worker);
}

unsigned worker_n_left(void)
{
	return atomic_load(&n_left);
}
