/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fail.h"
#include "stage.h"

#define WORDS 256

static struct {
	const struct situation *situation;
	int pid;
} started[SITUATIONS_MAX];
static int started_count;

static void tell(int to, const void *data, size_t size)
{
	if (write(to, data, size) != (ssize_t)size)
		fail("a situation has gone");
}

static void hear(int from, void *data, size_t size)
{
	if (read(from, data, size) != (ssize_t)size)
		fail("a situation has gone");
}

static void list(struct stage *stage)
{
	for (int i = 0; i < LISTS_MAX && stage->situation->lists[i]; i++) {
		const struct row *row = stage->situation->lists[i];

		for (; row->name; row++) {
			if (stage->count == ROWS_MAX)
				fail("too many rows");
			stage->rows[stage->count++] = row;
		}
	}
}

static _Noreturn void serve(const struct stage *stage, int socket)
{
	const struct situation *situation = stage->situation;
	const char *missing =
		situation->enter ? situation->enter(situation) : NULL;
	char words[WORDS] = "";
	int row;

	if (missing)
		snprintf(words, sizeof(words), "%s", missing);
	tell(socket, words, sizeof(words));
	for (int i = 0; i < stage->count && !missing; i++) {
		struct size size;

		batch_size(stage->rows[i], &size);
		tell(socket, &size, sizeof(size));
	}
	while (read(socket, &row, sizeof(row)) == (ssize_t)sizeof(row)) {
		long calls;
		double ns;

		hear(socket, &calls, sizeof(calls));
		ns = batch_run(stage->rows[row], calls);
		tell(socket, &ns, sizeof(ns));
	}
	_exit(0);
}

void stage_open(struct stage *stage, const struct situation *situation)
{
	char words[WORDS];
	int ends[2];

	*stage = (struct stage){ .situation = situation };
	list(stage);
	if (started_count == SITUATIONS_MAX)
		fail("too many situations");
	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends),
	     "socketpair");
	fflush(NULL);
	stage->pid = fork();
	must(stage->pid, "fork");
	if (stage->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ends[0]);
		serve(stage, ends[1]);
	}
	close(ends[1]);
	stage->socket = ends[0];
	started[started_count].situation = situation;
	started[started_count++].pid = stage->pid;
	hear(stage->socket, words, sizeof(words));
	if (words[0]) {
		stage->missing = strdup(words);
		return;
	}
	for (int i = 0; i < stage->count; i++)
		hear(stage->socket, &stage->sizes[i], sizeof(stage->sizes[i]));
}

double stage_batch(const struct stage *stage, int row)
{
	const struct size *size = &stage->sizes[row];
	double ns;

	tell(stage->socket, &row, sizeof(row));
	tell(stage->socket, &size->calls, sizeof(size->calls));
	hear(stage->socket, &ns, sizeof(ns));
	return ns;
}

int stage_process(const struct situation *situation)
{
	for (int i = 0; i < started_count; i++) {
		if (started[i].situation == situation)
			return started[i].pid;
	}
	return 0;
}
