/* SPDX-License-Identifier: MIT */
/*
 * Programs that wait, beside all that is measured: one for a watch, and one that
 * does the least a look can be.  Each sleeps until its timer wakes it up, so its
 * caches are as cold as those of a real program; its processor time is that of
 * the whole wake-up, with poll(2).
 */
#include <poll.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <mymem.h>

#include "child.h"
#include "clock.h"
#include "cpu.h"
#include "fail.h"
#include "idle.h"
#include "nest.h"

/* How often a watch looks in an empty group of 64 MiB: a program that takes
 * 400 MiB a second needs so long to fill it. */
#define PERIOD (160 * MS)
/* One sample is of as many wake-ups, or of all since the last sample. */
#define WAKES 8

enum { FLOOR, WATCH, PROGRAMS };

static struct {
	long *wakes;
	clockid_t clock;
	/* At the last sample. */
	long seen;
	int64_t spent;
	int64_t time;
} programs[PROGRAMS];

static void wait_for(int fd)
{
	struct pollfd one = { .fd = fd, .events = POLLIN };

	poll(&one, 1, -1);
}

void idle_floor(int usage, int timer)
{
	const struct itimerspec next = { .it_value.tv_nsec = PERIOD };
	char text[64];

	must((int)pread(usage, text, sizeof(text), 0), "usage");
	must(timerfd_settime(timer, 0, &next, NULL), "timerfd_settime");
}

static void wait_floor(void *wakes)
{
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	int usage = nest_usage();

	for (;;) {
		idle_floor(usage, timer);
		__atomic_add_fetch((long *)wakes, 1, __ATOMIC_SEQ_CST);
		wait_for(timer);
	}
}

static void wait_watch(void *wakes)
{
	struct mym_event event;
	struct mym_watch *watch;

	must(mym_watch_open(&watch, NULL, 0), "mym_watch_open");
	for (;;) {
		wait_for(mym_watch_fd(watch));
		while (mym_watch_next(watch, &event, sizeof(event)) > 0)
			;
		__atomic_add_fetch((long *)wakes, 1, __ATOMIC_SEQ_CST);
	}
}

void idle_begin(void)
{
	static void (*const wait[])(void *wakes) = {
		[FLOOR] = wait_floor,
		[WATCH] = wait_watch,
	};
	long *wakes = mmap(NULL, PROGRAMS * sizeof(*wakes), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	must(wakes == MAP_FAILED ? -1 : 0, "memory");
	for (int i = 0; i < PROGRAMS; i++) {
		programs[i].wakes = &wakes[i];
		programs[i].clock =
			cpu_clock(child_start(NULL, wait[i], &wakes[i]));
	}
}

/* What was spent since the last sample, and in how much time. */
static void sample(int which, int64_t *spent, long *wakes, int64_t *time)
{
	long now;

	while ((now = __atomic_load_n(programs[which].wakes, __ATOMIC_SEQ_CST)) <
	       programs[which].seen + WAKES)
		usleep(10000);
	*wakes = now - programs[which].seen;
	programs[which].seen = now;
	*spent = -programs[which].spent;
	programs[which].spent = clock_ns(programs[which].clock);
	*spent += programs[which].spent;
	*time = -programs[which].time;
	programs[which].time = clock_now();
	*time += programs[which].time;
}

static double each(const struct row *row, long calls)
{
	int64_t spent, time;
	long wakes;

	(void)calls;
	sample(row->number, &spent, &wakes, &time);
	return (double)spent / (double)wakes;
}

static double thousand(const struct row *row, long calls)
{
	int64_t spent, time;
	long wakes;

	(void)calls;
	sample(row->number, &spent, &wakes, &time);
	return (double)spent / (double)time * 1000;
}

static bool have(const struct row *row)
{
	return programs[row->number].wakes;
}

#define IDLE(words, how, which, ...) \
	ROW("idle", words, .measure = how, .single = true, .have = have, \
	    .number = (which), __VA_ARGS__)

const struct row idle_rows[] = {
	IDLE("floor: poll, usage, timerfd_settime; each wake-up", each, FLOOR),
	IDLE("mym_watch_next; each wake-up", each, WATCH),
	IDLE("floor, a thousand of them", thousand, FLOOR, .unit = "CPUs"),
	IDLE("mym_watch_next, a thousand watches", thousand, WATCH,
	     .unit = "CPUs"),
	{ 0 }
};
