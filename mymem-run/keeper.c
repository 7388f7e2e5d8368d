/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "keeper.h"

#ifndef MCL_ONFAULT
#define MCL_ONFAULT 4
#endif

/* Whatever happens, no more are started than one in so many milliseconds; but a
 * few at once. */
#define AGAIN 1000
#define FEW   16

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		errno = 0; /* it was worth a try */
	close(fd);
}

void keeper_harden(void)
{
	/* It takes CAP_SYS_RESOURCE. */
	put("/proc/self/oom_score_adj", "-1000");
	/* What it has used once it will use again. */
	mlockall(MCL_CURRENT | MCL_ONFAULT);
}

static bool is_needed(const struct trap *t, int fd)
{
	if (fd == t->listener || fd == t->proc || fd == t->keeper)
		return true;
	for (size_t i = 0; i < t->machine.files; i++) {
		if (t->machine.file[i].fd == fd)
			return true;
	}
	return false;
}

/* Nobody is to wait for the end of a pipe, or for a lock, because of this. */
static void close_others(struct trap *t)
{
	struct report *report = &t->machine.shown.report;
	DIR *dir;
	struct dirent *entry;
	int null = open("/dev/null", O_RDWR);

	for (int fd = 0; fd < 3; fd++) {
		if (null >= 0)
			dup2(null, fd);
		else
			close(fd);
	}
	report->ctx = mym_close(report->ctx);
	dir = opendir("/proc/self/fd");
	while (dir && (entry = readdir(dir))) {
		int fd = atoi(entry->d_name);

		if (fd > 2 && fd != dirfd(dir) && !is_needed(t, fd))
			close(fd);
	}
	if (dir)
		closedir(dir);
}

/* The one that answers is there, or nobody is left who could ask. */
static bool wait_until_gone(const struct trap *t)
{
	struct pollfd fds[] = {
		{ .fd = t->keeper, .events = POLLIN },
		{ .fd = t->listener }, /* POLLHUP is always told */
	};

	do {
		poll(fds, 2, -1);
	} while (!fds[0].revents && !(fds[1].revents & POLLHUP));
	return !(fds[1].revents & POLLHUP);
}

static void answer_until_gone(struct trap *t)
{
	struct source s[TRAP_SOURCES] = { { .fd = -1 } };

	t->sources = s;
	close(t->keeper);
	t->keeper = -1;
	keeper_start(t);
	trap_serve(t);
	while (s[0].fd >= 0)
		sources_wait(s, TRAP_SOURCES, -1);
}

static void keep(struct trap *t)
{
	/* Not what a terminal, or a name, reaches together with the other. */
	setsid();
	prctl(PR_SET_NAME, KEEPER_NAME);
	close_others(t);
	if (chdir("/") < 0)
		errno = 0; /* only a mount that stays in use */
	keeper_harden();
	if (wait_until_gone(t))
		answer_until_gone(t);
}

/* In both processes: how long nobody is to be started, in milliseconds. */
static int64_t wait_for_turn(struct held *held)
{
	const int64_t now = now_ms();

	if (held->turn > now)
		return held->turn - now;
	if (held->turn < now - FEW * AGAIN)
		held->turn = now - FEW * AGAIN;
	held->turn += AGAIN;
	return 0;
}

int keeper_start(struct trap *t)
{
	int64_t left = wait_for_turn(t->held);
	int pair[2];

	if (left > 0)
		return (int)left;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return AGAIN;
	t->pid = fork();
	if (t->pid == 0) {
		close(pair[0]);
		t->keeper = pair[1];
		keep(t);
		_exit(0);
	}
	close(pair[1]);
	if (t->pid < 0)
		close(pair[0]);
	else
		t->keeper = pair[0];
	return t->pid < 0 ? AGAIN : -1;
}

int keeper_gone(void *data, short events)
{
	struct trap *t = data;
	int again = -1;

	if (t->listener < 0 || (t->keeper >= 0 && !events))
		return -1;
	if (t->keeper >= 0)
		close(t->keeper);
	t->keeper = -1;
	again = keeper_start(t);
	t->sources[1].fd = t->keeper;
	return again;
}
