/* SPDX-License-Identifier: MIT */
/* What a watch makes of what groups count, and that reading files is no
 * trouble. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "watching.h"

static int churn_file(void)
{
	char path[] = "/var/tmp/mymem-churn-XXXXXX", *block = calloc(1, 1 << 20);
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	unlink(path);
	/* The kernel kills who has a group full of what is not written yet to a slow
	 * disk. */
	for (int i = 0; i < 100; i++) {
		ck_assert_int_eq(write(fd, block, 1 << 20), 1 << 20);
		if (i % 4 == 3)
			ck_assert_int_eq(fdatasync(fd), 0);
	}
	free(block);
	return fd;
}

static void churn(int fd)
{
	static char block[1 << 20];

	for (int i = 0; i < 100; i++)
		ck_assert_int_gt(pread(fd, block, sizeof(block),
				       (off_t)i << 20), 0);
}

/* The limit is reached all the time; that is trouble when little of what is
 * used can be given back, and only then. */
static void reach_limit(struct shared *shared)
{
	const struct mym_watch_options options = {
		.rules = MYM_PRESSURE_BY_EVENTS,
	};
	struct mym_watch *watch = opened(&options);
	int fd = churn_file();

	churn(fd);
	ck_assert(!waited(watch, MYM_EVENT_PRESSURE, 1, &shared->events[0],
			  NULL));
	mym_set_max_age(0);
	use_memory(mym_available() - 3 * MIB);
	for (int i = 0; i < 100; i++) {
		churn(fd);
		if (waited(watch, MYM_EVENT_PRESSURE, 0, &shared->events[0],
			   NULL) ||
		    mym_watch_next(watch, &shared->events[0],
				   sizeof(shared->events[0])) == 1)
			break;
	}
	close(fd);
	mym_watch_close(watch);
}

START_TEST(failures_are_counted)
{
	struct shared *shared = run_child(&(struct shared){
		.own = group_make("failures", 48 * MIB),
	}, reach_limit, NULL);

	ck_assert_uint_eq(shared->events[0].kind, MYM_EVENT_PRESSURE);
	ck_assert_int_eq(shared->events[0].level, MYM_PRESSURE_MEDIUM);
	ck_assert_uint_eq(shared->events[0].cause, MYM_PRESSURE_BY_EVENTS);
	ck_assert_int_eq(shared->events[0].scope, MYM_SCOPE_CGROUP);
}
END_TEST

static bool no_poll;

int __real_epoll_ctl(int set, int op, int fd, struct epoll_event *event);
int __wrap_epoll_ctl(int set, int op, int fd, struct epoll_event *event);

int __wrap_epoll_ctl(int set, int op, int fd, struct epoll_event *event)
{
	if (no_poll && op == EPOLL_CTL_ADD && (event->events & EPOLLPRI)) {
		errno = ENOSPC;
		return -1;
	}
	return __real_epoll_ctl(set, op, fd, event);
}

/* The timer would be too late. */
static void exceed_high(struct shared *shared)
{
	const struct mym_watch_options options = {
		.rules = MYM_PRESSURE_BY_EVENTS,
		.interval_min = 60 * S,
	};
	struct mym_watch *watch = opened(&options);
	int fd = churn_file();

	shared->sources = mym_watch_sources(watch);
	churn(fd);
	must_come(watch, MYM_EVENT_PRESSURE, &shared->events[0]);
	close(fd);
	mym_watch_close(watch);
}

/* By poll(2), or where that cannot be had by inotify. */
START_TEST(high_is_exceeded)
{
	struct shared *shared;
	const char *dir;

	if (group_version() == 1) {
		printf("# skipped: v1 has no memory.high\n");
		fflush(stdout);
		return;
	}
	no_poll = _i == 1;
	dir = group_make(no_poll ? "high" : "polled", 128 * MIB);
	group_set(dir, "memory.high", 32 * MIB);
	shared = run_child(&(struct shared){ .own = dir }, exceed_high, NULL);
	ck_assert_uint_ne(shared->sources & MYM_SOURCE_EVENT_WAKES, 0);
	ck_assert_int_eq(shared->events[0].level, MYM_PRESSURE_LOW);
	ck_assert_uint_eq(shared->events[0].cause, MYM_PRESSURE_BY_EVENTS);
}
END_TEST

/* Reading much more than fits fills the group with what can be given back. */
static void read_much(struct shared *shared)
{
	struct mym_watch *watch = opened(&without_stalls);
	int fd = churn_file();

	for (int round = 0; round < 10; round++) {
		churn(fd);
		while (mym_watch_next(watch, &shared->events[0],
				      sizeof(shared->events[0])) == 1)
			if (shared->events[0].kind == MYM_EVENT_PRESSURE &&
			    shared->events[0].level >= MYM_PRESSURE_MEDIUM)
				shared->sources++;
		usleep(50000);
	}
	close(fd);
	mym_watch_close(watch);
}

START_TEST(page_cache_is_no_trouble)
{
	struct shared *shared = run_child(&(struct shared){
		.own = group_make("churn", 64 * MIB),
	}, read_much, NULL);

	ck_assert_uint_eq(shared->sources, 0);
}
END_TEST

/* Where files are read in a group at its limit, v2 tells of that a hundred
 * times a second, and all is well. */
static void read_and_listen(struct shared *shared)
{
	static char block[1 << 16];
	struct mym_watch *watch = opened(NULL);
	struct pollfd loop = { .fd = mym_watch_fd(watch), .events = POLLIN };
	int fd = churn_file();
	off_t at = 0;
	int64_t end;

	churn(fd);
	waited(watch, UINT64_MAX, 0, &shared->events[0], NULL);
	for (end = clock_now() + 3 * S; clock_now() < end;) {
		ck_assert_int_gt(pread(fd, block, sizeof(block), at), 0);
		at = (at + (off_t)sizeof(block)) % (100 << 20);
		if (poll(&loop, 1, 0) == 0)
			continue;
		shared->sources++;
		while (mym_watch_next(watch, &shared->events[0],
				      sizeof(shared->events[0])) == 1)
			;
	}
	close(fd);
	mym_watch_close(watch);
}

/* The timer wakes up eight times a second. */
START_TEST(page_cache_wakes_up_seldom)
{
	struct shared *shared = run_child(&(struct shared){
		.own = group_make("reader", 64 * MIB),
	}, read_and_listen, NULL);

	ck_assert_uint_lt(shared->sources, 60);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("watch-counters");
	TCase *tc = tcase_create("groups");

	tcase_set_timeout(tc, 60);
	tcase_add_unchecked_fixture(tc, groups_begin, group_end);
	tcase_add_test(tc, failures_are_counted);
	tcase_add_loop_test(tc, high_is_exceeded, 0, 2);
	tcase_add_test(tc, page_cache_is_no_trouble);
	tcase_add_test(tc, page_cache_wakes_up_seldom);
	suite_add_tcase(s, tc);
	return s;
}
