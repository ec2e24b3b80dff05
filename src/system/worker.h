/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A thread for calls that may block for ever, and that can be left behind.
 *
 * A libvirt call that waits for a stopped QEMU cannot be cancelled. So it is made by a
 * thread that has all it needs to itself; whoever gave the job waits as long as seems
 * right, and otherwise goes on with another thread.
 *
 * All functions are for one and the same thread, that of whoever gives the jobs.
 */
#pragma once

#include <stdbool.h>

struct worker;

/* To be embedded in what a job needs and yields; on the heap. */
struct job {
	/* Called on the worker's thread with the data of worker_start(). */
	void (*run)(struct job *job, void *data);
	void (*free)(struct job *job);
};

/*
 * Start a thread that owns @data: @destroy(@data) is called on it at the end. All
 * signals are blocked there. Returns 0; or a negative errno, @data then still the
 * caller's.
 */
int worker_start(void *data, void (*destroy)(void *data), struct worker **ret_worker);

/* Hand over @job; the one before must be back. Returns at once. */
void worker_give(struct worker *worker, struct job *job);

/* Readable as long as a job is back and not taken. Owned by the worker. */
int worker_fd(const struct worker *worker);

/* Take back the job if it has been done; else NULL, as it is when there is none. */
struct job *worker_take(struct worker *worker);

/*
 * End the thread. One that is idle is waited for, at most @patience_ms; one that is still
 * busy with a job is left alone: it frees the job and ends when that is done, if ever.
 * NULL is fine.
 */
void worker_end(struct worker *worker, unsigned patience_ms);

/* How many were left alone and have not ended yet. */
unsigned worker_n_left(void);
