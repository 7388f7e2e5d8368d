/* SPDX-License-Identifier: MIT */
/* What a watch tells of real groups: limits, kills and moves. */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "descriptors.h"
#include "watch/watch.h"
#include "watching.h"

/* --- limits ----------------------------------------------------------------- */

static void see_limit(struct shared *shared)
{
	struct mym_watch *watch = opened(NULL);

	/* By the write itself, and by the clock where nothing tells of it. */
	mym_set_max_age(60 * S);
	ck_assert_int_eq(mym_limit(), 64 * MIB);
	shared->sources = mym_watch_sources(watch);
	give(shared->ready);
	must_come(watch, MYM_EVENT_LIMIT_CHANGED, &shared->events[0]);
	/* No older than the event. */
	ck_assert_int_eq(mym_limit(), 48 * MIB);
	give(shared->ready);
	must_come(watch, MYM_EVENT_LIMIT_CHANGED, &shared->events[1]);
	ck_assert_int_eq(mym_limit(), 80 * MIB);
	mym_watch_close(watch);
}

static void change_limit(struct shared *shared)
{
	take(shared->ready);
	group_limit(shared->own, 48 * MIB);
	take(shared->ready);
	group_limit(shared->own, 80 * MIB);
}

START_TEST(limit_changed)
{
	struct shared *shared = run_child(&(struct shared){
		.own = group_make("limit", 64 * MIB),
	}, see_limit, change_limit);
	const struct mym_event *e = shared->events;

	ck_assert_uint_ne(shared->sources & MYM_SOURCE_LIMIT_WRITES, 0);
	ck_assert_int_eq(e[0].old_limit, 64 * MIB);
	ck_assert_int_eq(e[0].limit, 48 * MIB);
	ck_assert_uint_eq(e[0].constraint, 0);
	ck_assert_uint_eq(e[0].constraint_kind, MYM_KIND_CGROUP);
	ck_assert_uint_ne(e[0].valid & MYM_WANT_LIMIT, 0);
	ck_assert_int_eq(e[1].old_limit, 48 * MIB);
	ck_assert_int_eq(e[1].limit, 80 * MIB);
}
END_TEST

static void see_limit_above(struct shared *shared)
{
	struct mym_watch *watch = opened(NULL);

	give(shared->ready);
	must_come(watch, MYM_EVENT_LIMIT_CHANGED, &shared->events[0]);
	mym_watch_close(watch);
}

static void limit_above(struct shared *shared)
{
	take(shared->ready);
	group_limit(shared->other, 32 * MIB);
}

START_TEST(limit_above_changed)
{
	struct shared given = { .other = group_make("above", 0) };
	struct shared *shared;

	given.own = group_make("above/own", 64 * MIB);
	shared = run_child(&given, see_limit_above, limit_above);
	ck_assert_int_eq(shared->events[0].old_limit, 64 * MIB);
	ck_assert_int_eq(shared->events[0].limit, 32 * MIB);
	ck_assert_uint_eq(shared->events[0].constraint, 1);
}
END_TEST

static void see_rlimit(struct shared *shared)
{
	struct mym_watch *watch = opened(NULL);
	struct rlimit limit = { 256 << 20, 256 << 20 };

	ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
	must_come(watch, MYM_EVENT_LIMIT_CHANGED, &shared->events[0]);
	mym_watch_close(watch);
}

/* Nobody tells of this but the clock. */
START_TEST(rlimit_changed)
{
	struct shared *shared = run_child(&(struct shared){ 0 }, see_rlimit,
					  NULL);

	ck_assert_int_eq(shared->events[0].limit, 256 << 20);
	ck_assert_uint_eq(shared->events[0].constraint_kind,
			  MYM_KIND_RLIMIT_AS);
}
END_TEST

#define DEPTH (MYM__GROUPS_WATCHED + 4)

static void see_the_lowest(struct shared *shared)
{
	struct mym_watch *watch = opened(&without_stalls);
	unsigned int groups = 0, machines = 0;

	for (unsigned int i = 0; i < watch->falling; i++) {
		groups += watch->falls[i].scope == MYM_SCOPE_CGROUP ||
			  watch->falls[i].scope == MYM_SCOPE_ABOVE;
		machines += watch->falls[i].scope == MYM_SCOPE_HOST;
	}
	ck_assert_uint_eq(groups, MYM__GROUPS_WATCHED);
	ck_assert_uint_eq(machines, 1);
	ck_assert_uint_le(watch->counters.count, MYM__COUNTERS);
	for (unsigned int i = 0; i < watch->counters.count; i++)
		ck_assert_uint_lt(watch->counters.at[i].level,
				  MYM__GROUPS_WATCHED);
	/* One that is watched tells, and one that is not is looked at. */
	give(shared->ready);
	for (int i = 0; i < 2; i++) {
		must_come(watch, MYM_EVENT_LIMIT_CHANGED, &shared->events[i]);
		give(shared->ready);
	}
	mym_watch_close(watch);
}

static void limit_lowest_and_topmost(struct shared *shared)
{
	take(shared->ready);
	group_limit(shared->own, 48 * MIB);
	take(shared->ready);
	group_limit(shared->other, 32 * MIB);
	take(shared->ready);
}

/* So many limited groups in each other: the lowest ones are followed, and the machine
 * always is. */
START_TEST(deep)
{
	char name[8 + 2 * DEPTH] = "deep";
	struct shared given = { 0 }, *shared;

	given.other = group_make(name, 64 * MIB);
	for (int i = 1; i < DEPTH; i++)
		given.own = group_make(strcat(name, "/d"), 64 * MIB);
	shared = run_child(&given, see_the_lowest, limit_lowest_and_topmost);
	ck_assert_int_eq(shared->events[0].limit, 48 * MIB);
	ck_assert_uint_eq(shared->events[0].constraint, 0);
	ck_assert_int_eq(shared->events[1].limit, 32 * MIB);
	ck_assert_uint_eq(shared->events[1].constraint, DEPTH - 1);
}
END_TEST

/* --- kills ------------------------------------------------------------------ */

static void see_kill(struct shared *shared)
{
	struct mym_watch *watch = opened(&without_stalls);
	unsigned int pressed = 0;
	struct mym_event e;

	shared->sources = mym_watch_sources(watch);
	child_kill(NULL, 64 * MIB);
	must_come(watch, MYM_EVENT_OOM_KILL, &shared->events[0]);
	while (!pressed) {
		must_come(watch, MYM_EVENT_PRESSURE, &e);
		pressed = e.level == MYM_PRESSURE_CRITICAL &&
			  (e.cause & MYM_PRESSURE_BY_EVENTS);
	}
	/* Once. */
	ck_assert(!waited(watch, MYM_EVENT_OOM_KILL, 2, &e, NULL));
	child_kill(NULL, 64 * MIB);
	must_come(watch, MYM_EVENT_OOM_KILL, &shared->events[1]);
	mym_watch_close(watch);
}

START_TEST(kill_told_once)
{
	struct shared *shared = run_child(&(struct shared){
		.own = group_make("kill", 24 * MIB),
	}, see_kill, NULL);

	ck_assert_uint_ne(shared->sources & MYM_SOURCE_EVENTS, 0);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(shared->events[i].oom_kills, 1);
		ck_assert_int_eq(shared->events[i].scope, MYM_SCOPE_CGROUP);
	}
}
END_TEST

static void see_kill_beside(struct shared *shared)
{
	struct mym_watch *watch = opened(&without_stalls);
	struct mym_event e;

	give(shared->ready);
	if (group_version() == 2) {
		must_come(watch, MYM_EVENT_OOM_KILL, &shared->events[0]);
	} else {
		/* v1 counts for each group alone. */
		ck_assert(!waited(watch, MYM_EVENT_OOM_KILL, 2, &e, NULL));
	}
	mym_watch_close(watch);
}

static void kill_beside(struct shared *shared)
{
	take(shared->ready);
	child_kill(shared->other, 64 * MIB);
}

/* A sibling that runs into a limit of its own, below a limit that both share. */
START_TEST(kill_beside_is_above)
{
	struct shared given = { 0 };
	struct shared *shared;

	group_make("pod", 128 * MIB);
	given.own = group_make("pod/own", 64 * MIB);
	given.other = group_make("pod/other", 24 * MIB);
	shared = run_child(&given, see_kill_beside, kill_beside);
	if (group_version() == 1)
		return;
	ck_assert_int_eq(shared->events[0].oom_kills, 1);
	ck_assert_int_eq(shared->events[0].scope, MYM_SCOPE_ABOVE);
	/* Not our trouble. */
	ck_assert_int_eq(shared->events[0].level, MYM_PRESSURE_NONE);
}
END_TEST

static void see_no_kill(struct shared *shared)
{
	struct mym_watch *watch = opened(&without_stalls);
	struct mym_event e;

	give(shared->ready);
	ck_assert(!waited(watch, MYM_EVENT_OOM_KILL, 2, &e, NULL));
	mym_watch_close(watch);
}

/* The same where nothing limits both: what is killed there is nobody else's, though
 * v2 counts it for all groups above. */
START_TEST(kill_elsewhere_is_not_told)
{
	struct shared given = { 0 };

	group_make("hall", 0);
	given.own = group_make("hall/own", 64 * MIB);
	given.other = group_make("hall/other", 24 * MIB);
	run_child(&given, see_no_kill, kill_beside);
}
END_TEST

/* All kills are in the group in which the process is: told as its own, or where
 * the watch has not followed yet not at all, and never as above. */
static void see_own_kills(struct shared *shared)
{
	const char *groups[] = { shared->own, shared->other };
	struct mym_watch *watch = opened(&without_stalls);
	unsigned int moves = 0;
	struct mym_event e;

	for (int i = 1; i < 8; i++) {
		group_join(groups[i % 2], 0);
		child_kill(NULL, 64 * MIB);
		do {
			must_come(watch, 0, &e);
			shared->events[0].oom_kills +=
				e.kind == MYM_EVENT_OOM_KILL &&
				e.scope == MYM_SCOPE_ABOVE;
			moves += e.kind == MYM_EVENT_MOVED;
		} while (moves < (unsigned int)i);
		child_kill(NULL, 64 * MIB);
		must_come(watch, MYM_EVENT_OOM_KILL, &e);
		ck_assert_int_eq(e.scope, MYM_SCOPE_CGROUP);
	}
	mym_watch_close(watch);
}

START_TEST(own_kills_are_not_above)
{
	struct shared given = { 0 };

	group_make("mine", 128 * MIB);
	given.own = group_make("mine/a", 24 * MIB);
	given.other = group_make("mine/b", 24 * MIB);
	ck_assert_int_eq(run_child(&given, see_own_kills, NULL)->events[0]
				 .oom_kills, 0);
}
END_TEST

/* --- moves ------------------------------------------------------------------ */

static void see_move(struct shared *shared)
{
	struct mym_watch *watch = opened(NULL);

	group_join(shared->other, 0);
	must_come(watch, MYM_EVENT_MOVED, &shared->events[0]);
	must_come(watch, MYM_EVENT_LIMIT_CHANGED, &shared->events[1]);
	shared->sources = mym_watch_sources(watch);
	/* It listens there now. */
	group_limit(shared->other, 40 * MIB);
	must_come(watch, MYM_EVENT_LIMIT_CHANGED, &shared->events[2]);
	mym_watch_close(watch);
}

START_TEST(moved)
{
	struct shared *shared = run_child(&(struct shared){
		.own = group_make("from", 64 * MIB),
		.other = group_make("to", 96 * MIB),
	}, see_move, NULL);

	ck_assert_int_eq(shared->events[0].limit, 96 * MIB);
	ck_assert_int_eq(shared->events[1].old_limit, 64 * MIB);
	ck_assert_int_eq(shared->events[1].limit, 96 * MIB);
	ck_assert_uint_ne(shared->sources & MYM_SOURCE_LIMIT_WRITES, 0);
	ck_assert_int_eq(shared->events[2].limit, 40 * MIB);
}
END_TEST

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Moved away, and the old group removed: what was open there is dead, and
 * raises an error for ever. */
static void outlive_group(struct shared *shared)
{
	struct mym_watch *watch = opened(NULL);
	struct mym_event e;
	double cpu;

	group_join(shared->other, 0);
	group_remove(shared->own);
	must_come(watch, MYM_EVENT_MOVED, &shared->events[0]);
	wakes = 0;
	cpu = cpu_seconds();
	waited(watch, UINT64_MAX, 2, &e, NULL);
	ck_assert_uint_lt(wakes, 2 * 20 + 10);
	ck_assert(cpu_seconds() - cpu < 1);
	group_limit(shared->other, 40 * MIB);
	must_come(watch, MYM_EVENT_LIMIT_CHANGED, &shared->events[1]);
	mym_watch_close(watch);
}

START_TEST(group_removed)
{
	struct shared *shared = run_child(&(struct shared){
		.own = group_make("gone", 64 * MIB),
		.other = group_make("left", 64 * MIB),
	}, outlive_group, NULL);

	ck_assert_int_eq(shared->events[1].limit, 40 * MIB);
}
END_TEST

/* --- what the kernel allows ---------------------------------------------- */

/* As in a container: what is asked can be read, and no trigger be set. */
static void see_read_only(struct shared *shared)
{
	struct mym_watch *watch;
	char path[8192];

	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	ck_assert_int_eq(mount(NULL, group_mount(), NULL,
			       MS_REMOUNT | MS_BIND | MS_RDONLY, NULL), 0);
	snprintf(path, sizeof(path), "%s/cgroup.procs", shared->own);
	ck_assert_int_eq(open(path, O_WRONLY | O_CLOEXEC), -1);
	watch = opened(NULL);
	shared->sources = mym_watch_sources(watch);
	give(shared->ready);
	must_come(watch, MYM_EVENT_LIMIT_CHANGED, &shared->events[0]);
	child_kill(NULL, 64 * MIB);
	must_come(watch, MYM_EVENT_OOM_KILL, &shared->events[1]);
	mym_watch_close(watch);
}

static void lower_limit(struct shared *shared)
{
	take(shared->ready);
	group_limit(shared->own, 32 * MIB);
}

START_TEST(read_only)
{
	const uint64_t wanted = MYM_SOURCE_HEADROOM | MYM_SOURCE_EVENTS |
				MYM_SOURCE_LIMIT_WRITES;
	struct shared *shared = run_child(&(struct shared){
		.own = group_make("container", 64 * MIB),
	}, see_read_only, lower_limit);

	ck_assert_uint_eq(shared->sources & wanted, wanted);
	if (group_version() == 2) {
		ck_assert_uint_ne(shared->sources & MYM_SOURCE_EVENT_WAKES, 0);
		ck_assert_uint_eq(shared->sources & MYM_SOURCE_GROUP_TRIGGER,
				  0);
	}
	ck_assert_int_eq(shared->events[0].limit, 32 * MIB);
	ck_assert_int_eq(shared->events[1].oom_kills, 1);
}
END_TEST

/* --- nothing ------------------------------------------------------------- */

static void be_idle(struct shared *shared)
{
	struct mym_watch *watch = opened(&without_stalls);
	unsigned int others = 0, before = open_descriptors();

	waited(watch, UINT64_MAX, 1, &shared->events[0], NULL);
	wakes = 0;
	waited(watch, UINT64_MAX, 5, &shared->events[0], &others);
	shared->sources = wakes;
	ck_assert_uint_eq(open_descriptors(), before);
	ck_assert_uint_eq(others, 0);
	mym_watch_close(watch);
}

/* Less than twice a second; how late the machine is makes it only fewer. */
START_TEST(relaxed)
{
	struct shared *shared = run_child(&(struct shared){
		.own = group_make("idle", 1024 * MIB),
	}, be_idle, NULL);

	ck_assert_uint_lt(shared->sources, 10);
}
END_TEST

/* Many watches, one after another, in groups that come and go. */
static void come_and_go(struct shared *shared)
{
	unsigned int before = open_descriptors();

	for (int i = 0; i < 10; i++) {
		struct mym_watch *watch = opened(NULL);
		unsigned int held = open_descriptors();

		group_join(i % 2 ? shared->own : shared->other, 0);
		must_come(watch, MYM_EVENT_MOVED, &shared->events[0]);
		ck_assert_uint_le(open_descriptors(), held + 8);
		mym_watch_close(watch);
		ck_assert_uint_eq(open_descriptors(), before);
	}
}

START_TEST(no_descriptor_is_lost)
{
	run_child(&(struct shared){
		.own = group_make("here", 64 * MIB),
		.other = group_make("there", 96 * MIB),
	}, come_and_go, NULL);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("watch");
	TCase *tc = tcase_create("groups");

	tcase_set_timeout(tc, 60);
	tcase_add_unchecked_fixture(tc, groups_begin, group_end);
	tcase_add_test(tc, limit_changed);
	tcase_add_test(tc, limit_above_changed);
	tcase_add_test(tc, rlimit_changed);
	tcase_add_test(tc, deep);
	tcase_add_test(tc, kill_told_once);
	tcase_add_test(tc, kill_beside_is_above);
	tcase_add_test(tc, kill_elsewhere_is_not_told);
	tcase_add_test(tc, own_kills_are_not_above);
	tcase_add_test(tc, moved);
	tcase_add_test(tc, group_removed);
	tcase_add_test(tc, read_only);
	tcase_add_test(tc, relaxed);
	tcase_add_test(tc, no_descriptor_is_lost);
	suite_add_tcase(s, tc);
	return s;
}
