/* SPDX-License-Identifier: MIT */
/* What is made of the groups' counters: which count, from where, and for whom. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/file.h"
#include "mymem.h"
#include "snapshot.h"
#include "suite.h"
#include "tree.h"
#include "units.h"
#include "watch/counters.h"
#include "watch/poll.h"
#include "watch/refaults.h"
#include "watch/watch.h"

#define OWN "sys/fs/cgroup/a/b/"
#define ABOVE "sys/fs/cgroup/a/"
#define TOP "sys/fs/cgroup/"
#define HIGH (1U << MYM__COUNT_HIGH)
#define MAX (1U << MYM__COUNT_MAX)
#define OOM (1U << MYM__COUNT_OOM)

static struct mym_watch watch;
static struct mym__counters *const all = &watch.counters;

static void begin(void)
{
	struct mym_snapshot s;

	watch = (struct mym_watch){ 0 };
	ck_assert_int_eq(mym__context_init(&watch.ctx, "."), 0);
	ram(1000);
	ck_assert_int_eq(mym__snapshot(&watch.ctx, MYM_WANT_LIMIT, &s), 0);
	ck_assert_uint_eq(watch.ctx.result->places.count, 3);
	/* A regular file cannot be polled, but listened to. */
	ck_assert_int_eq(mym__poll_inotify(&watch.limits), 0);
	mym__counters_arm(&watch);
}

static void events(const char *group, const char *name, int max, int kills)
{
	char path[64];

	snprintf(path, sizeof(path), "%s%s", group, name);
	put(path, "low 9\nhigh 1\nmax %d\noom 2\noom_kill %d\n", max, kills);
}

static void begin_v2(void)
{
	own_v2("/a/b");
	mount_v2("/", "/sys/fs/cgroup");
	group_v2("sys/fs/cgroup/a/b", 50);
	group_v2("sys/fs/cgroup/a", 100);
	group_v2("sys/fs/cgroup", 200);
	events(OWN, "memory.events", 3, 1);
	events(ABOVE, "memory.events", 30, 10);
	events(ABOVE, "memory.events.local", 5, 0);
	events(TOP, "memory.events", 300, 100);
	events(TOP, "memory.events.local", 0, 0);
	begin();
}

static void kills_of(const char *group, int kills)
{
	char path[64];

	snprintf(path, sizeof(path), "%smemory.oom_control", group);
	put(path, "oom_kill_disable 0\nunder_oom 0\noom_kill %d\n", kills);
}

static void failures_of(const char *group, int failures)
{
	char path[64];

	snprintf(path, sizeof(path), "%smemory.failcnt", group);
	put(path, "%d\n", failures);
}

static void begin_v1(void)
{
	own_v1("/a/b");
	mount_v1("/", "/sys/fs/cgroup");
	group_v1("sys/fs/cgroup/a/b", 50);
	group_v1("sys/fs/cgroup/a", 100);
	group_v1("sys/fs/cgroup", 200);
	kills_of(OWN, 1);
	kills_of(ABOVE, 10);
	kills_of(TOP, 100);
	failures_of(OWN, 3);
	failures_of(ABOVE, 30);
	begin();
}

static void end(void)
{
	mym__counters_drop(&watch, false);
	ck_assert_uint_eq(all->count, 0);
	mym__file_forget(&watch.limits, 1);
	mym__context_clear(&watch.ctx);
}

/* What has grown, in the group and above it, at a look at this time; and whether all
 * of it could be read. */
static unsigned int own, above;

static bool look_at(int64_t now)
{
	bool alive = mym__counters_read(&watch, now);

	own = mym__counters_grew(all, now, false);
	above = mym__counters_grew(all, now, true);
	return alive;
}

#define GREW(now, in_own, in_above)                                       \
	do {                                                              \
		ck_assert(look_at(now));                                     \
		ck_assert_uint_eq(own, in_own);                           \
		ck_assert_uint_eq(above, in_above);                       \
	} while (0)

static int kills(bool of_above)
{
	return (int)mym__counters_kills(all, of_above);
}

/* What was there before is nothing that has happened. */
START_TEST(nothing)
{
	/* One of the group itself, and two of each above. */
	ck_assert_uint_eq(all->count, 5);
	mym__counters_limit(all, 7);
	ck_assert(mym__counters_known(all));
	GREW(1, 0, 0);
	GREW(2, 0, 0);
	ck_assert_int_eq(kills(false), 0);
	ck_assert_int_eq(kills(true), 0);
	ck_assert(mym__counters_quiet(&watch));
}
END_TEST

/* Of the group itself all that is below it counts, of those above only what they hit
 * themselves. */
START_TEST(hits)
{
	mym__counters_limit(all, 7);
	look_at(1);
	events(OWN, "memory.events", 4, 1);
	GREW(2, MAX, 0);
	events(ABOVE, "memory.events", 31, 10);
	GREW(3, 0, 0);
	events(ABOVE, "memory.events.local", 6, 0);
	GREW(4, 0, MAX);
	/* For as long as is asked for, from the moment on. */
	ck_assert_uint_eq(mym__counters_grew(all, 2, false), MAX);
	ck_assert_uint_eq(mym__counters_grew(all, 3, false), 0);
	ck_assert_uint_eq(mym__counters_grew(all, 4, true), MAX);
	put(OWN "memory.events", "high 2\nmax 4\noom 3\noom_kill 1\n");
	GREW(5, HIGH | OOM, 0);
	/* One that goes back, which none does, is no hit. */
	put(OWN "memory.events", "high 1\nmax 4\noom 3\noom_kill 1\n");
	GREW(6, 0, 0);
}
END_TEST

START_TEST(kills_v2)
{
	mym__counters_limit(all, 7);
	look_at(1);
	events(OWN, "memory.events", 3, 2);
	events(ABOVE, "memory.events", 30, 11);
	events(TOP, "memory.events", 300, 101);
	GREW(2, OOM, 0);
	ck_assert_int_eq(kills(false), 1);
	ck_assert_int_eq(kills(true), 0);
	/* Once. */
	ck_assert_int_eq(kills(false), 0);
	/* Beside the group, or above it: the topmost counts all. */
	events(TOP, "memory.events", 300, 104);
	events(ABOVE, "memory.events", 30, 12);
	GREW(3, 0, 0);
	ck_assert_int_eq(kills(true), 3);
	ck_assert_int_eq(kills(true), 0);
	ck_assert_int_eq(kills(false), 0);
}
END_TEST

/* Where another group is the topmost one with a limit, what it has counted was told,
 * or was before. */
START_TEST(another_top)
{
	mym__counters_limit(all, 3);
	look_at(1);
	events(ABOVE, "memory.events", 30, 12);
	look_at(2);
	ck_assert_int_eq(kills(true), 2);
	events(TOP, "memory.events", 300, 150);
	look_at(3);
	ck_assert_int_eq(kills(true), 0);
	mym__counters_limit(all, 7);
	look_at(4);
	ck_assert_int_eq(kills(true), 0);
	events(TOP, "memory.events", 300, 151);
	look_at(5);
	ck_assert_int_eq(kills(true), 1);
	mym__counters_limit(all, 3);
	look_at(6);
	ck_assert_int_eq(kills(true), 0);
	events(ABOVE, "memory.events", 30, 13);
	look_at(7);
	ck_assert_int_eq(kills(true), 1);
}
END_TEST

/* A group above that has no limit does not count, and what it counted meanwhile
 * never will. */
START_TEST(limited_later)
{
	mym__counters_limit(all, 1);
	ck_assert(look_at(1));
	events(ABOVE, "memory.events.local", 6, 0);
	GREW(2, 0, 0);
	mym__counters_limit(all, 3);
	events(ABOVE, "memory.events.local", 7, 0);
	GREW(3, 0, 0);
	events(ABOVE, "memory.events.local", 8, 0);
	GREW(4, 0, MAX);
	/* The group itself always does. */
	mym__counters_limit(all, 0);
	events(OWN, "memory.events", 4, 1);
	GREW(5, MAX, 0);
}
END_TEST

/* What was read again is counted under other names by v1. */
START_TEST(names_of_v1)
{
	watch.settings.rules.by = MYM_PRESSURE_BY_EVENTS;
	put("proc/vmstat", "pgsteal_direct 0\n");
	mym__refaults_arm(&watch);
	ck_assert(watch.refaults.v1);
	ck_assert_int_gt(watch.refaults.file[MYM__AGAIN_GROUP].fd, 0);
	ck_assert_int_gt(watch.refaults.file[MYM__AGAIN_MACHINE].fd, 0);
	mym__refaults_drop(&watch);
}
END_TEST

START_TEST(kills_v1)
{
	mym__counters_limit(all, 7);
	GREW(1, 0, 0);
	kills_of(OWN, 2);
	GREW(2, OOM, 0);
	ck_assert_int_eq(kills(false), 1);
	ck_assert_int_eq(kills(true), 0);
	/* Each group counts alone: they are added up. */
	kills_of(ABOVE, 11);
	kills_of(TOP, 102);
	GREW(3, 0, OOM);
	ck_assert_int_eq(kills(true), 3);
	ck_assert_int_eq(kills(false), 0);
	failures_of(OWN, 4);
	GREW(4, MAX, 0);
	failures_of(ABOVE, 31);
	GREW(5, 0, MAX);
}
END_TEST

static struct mym__counter *of_level(unsigned int level)
{
	unsigned int i = 0;

	while (i < all->count && all->at[i].level != level)
		i++;
	ck_assert_uint_lt(i, all->count);
	return &all->at[i];
}

/* A descriptor that is another group's counter by now, which has counted more: that is
 * nobody's kill, and the descriptor stays open. */
START_TEST(reused)
{
	int fd = of_level(0)->file.fd, other;

	mym__counters_limit(all, 7);
	ck_assert(look_at(1));
	put("other", "high 9\nmax 9\noom 9\noom_kill 9\n");
	other = open("other", O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(dup2(other, fd), fd);
	close(other);
	ck_assert(!look_at(2));
	ck_assert_uint_eq(own, 0);
	ck_assert_int_eq(kills(false), 0);
	ck_assert_int_ge(fcntl(fd, F_GETFD), 0);
	/* It is given up, once. */
	ck_assert(look_at(3));
	ck_assert(mym__counters_known(all));
	mym__counters_limit(all, 0);
	ck_assert(!mym__counters_known(all));
	close(fd);
}
END_TEST

/* Without those of the process's group nobody knows how many are above. */
START_TEST(own_is_dead)
{
	mym__counters_limit(all, 7);
	ck_assert(look_at(1));
	close(of_level(0)->file.fd);
	events(OWN, "memory.events", 3, 2);
	events(TOP, "memory.events", 300, 101);
	ck_assert(!look_at(2));
	ck_assert_int_eq(kills(false), 0);
	ck_assert_int_eq(kills(true), 0);
}
END_TEST

/* What cannot be understood has counted nothing, and is given up. */
START_TEST(garbage)
{
	mym__counters_limit(all, 7);
	ck_assert(look_at(1));
	put(OWN "memory.events", "rubbish\n");
	ck_assert(!look_at(2));
	ck_assert_uint_eq(own, 0);
}
END_TEST

/* Those that nobody reports are asked; the others need not be. */
START_TEST(quiet)
{
	mym__counters_limit(all, 7);
	ck_assert(look_at(1));
	ck_assert_uint_ne(of_level(0)->is & MYM__COUNTER_IN_INOTIFY, 0);
	events(OWN, "memory.events", 4, 1);
	ck_assert(mym__counters_quiet(&watch));
	events(TOP, "memory.events", 300, 101);
	ck_assert(!mym__counters_quiet(&watch));
	ck_assert(look_at(2));
	ck_assert(mym__counters_quiet(&watch));
	/* Nor do those count that have no limit. */
	mym__counters_limit(all, 3);
	events(TOP, "memory.events", 300, 102);
	ck_assert(mym__counters_quiet(&watch));
	events(ABOVE, "memory.events", 30, 11);
	ck_assert(!mym__counters_quiet(&watch));
}
END_TEST

/* Where the kernel gives no inotify, the program's is left alone. */
START_TEST(no_inotify)
{
	mym__counters_drop(&watch, false);
	mym__file_forget(&watch.limits, 1);
	ck_assert_int_eq(dup2(inotify_init1(IN_CLOEXEC), STDIN_FILENO),
			 STDIN_FILENO);
	mym__counters_arm(&watch);
	ck_assert_uint_eq(of_level(0)->is, MYM__COUNTER_KNOWN);
	close(STDIN_FILENO);
}
END_TEST

/* One that wakes the watch, and one that there is not. */
START_TEST(woken)
{
	mym__counters_limit(all, 7);
	ck_assert(look_at(1));
	events(OWN, "memory.events", 4, 1);
	ck_assert(mym__counters_handle(&watch, 0, 2));
	ck_assert_uint_eq(mym__counters_grew(all, 2, false), MAX);
	ck_assert_uint_ne(all->at[0].is & MYM__COUNTER_DISARMED, 0);
	ck_assert(mym__counters_handle(&watch, all->count, 3));
	close(all->at[0].file.fd);
	ck_assert(!mym__counters_handle(&watch, 0, 3));
	ck_assert(mym__counters_handle(&watch, 0, 4));
	/* Nor is one there behind the last, whatever is kept in its place. */
	close(all->at[--all->count].file.fd);
	ck_assert(mym__counters_handle(&watch, all->count, 5));
	all->count++;
	ck_assert(!mym__counters_handle(&watch, all->count - 1, 5));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("counters");
	TCase *tc = tree_tcase("v2");

	tcase_add_checked_fixture(tc, begin_v2, end);
	tcase_add_test(tc, nothing);
	tcase_add_test(tc, hits);
	tcase_add_test(tc, kills_v2);
	tcase_add_test(tc, another_top);
	tcase_add_test(tc, limited_later);
	tcase_add_test(tc, reused);
	tcase_add_test(tc, own_is_dead);
	tcase_add_test(tc, garbage);
	tcase_add_test(tc, quiet);
	tcase_add_test(tc, no_inotify);
	tcase_add_test(tc, woken);
	suite_add_tcase(s, tc);
	tc = tree_tcase("v1");
	tcase_add_checked_fixture(tc, begin_v1, end);
	tcase_add_test(tc, kills_v1);
	tcase_add_test(tc, names_of_v1);
	suite_add_tcase(s, tc);
	return s;
}
