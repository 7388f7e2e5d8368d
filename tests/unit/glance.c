/* SPDX-License-Identifier: MIT */
/* When a glance is enough, and each thing that calls for a look. */
#include <fcntl.h>
#include <string.h>

#include "answer/findings.h"
#include "base/file.h"
#include "mymem.h"
#include "snapshot.h"
#include "suite.h"
#include "tree.h"
#include "units.h"
#include "watch/counters.h"
#include "watch/glance.h"
#include "watch/settings.h"
#include "watch/watch.h"

#define WANT (MYM_WANT_LIMIT | MYM_WANT_AVAILABLE | MYM_WANT_PRESSURE)
#define A "sys/fs/cgroup/a/"

static struct mym_watch watch;
static int64_t now;

/* Below a sysroot nothing is kept. */
static void keep(struct mym__file *file, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		ck_assert_int_ne(mym__file_adopt(file, fd), fd);
}

static void begin(void)
{
	static const struct mym_watch_options defaults;

	watch = (struct mym_watch){ 0 };
	ck_assert_int_eq(mym__settings_take(&defaults, &watch.settings), 0);
	ck_assert_int_eq(mym__context_init(&watch.ctx, "."), 0);
	ram(1000);
	put("proc/pressure/memory",
	    "some avg10=0.00 avg60=0.00 avg300=0.00 total=5\n"
	    "full avg10=0.00 avg60=0.00 avg300=0.00 total=4\n");
	put(A "memory.stat", "active_file 0\ninactive_file 1048576\n");
}

/* As after a look that found nothing. */
static void after_a_look(unsigned int rows)
{
	const struct mym__findings *found;

	ck_assert_int_eq(mym__snapshot(&watch.ctx, WANT, &watch.last), 0);
	found = &watch.ctx.result->last;
	for (unsigned int i = 0; i < found->count; i++) {
		const struct mym_constraint *c = &found->rows[i];

		if (c->valid & MYM_WANT_AVAILABLE)
			mym__growth_note(&watch.growth[watch.falling++],
					 watch.last.time, i, c->limit,
					 c->available, &watch.falls[0]);
	}
	ck_assert_uint_eq(watch.falling, rows);
	keep(&watch.ctx.files[MYM__FILE_MEMINFO], "proc/meminfo");
	keep(&watch.ctx.files[MYM__FILE_PRESSURE], "proc/pressure/memory");
	now = watch.last.time + 200 * MS;
	watch.limits.fd = 1;
	watch.calm = true;
}

static void keep_group(unsigned int level, const char *usage, const char *swap,
		       const char *pressure)
{
	keep(mym__watch_file(&watch, level, LEVEL_USAGE), usage);
	keep(mym__watch_file(&watch, level, LEVEL_SWAP_USAGE), swap);
	keep(mym__watch_file(&watch, level, LEVEL_PRESSURE), pressure);
}

static void end(void)
{
	watch.limits.fd = 0;
	mym__counters_drop(&watch, false);
	mym__context_clear(&watch.ctx);
}

/* One group of 100 MiB, of which 10 are used. */
static void begin_v2(void)
{
	begin();
	own_v2("/a");
	mount_v2("/", "/sys/fs/cgroup");
	group_v2("sys/fs/cgroup/a", 100);
	put(A "memory.pressure",
	    "some avg10=0.00 avg60=0.00 avg300=0.00 total=5\n"
	    "full avg10=0.00 avg60=0.00 avg300=0.00 total=4\n");
	put(A "memory.events", "high 0\nmax 3\noom 0\noom_kill 0\n");
}

static void look_v2(void)
{
	after_a_look(2);
	keep_group(0, A "memory.current", "", A "memory.pressure");
	mym__counters_arm(&watch);
	mym__counters_limit(&watch.counters, 1);
}

static void begin_v1(void)
{
	begin();
	own_v1("/a");
	mount_v1("/", "/sys/fs/cgroup");
	group_v1("sys/fs/cgroup/a", 100);
	put(A "memory.stat", "total_active_file 0\ntotal_inactive_file 0\n");
	put(A "memory.memsw.limit_in_bytes", "%lld\n", 150LL * MIB);
	put(A "memory.memsw.usage_in_bytes", "%lld\n", 10LL * MIB);
	put(A "memory.failcnt", "3\n");
	put(A "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n");
}

static void look_v1(void)
{
	after_a_look(3);
	keep_group(0, A "memory.usage_in_bytes",
		   A "memory.memsw.usage_in_bytes", "");
	mym__counters_arm(&watch);
	mym__counters_limit(&watch.counters, 1);
}

#define ENOUGH() ck_assert(mym__glance(&watch, now))
#define LOOK() ck_assert(!mym__glance(&watch, now))

static void used(int64_t bytes)
{
	put(A "memory.current", "%lld\n", (long long)bytes);
}

/* What is followed was until now what it was. */
START_TEST(noted)
{
	look_v2();
	ENOUGH();
	ck_assert_int_eq(watch.glanced_at, now);
}
END_TEST

START_TEST(usage)
{
	look_v2();
	ENOUGH();
	used(10 * MIB + MIB / 2);
	ENOUGH();
	used(9 * MIB + MIB / 2);
	ENOUGH();
	used(11 * MIB);
	LOOK();
	used(9 * MIB);
	LOOK();
	put(A "memory.current", "5O\n");
	LOOK();
	used(10 * MIB);
	ENOUGH();
	mym__file_forget(mym__watch_file(&watch, 0, LEVEL_USAGE), 1);
	LOOK();
}
END_TEST

/* LOW is below 20 %, and lasts below 22. */
START_TEST(little_is_left)
{
	used(79 * MIB);
	put(A "memory.stat", "active_file 0\ninactive_file %lld\n",
	    79LL * MIB);
	look_v2();
	LOOK();
	end();
	begin_v2();
	used(77 * MIB);
	look_v2();
	ENOUGH();
	end();
	begin_v2();
	put(A "memory.high", "%lld\n", 11LL * MIB);
	look_v2();
	LOOK();
}
END_TEST

/* Each of these may leave nothing, whatever the usage is. */
START_TEST(other_rules)
{
	put(A "memory.swap.high", "%lld\n", 50LL * MIB);
	put(A "memory.swap.current", "0\n");
	look_v2();
	LOOK();
	end();
	gone(A "memory.swap.high");
	gone(A "memory.swap.current");
	begin_v2();
	put("proc/self/limits",
	    "Max address space         4294967296           unlimited            bytes\n");
	put("proc/self/status", "Name:\tx\nVmSize:\t   1000 kB\n");
	after_a_look(3);
	keep_group(0, A "memory.current", "", A "memory.pressure");
	LOOK();
}
END_TEST

START_TEST(stalls)
{
	look_v2();
	put(A "memory.pressure",
	    "some avg10=0.00 avg60=0.00 avg300=0.00 total=6\n"
	    "full avg10=0.00 avg60=0.00 avg300=0.00 total=4\n");
	LOOK();
	put(A "memory.pressure",
	    "some avg10=0.00 avg60=0.00 avg300=0.00\n");
	LOOK();
	watch.settings.rules.by &= ~MYM_PRESSURE_BY_PSI;
	ENOUGH();
	end();
	/* A limited group above has stalls of its own. */
	begin_v2();
	group_v2("sys/fs/cgroup", 200);
	put("sys/fs/cgroup/memory.pressure",
	    "some avg10=0.00 avg60=0.00 avg300=0.00 total=5\n");
	put("sys/fs/cgroup/memory.stat", "active_file 0\ninactive_file 0\n");
	after_a_look(3);
	keep_group(0, A "memory.current", "", A "memory.pressure");
	keep_group(1, "sys/fs/cgroup/memory.current", "", "");
	LOOK();
}
END_TEST

START_TEST(counters)
{
	look_v2();
	put(A "memory.events", "high 0\nmax 4\noom 0\noom_kill 0\n");
	LOOK();
	put(A "memory.events", "high 0\nmax 3\noom 0\noom_kill 0\n");
	ENOUGH();
	/* Those that wake the watch need not be read. */
	watch.counters.at[0].is |= MYM__COUNTER_IN_EPOLL;
	put(A "memory.events", "high 0\nmax 4\noom 0\noom_kill 0\n");
	ENOUGH();
	watch.counters.at[0].is |= MYM__COUNTER_DISARMED;
	LOOK();
	watch.counters.at[0].is &= ~(unsigned int)MYM__COUNTER_IN_EPOLL;
}
END_TEST

static void meminfo(int total, int available)
{
	put("proc/meminfo", "MemTotal: %d kB\nMemAvailable: %d kB\n",
	    total << 10, available << 10);
}

START_TEST(machine)
{
	look_v2();
	now = watch.last.time + 700 * MS;
	ENOUGH();
	meminfo(1000, 995);
	ENOUGH();
	meminfo(1000, 990);
	LOOK();
	meminfo(900, 1000);
	LOOK();
	put("proc/meminfo", "MemTotal: %d kB\n", 1000 << 10);
	LOOK();
	put("proc/meminfo", "rubbish\n");
	LOOK();
}
END_TEST

/* 400 MiB a second would take four times as long to use it up. */
START_TEST(too_early)
{
	look_v2();
	put("proc/meminfo", "rubbish\n");
	used(50 * MIB);
	now = watch.last.time + 56 * MS;
	ENOUGH();
	now += MS;
	LOOK();
	used(10 * MIB);
	now = watch.last.time + 624 * MS;
	ENOUGH();
	now += 2 * MS;
	LOOK();
	end();
	/* With half of it left the share counts as well. */
	for (int half = 0; half < 2; half++) {
		begin_v2();
		put(A "memory.stat", "active_file 0\ninactive_file 0\n");
		used(49 * MIB + half * MIB);
		look_v2();
		used(60 * MIB);
		now = watch.last.time + 20 * MS;
		ck_assert_int_eq(mym__glance(&watch, now), !half);
		if (!half)
			end();
	}
}
END_TEST

START_TEST(moved)
{
	look_v2();
	own_v2("/b");
	LOOK();
	own_v2("/a");
	ENOUGH();
}
END_TEST

START_TEST(of_the_watch)
{
	look_v2();
	watch.calm = false;
	LOOK();
	watch.calm = true;
	watch.stale = true;
	LOOK();
	watch.stale = false;
	watch.limits.fd = 0;
	LOOK();
	watch.limits.fd = 1;
	watch.falling--;
	LOOK();
	watch.falling++;
	watch.ctx.result->last.flags |= MYM_FLAG_PARTIAL;
	LOOK();
	watch.ctx.result->last.flags &= ~MYM_FLAG_PARTIAL;
	ENOUGH();
	now = watch.last.time + S;
	LOOK();
	watch.settings.interval_max = 10 * S;
	LOOK();
	now--;
	ENOUGH();
	now = watch.last.time + 100 * MS;
	watch.settings.interval_max = 100 * MS;
	LOOK();
}
END_TEST

START_TEST(v1)
{
	look_v1();
	ENOUGH();
	put(A "memory.oom_control",
	    "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");
	LOOK();
	put(A "memory.oom_control",
	    "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n");
	ENOUGH();
	put(A "memory.memsw.usage_in_bytes", "%lld\n", 20LL * MIB);
	LOOK();
	put(A "memory.memsw.usage_in_bytes", "%lld\n", 10LL * MIB);
	/* The group has no stalls of its own here: the machine's count. */
	put("proc/pressure/memory",
	    "some avg10=0.00 avg60=0.00 avg300=0.00 total=6\n");
	LOOK();
}
END_TEST

/* While much is left nothing follows from it, and later it counts all the same. */
START_TEST(limit_was_reached)
{
	look_v1();
	put(A "memory.failcnt", "4\n");
	ENOUGH();
	put(A "memory.usage_in_bytes", "%lld\n", 95LL * MIB);
	LOOK();
	ck_assert(mym__counters_read(&watch, now));
	ck_assert_uint_eq(mym__counters_grew(&watch.counters, now, false),
			  MYM__GREW_MAX);
}
END_TEST

/* A dozen hierarchies are read once a second only. */
START_TEST(moved_on_v1)
{
	look_v1();
	own_v1("/b");
	ENOUGH();
	now = watch.last.time + S;
	LOOK();
}
END_TEST

/* What it has found out counts from the next look on. */
START_TEST(is_noted)
{
	look_v2();
	watch.falls[0].soon = watch.falls[1].soon = S;
	used(50 * MIB);
	LOOK();
	ck_assert_int_eq(watch.glanced_at, 0);
	ck_assert_int_eq(watch.falls[0].soon, S);
	used(10 * MIB);
	ENOUGH();
	ck_assert_int_eq(watch.glanced_at, now);
	ck_assert_int_eq(watch.falls[0].soon, INT64_MAX);
	ck_assert_int_eq(watch.falls[1].soon, INT64_MAX);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("glance");
	TCase *tc = tree_tcase("v2");

	tcase_add_checked_fixture(tc, begin_v2, end);
	tcase_add_test(tc, noted);
	tcase_add_test(tc, usage);
	tcase_add_test(tc, little_is_left);
	tcase_add_test(tc, other_rules);
	tcase_add_test(tc, stalls);
	tcase_add_test(tc, counters);
	tcase_add_test(tc, machine);
	tcase_add_test(tc, too_early);
	tcase_add_test(tc, moved);
	tcase_add_test(tc, of_the_watch);
	tcase_add_test(tc, is_noted);
	suite_add_tcase(s, tc);
	tc = tree_tcase("v1");
	tcase_add_checked_fixture(tc, begin_v1, end);
	tcase_add_test(tc, v1);
	tcase_add_test(tc, limit_was_reached);
	tcase_add_test(tc, moved_on_v1);
	suite_add_tcase(s, tc);
	return s;
}
