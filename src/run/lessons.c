/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "core/suitability.h"
#include "run/lessons.h"
#include "run/lock.h"
#include "system/cleanup.h"
#include "system/monotonic.h"

#define PATIENCE_MS 500

#define ANSWERS_MAX 32

static char *format(const struct cycle *cycle, size_t *ret_size)
{
	char *text = NULL;
	FILE *stream = open_memstream(&text, ret_size);

	if (!stream)
		return NULL;
	for (size_t i = 0; i < cycle->history.n_records; i++) {
		const struct record *record = &cycle->history.records[i];
		enum reason lesson = suitability_lesson(record);

		if (lesson != REASON_NONE)
			fprintf(stream, "%s %d %s\n", record->uuid, record->id,
				reason_word(lesson));
	}
	if (fclose(stream) == 0)
		return text;
	free(text);
	return NULL;
}

void lessons_tell(int lock_fd, const struct cycle *cycle)
{
	size_t size = 0;
	CLEANUP_FREE char *text = format(cycle, &size);
	int client;

	/* Not all who ask without an end: the loop has other things to do in between. */
	for (int i = 0; i < ANSWERS_MAX; i++) {
		client = accept4(lock_fd, NULL, NULL, SOCK_CLOEXEC);
		if (client < 0)
			break;
		/* Whoever does not take it at once does without; a part is of use, too.
		 */
		if (text && send(client, text, size, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
			shutdown(client, SHUT_RDWR);
		close(client);
	}
}

/* Note one line without its end; nonsense is nothing. */
static void note(struct cycle *cycle, const char *line)
{
	char uuid[DOMAIN_UUID_SIZE], word[32];
	struct record *record;
	int id;

	if (sscanf(line, "%36s %d %31s", uuid, &id, word) != 3) /* NOLINT(cert-err34-c) */
		return;
	record = history_find(&cycle->history, uuid);
	if (record && record->id == id)
		record->told = reason_find(word);
}

/* Wait for more of the answer. Returns its length; 0: that was all. */
static size_t receive(int fd, int64_t until_ms, char *buffer, size_t size)
{
	int64_t left_ms = until_ms - monotonic_now_ms();
	struct pollfd waiting = { .fd = fd, .events = POLLIN };
	ssize_t n;

	if (left_ms <= 0 || poll(&waiting, 1, (int)left_ms) <= 0)
		return 0;
	n = recv(fd, buffer, size, 0);
	return n > 0 ? (size_t)n : 0;
}

/* Note the whole lines of @text and move what follows them to its beginning. */
static size_t note_lines(struct cycle *cycle, char *text)
{
	char *line = text, *end;

	while ((end = strchr(line, '\n'))) {
		*end = '\0';
		note(cycle, line);
		line = end + 1;
	}
	memmove(text, line, strlen(line) + 1);
	return strlen(text);
}

void lessons_ask(struct cycle *cycle)
{
	CLEANUP_CLOSE int fd = lock_connect(cycle->hypervisor->uri);
	int64_t until_ms = monotonic_now_ms() + PATIENCE_MS;
	char text[4096];
	size_t used = 0, n;

	for (size_t i = 0; i < cycle->history.n_records; i++)
		cycle->history.records[i].told = REASON_NONE;
	while (fd >= 0 && used < sizeof(text) - 1 &&
	       (n = receive(fd, until_ms, text + used, sizeof(text) - 1 - used)) > 0) {
		text[used + n] = '\0';
		used = note_lines(cycle, text);
	}
}
