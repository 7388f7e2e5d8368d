/* SPDX-License-Identifier: MIT */
/*
 * Clocks that jump: a process that enters another time namespace, where
 * CLOCK_MONOTONIC is ahead or behind (time_namespaces(7)), and one that is stopped.
 * What it had asked before must not be taken for young.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel-file.h"
#include "kill.h"
#include "watching.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80 /* musl 1.2.3 and glibc 2.34 */
#endif

#define FIRST (64 * MIB)
#define SECOND (96 * MIB)
#define THIRD (48 * MIB)
/* Of the machine's, the clock of a namespace cannot be before its start. */
#define AHEAD (24 * 3600)
#define BEHIND 2

static const struct row {
	const char *name;
	bool ahead;
	int64_t age; /* < 0: none is set */
} rows[] = {
	{ "ahead", true, -1 },
	{ "ahead, fresh each time", true, 0 },
	{ "behind", false, -1 },
	{ "behind, fresh each time", false, 0 },
};
#define ROWS ((int)(sizeof(rows) / sizeof(rows[0])))

struct clocks {
	const struct row *row;
	const char *group, *other;
};

/* Only a process of one thread can. */
static void enter(const struct row *row)
{
	const char *name = "/proc/self/ns/time_for_children";
	int64_t before = clock_now();
	int64_t offset = row->ahead ? AHEAD : -(before / S / BEHIND);
	char text[128];
	int fd;

	must(unshare(CLONE_NEWTIME), "unshare");
	snprintf(text, sizeof(text), "monotonic %lld 0\nboottime %lld 0\n",
		 (long long)offset, (long long)offset);
	must_do(kernel_write("/proc/self/timens_offsets", text), "offsets");
	fd = open(name, O_RDONLY | O_CLOEXEC);
	must(fd, name);
	must(setns(fd, CLONE_NEWTIME), "setns");
	close(fd);
	if (row->ahead)
		ck_assert_int_ge(clock_now(), before + offset * S);
	else
		ck_assert_int_lt(clock_now(), before);
}

/* The age of answers is told by the coarse clock, which is behind where ticks come
 * late, as they do in a busy emulator. */
static void wait_until(int64_t end)
{
	while (clock_ns(CLOCK_MONOTONIC_COARSE) < end)
		usleep(MS / US);
}

/* For how long answers may hold that this process has asked for: for a hundred times
 * what they cost it. */
static int64_t held(void)
{
	return 100 * clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

/* What is not told is noticed within 100 ms of the clock that the process has. */
static void wait_for_notice(void)
{
	wait_until(clock_now() + 110 * MS + held());
}

static void ask_in_another(void *data)
{
	const struct clocks *clocks = data;
	const struct row *row = clocks->row;
	struct mym_snapshot s;
	struct mym_ctx *ctx;

	if (row->age >= 0)
		mym_set_max_age(row->age);
	ck_assert_int_eq(mym_open(&ctx, NULL, 0), 0);
	ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_ALL, &s, sizeof(s)), 0);
	ck_assert_int_eq(s.limit, FIRST);
	ck_assert_int_eq(mym_limit(), FIRST);
	ck_assert_int_le(mym_available(), FIRST);
	enter(row);
	group_limit(clocks->group, SECOND);
	/* The old answer may still be given where the clock is behind, until the
	 * process says that its age is another one. */
	if (row->age < 0 && !row->ahead)
		mym_set_max_age(10 * MS);
	ck_assert_int_eq(mym_limit(), SECOND);
	ck_assert_int_gt(mym_available(), FIRST);
	ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_ALL, &s, sizeof(s)), 0);
	ck_assert_int_eq(s.limit, SECOND);
	ck_assert_int_le(s.time, clock_now());
	/* What seldom changes is looked at again, too. */
	group_join(clocks->other, 0);
	wait_for_notice();
	ck_assert_int_eq(mym_limit(), THIRD);
	ck_assert_int_le(mym_available(), THIRD);
	mym_close(ctx);
}

START_TEST(entered)
{
	struct clocks clocks = { .row = &rows[_i] };
	char name[32];

	snprintf(name, sizeof(name), "entered%d", _i);
	clocks.group = group_make(name, FIRST);
	snprintf(name, sizeof(name), "other%d", _i);
	clocks.other = group_make(name, THIRD);
	in_child(clocks.group, ask_in_another, &clocks, NULL);
}
END_TEST

static void watch_in_another(void *data)
{
	const struct clocks *clocks = data;
	struct mym_watch *watch = opened(&without_stalls);
	struct mym_event e;

	enter(clocks->row);
	group_limit(clocks->group, SECOND);
	must_come(watch, MYM_EVENT_LIMIT_CHANGED, &e);
	ck_assert_int_eq(e.limit, SECOND);
	ck_assert_int_le(e.time, clock_now());
	/* The timer tells of this one. */
	use_memory(SECOND - MIB);
	must_come(watch, MYM_EVENT_PRESSURE, &e);
	ck_assert_int_ge(e.level, MYM_PRESSURE_LOW);
	ck_assert_int_le(e.time, clock_now());
	mym_watch_close(watch);
}

START_TEST(watched)
{
	struct clocks clocks = { .row = &rows[_i * 2] };
	char name[32];

	snprintf(name, sizeof(name), "watched%d", _i);
	clocks.group = group_make(name, FIRST);
	in_child(clocks.group, watch_in_another, &clocks, NULL);
}
END_TEST

static void ask_and_stop(void *data)
{
	struct mym_watch *watch = opened(&without_stalls);
	int64_t began = clock_now();
	struct mym_event e;

	(void)data;
	ck_assert_int_eq(mym_limit(), FIRST);
	ck_assert_int_le(mym_available(), FIRST);
	must(raise(SIGSTOP), "stop");
	wait_until(began + S + held());
	ck_assert_int_eq(mym_limit(), SECOND);
	ck_assert_int_gt(mym_available(), FIRST);
	must_come(watch, MYM_EVENT_LIMIT_CHANGED, &e);
	ck_assert_int_eq(e.limit, SECOND);
	mym_watch_close(watch);
}

/* The clock goes on while a process is stopped. */
START_TEST(stopped)
{
	const char *group = group_make("stopped", FIRST);
	pid_t pid = child_start(group, ask_and_stop, NULL);
	int status;

	ck_assert_int_eq(waitpid(pid, &status, WUNTRACED), pid);
	ck_assert(WIFSTOPPED(status));
	group_limit(group, SECOND);
	sleep(2);
	must(kill_one(pid, SIGCONT), "continue");
	ck_assert_int_eq(child_wait(pid), 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("clocks");
	TCase *tc = tcase_create("stopped");

	tcase_set_timeout(tc, 60);
	tcase_add_unchecked_fixture(tc, groups_begin, group_end);
	tcase_add_test(tc, stopped);
	if (access("/proc/self/ns/time_for_children", F_OK) == 0) {
		tcase_add_loop_test(tc, entered, 0, ROWS);
		tcase_add_loop_test(tc, watched, 0, ROWS / 2);
	} else {
		printf("# skipped: the kernel has no time namespaces\n");
	}
	suite_add_tcase(s, tc);
	return s;
}
