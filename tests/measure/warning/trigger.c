/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "fail.h"
#include "page.h"
#include "trigger.h"

#define MACHINE "/proc/pressure/memory"
#define TRIGGERS 5
/* Longer than their windows. */
#define SETTLE 2500 /* ms */

/* Without CAP_SYS_RESOURCE a window is a multiple of 2 s (psi_trigger_create()
 * in kernel/sched/psi.c); then the share of it is the same. */
static const struct {
	enum policy policy;
	const char *text, *unprivileged;
} triggers[TRIGGERS] = {
	{ POLICY_PLAIN, "some 150000 1000000", "some 300000 2000000" },
	{ POLICY_GLIB, "some 70000 2000000", NULL },
	{ POLICY_GLIB, "some 100000 2000000", NULL },
	{ POLICY_GLIB, "full 100000 2000000", NULL },
	{ POLICY_SYSTEMD, "some 200000 2000000", NULL },
};

/* Of the machine, for all runs; of a group, for one. */
static int machine_fds[TRIGGERS], group_fds[TRIGGERS];
static int *fds = machine_fds;
static int64_t times[POLICIES];

static int arm(const char *path, const char *text)
{
	int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 || !text)
		return fd;
	if (write(fd, text, strlen(text) + 1) > 0)
		return fd;
	close(fd);
	return -1;
}

static void arm_all(const char *path, int *all)
{
	for (size_t i = 0; i < TRIGGERS; i++) {
		all[i] = arm(path, triggers[i].text);
		if (all[i] < 0 && triggers[i].unprivileged)
			all[i] = arm(path, triggers[i].unprivileged);
	}
}

void trigger_begin(void)
{
	arm_all(MACHINE, machine_fds);
	if (access(MACHINE, W_OK) == 0)
		usleep(SETTLE * 1000);
}

void trigger_arm(const char *path, bool machine)
{
	fds = machine ? machine_fds : group_fds;
	if (!machine)
		arm_all(path, fds);
}

/* The place behind the triggers is that of `until`. */
static int look(int until, int ms)
{
	struct pollfd set[TRIGGERS + 1];
	int64_t now;

	for (size_t i = 0; i < TRIGGERS; i++)
		set[i] = (struct pollfd){ .fd = fds[i], .events = POLLPRI };
	set[TRIGGERS] = (struct pollfd){ .fd = until, .events = POLLIN };
	/* Told to stop: a run goes on to its end. */
	if (poll(set, TRIGGERS + 1, ms) < 0 && errno == EINTR)
		return 0;
	now = clock_now();
	for (size_t i = 0; i < TRIGGERS; i++) {
		if ((set[i].revents & POLLPRI) && !times[triggers[i].policy])
			times[triggers[i].policy] = now;
	}
	return set[TRIGGERS].revents;
}

void trigger_forget(void)
{
	look(-1, 0);
	for (size_t i = 0; i < POLICIES; i++)
		times[i] = 0;
}

bool trigger_wait(int until, int ms)
{
	return look(until, ms) != 0;
}

int64_t trigger_time(enum policy policy)
{
	for (size_t i = 0; i < TRIGGERS; i++) {
		if (triggers[i].policy == policy && fds[i] >= 0)
			return times[policy];
	}
	return -1;
}
