/* SPDX-License-Identifier: MIT */
/* A watch in a group that is nearly empty. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mymem.h>

#include "clock.h"
#include "fail.h"
#include "idle.h"
#include "kill.h"
#include "nest.h"

#define LIMIT (64 * MIB)
#define TRIGGER "some 200000 2000000"

static struct mym_event event;

static struct mym_watch *open_watch(int64_t interval)
{
	const struct mym_watch_options options = {
		.flags = MYM_WATCH_NO_MANAGER,
		.interval_min = interval,
		.interval_max = interval,
	};
	struct mym_watch *watch;

	must(mym_watch_open(&watch, &options, sizeof(options)),
	     "mym_watch_open");
	return watch;
}

static int next(struct mym_watch **watch, int64_t interval)
{
	if (!*watch)
		*watch = open_watch(interval);
	return mym_watch_next(*watch, &event, sizeof(event));
}

/* The timer has always expired.  All batches together must be less than what a
 * watch may use at once, 50 ms. */
static struct mym_watch *busy, *never;

BATCH(run_look, next(&busy, 1))
BATCH(run_nothing, next(&never, INT64_MAX))

/* With the defaults, as soon as there is something to look for.  This does not
 * sleep until then, so waking up does not count. */
static double look_when_called(const struct row *row, bool written)
{
	static struct mym_watch *watch;
	static int64_t less;
	struct pollfd one = { .events = POLLIN };
	int64_t begin;

	(void)row;
	if (!watch)
		watch = open_watch(0);
	one.fd = mym_watch_fd(watch);
	while (next(&watch, 0) > 0)
		;
	if (written)
		nest_limit(LIMIT - (less ^= MIB));
	while (poll(&one, 1, 0) == 0)
		;
	begin = clock_now();
	mym_watch_next(watch, &event, sizeof(event));
	return (double)(clock_now() - begin);
}

static double look_idle(const struct row *row, long calls)
{
	(void)calls;
	return look_when_called(row, false);
}

static double look_written(const struct row *row, long calls)
{
	(void)calls;
	return look_when_called(row, true);
}

static int usage = -1, timer = -1;

static bool have_usage(const struct row *row)
{
	(void)row;
	if (usage < 0) {
		usage = nest_usage();
		timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	}
	return usage >= 0;
}

/* Under the same conditions. */
static double floor_when_called(const struct row *row, long calls)
{
	struct pollfd one = { .fd = timer, .events = POLLIN };
	int64_t begin;

	(void)row;
	(void)calls;
	idle_floor(usage, timer);
	while (poll(&one, 1, 0) == 0)
		;
	begin = clock_now();
	idle_floor(usage, timer);
	return (double)(clock_now() - begin);
}

static double time_open(const struct row *row, long calls)
{
	struct mym_watch *watch;
	int64_t begin = clock_now();

	(void)row;
	(void)calls;
	watch = open_watch(0);
	begin = clock_now() - begin;
	mym_watch_close(watch);
	return (double)begin;
}

static double time_close(const struct row *row, long calls)
{
	struct mym_watch *watch = open_watch(0);
	int64_t begin = clock_now();

	(void)row;
	(void)calls;
	mym_watch_close(watch);
	return (double)(clock_now() - begin);
}

static int open_trigger(void)
{
	int fd = open("/proc/pressure/memory", O_RDWR | O_CLOEXEC);

	if (fd >= 0 && write(fd, TRIGGER, sizeof(TRIGGER)) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool have_trigger(const struct row *row)
{
	int fd = open_trigger();

	(void)row;
	close(fd);
	return fd >= 0;
}

static double time_trigger(const struct row *row, long calls)
{
	int fd = open_trigger();
	int64_t begin = clock_now();

	(void)row;
	(void)calls;
	close(fd);
	return (double)(clock_now() - begin);
}

/* From the word to exit until it has: number: with how many watches. */
static double time_exit(const struct row *row, long calls)
{
	int ends[2], pid, status;
	int64_t begin;
	char word;

	(void)calls;
	must(pipe2(ends, O_CLOEXEC), "pipe");
	pid = fork();
	must(pid, "fork");
	if (pid == 0) {
		if (row->number)
			open_watch(0);
		must((int)write(ends[1], "", 1), "pipe");
		close(ends[1]);
		raise(SIGSTOP);
		_exit(0);
	}
	must((int)read(ends[0], &word, 1), "pipe");
	must(waitpid(pid, &status, WUNTRACED), "a child");
	begin = clock_now();
	kill_one(pid, SIGCONT);
	must(waitpid(pid, &status, 0), "a child");
	begin = clock_now() - begin;
	close(ends[0]);
	close(ends[1]);
	return (double)begin;
}

#define ONE(words, how, ...) \
	ROW(NULL, words, .measure = how, .single = true, __VA_ARGS__)

const struct row look_rows[] = {
	ONE("mym_watch_next, an idle look", look_idle),
	{ 0 }
};

const struct row watch_rows[] = {
	ONE("floor: pread of usage, timerfd_settime", floor_when_called,
	    .have = have_usage),
	ONE("mym_watch_next, the limit was written", look_written,
	    .have = have_usage),
	ROW(NULL, "mym_watch_next, a look", .run = run_look),
	ROW(NULL, "mym_watch_next, too early", .run = run_nothing),
	ONE("mym_watch_open", time_open),
	ONE("floor: close of one PSI trigger", time_trigger,
	    .have = have_trigger),
	ONE("mym_watch_close", time_close),
	ONE("floor: exit", time_exit),
	ONE("exit with one watch open", time_exit, .number = 1),
	{ 0 }
};

const char *watch_enter(const struct situation *situation)
{
	const char *wrong = nest_make(situation->name, 1, LIMIT);

	if (!wrong)
		wrong = nest_join();
	if (wrong)
		fprintf(stderr, "bench: in the present group: %s\n", wrong);
	else
		idle_begin();
	return NULL;
}
