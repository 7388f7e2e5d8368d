/* SPDX-License-Identifier: MIT */
/* What a watch tells of real headroom and stalls. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "watching.h"

/* --- headroom --------------------------------------------------------------- */

static void fill_up(struct shared *shared)
{
	const struct mym_watch_options options = {
		.rules = MYM_PRESSURE_BY_HEADROOM,
		.cooldown = S / 5,
		.hold_off = 1,
	};
	struct mym_watch *watch = opened(&options);
	char *memory = mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	static const struct {
		size_t mib;
		int level;
	} steps[] = {
		{ 52, MYM_PRESSURE_LOW },
		{ 58, MYM_PRESSURE_MEDIUM },
		{ 61, MYM_PRESSURE_CRITICAL },
	};
	size_t from = 0;

	ck_assert_ptr_ne(memory, MAP_FAILED);
	for (int i = 0; i < 3; i++) {
		memset(memory + from, 1, (steps[i].mib << 20) - from);
		from = steps[i].mib << 20;
		must_come(watch, MYM_EVENT_PRESSURE, &shared->events[i]);
		ck_assert_int_eq(shared->events[i].level, steps[i].level);
		ck_assert_uint_eq(shared->events[i].cause,
				  MYM_PRESSURE_BY_HEADROOM);
		ck_assert_int_eq(shared->events[i].scope, MYM_SCOPE_CGROUP);
	}
	munmap(memory, 64 << 20);
	/* One step at a time. */
	for (int i = 2; i >= 0; i--) {
		must_come(watch, MYM_EVENT_PRESSURE, &shared->events[3]);
		ck_assert_int_eq(shared->events[3].old_level, steps[i].level);
		ck_assert_int_eq(shared->events[3].level,
				 i ? steps[i - 1].level : MYM_PRESSURE_NONE);
	}
	mym_watch_close(watch);
}

START_TEST(levels_up_and_down)
{
	run_child(&(struct shared){
		.own = group_make("fill", 64 * MIB),
	}, fill_up, NULL);
}
END_TEST

/* 100 MiB a second at most, also after the machine has stalled: there is time to
 * react.  A third is there before: where a look is expensive the watch can afford
 * sixteen. */
static void grow(struct shared *shared)
{
	const struct mym_watch_options options = {
		.rules = MYM_PRESSURE_BY_GROWTH,
	};
	struct mym_watch *watch;
	char *memory = mmap(NULL, 96 << 20, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct mym_event *warning = &shared->events[0];

	ck_assert_ptr_ne(memory, MAP_FAILED);
	memset(memory, 1, 32 << 20);
	watch = opened(&options);
	for (size_t mib = 32; mib < 90; mib++) {
		struct pollfd p = {
			.fd = mym_watch_fd(watch), .events = POLLIN,
		};
		int64_t begun = clock_now(), next = begun + S / 100;

		memset(memory + (mib << 20), 1, 1 << 20);
		while (clock_now() < next)
			poll(&p, 1, 1);
		if (clock_now() - begun > shared->longest)
			shared->longest = clock_now() - begun;
		if (mym_watch_next(watch, warning, sizeof(*warning)) != 1)
			continue;
		if (warning->level == MYM_PRESSURE_CRITICAL)
			break;
		if (warning->level == MYM_PRESSURE_MEDIUM) {
			shared->sources = mib;
			warning = &shared->events[1];
		}
	}
	mym_watch_close(watch);
}

/* Where the machine stands still for a moment, nothing grows then: such a run
 * says nothing. */
#define STOOD_STILL (S / 10)

START_TEST(growth_is_seen)
{
	struct shared *shared;
	char name[16];

	for (int i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "grow-%d", i);
		shared = run_child(&(struct shared){
			.own = group_make(name, 96 * MIB),
		}, grow, NULL);
		if (shared->longest < STOOD_STILL ||
		    shared->events[1].level == MYM_PRESSURE_CRITICAL)
			break;
		printf("# a step took %lld ms\n",
		       (long long)(shared->longest / MS));
		fflush(stdout);
	}

	/* From half on, and long before nothing is left; and again when that
	 * will be soon, but before headroom says the same. */
	ck_assert_int_eq(shared->events[0].level, MYM_PRESSURE_MEDIUM);
	ck_assert_uint_eq(shared->events[0].cause, MYM_PRESSURE_BY_GROWTH);
	ck_assert_uint_ge(shared->sources, 40);
	ck_assert_int_gt(shared->events[0].available, 20 * MIB);
	ck_assert_int_eq(shared->events[1].level, MYM_PRESSURE_CRITICAL);
	ck_assert_uint_eq(shared->events[1].cause, MYM_PRESSURE_BY_GROWTH);
	ck_assert_int_lt(shared->events[1].available, 96 * MIB / 5);
	ck_assert_int_gt(shared->events[1].available, 96 * MIB / 20);
}
END_TEST

/* --- stalls -------------------------------------------------------------- */

#define HOST_PSI "/proc/pressure/memory"

static int trigger_set(const char *text, size_t size)
{
	int fd = open(HOST_PSI, O_RDWR | O_CLOEXEC);
	int error = fd < 0 || write(fd, text, size) < 0 ? errno : 0;

	close(fd);
	return error;
}

static void be_nobody(struct shared *shared)
{
	const char two_seconds[] = "some 100000 2000000";
	struct mym_watch *watch;

	ck_assert_int_eq(setresgid(65534, 65534, 65534), 0);
	ck_assert_int_eq(setresuid(65534, 65534, 65534), 0);
	shared->events[0].kind = (uint64_t)trigger_set(two_seconds,
						      sizeof(two_seconds));
	/* Without its NUL the last digit is lost. */
	shared->events[0].level = trigger_set(two_seconds,
					     sizeof(two_seconds) - 1);
	watch = opened(NULL);
	shared->sources = mym_watch_sources(watch);
	mym_watch_close(watch);
}

START_TEST(triggers_of_the_unprivileged)
{
	struct shared *shared;

	if (access(HOST_PSI, W_OK) < 0) {
		printf("# skipped: no PSI here\n");
		fflush(stdout);
		return;
	}
	shared = run_child(&(struct shared){
		.own = group_make("nobody", 64 * MIB),
	}, be_nobody, NULL);
	/* The kernel is such a one, or allows none at all. */
	if (shared->events[0].kind == 0)
		ck_assert_int_eq(shared->events[0].level, EINVAL);
	ck_assert_int_eq(!(shared->sources & MYM_SOURCE_HOST_TRIGGER),
			 shared->events[0].kind != 0);
}
END_TEST

static void turn_off(struct shared *shared)
{
	const struct mym_watch_options options = {
		.rules = MYM_PRESSURE_BY_PSI,
	};
	struct mym_watch *watch;
	struct mym_event e;

	group_join(shared->other, 0);
	watch = opened(&options);
	shared->sources = mym_watch_sources(watch);
	group_set(shared->other, "cgroup.pressure", 0);
	must_come(watch, MYM_EVENT_DEGRADED, &shared->events[0]);
	wakes = 0;
	waited(watch, UINT64_MAX, 1, &e, NULL);
	ck_assert_uint_lt(wakes, 30);
	group_set(shared->other, "cgroup.pressure", 1);
	for (int i = 0; i < 200; i++) {
		waited(watch, UINT64_MAX, 0, &e, NULL);
		usleep(100000);
		while (mym_watch_next(watch, &e, sizeof(e)) == 1)
			;
		if (mym_watch_sources(watch) & MYM_SOURCE_GROUP_TRIGGER)
			break;
	}
	shared->events[1].sources = mym_watch_sources(watch);
	mym_watch_close(watch);
	group_join(group_mount(), 0);
}

/* The trigger reports an error for ever; when it can be had again, it is. */
START_TEST(psi_turned_off)
{
	struct shared given = { .other = group_make_unified() };
	struct shared *shared;
	char file[8300];

	snprintf(file, sizeof(file), "%s/cgroup.pressure",
		 given.other ? given.other : "");
	if (!given.other || access(file, F_OK) < 0) {
		printf("# skipped: PSI of groups cannot be turned off here\n");
		fflush(stdout);
		if (given.other)
			rmdir(given.other);
		return;
	}
	shared = run_child(&given, turn_off, NULL);
	ck_assert_int_eq(rmdir(given.other), 0);
	ck_assert_uint_ne(shared->sources & MYM_SOURCE_GROUP_TRIGGER, 0);
	ck_assert_uint_eq(shared->events[0].lost & MYM_SOURCE_GROUP_TRIGGER,
			  MYM_SOURCE_GROUP_TRIGGER);
	ck_assert_uint_eq(shared->events[0].sources & MYM_SOURCE_GROUP_TRIGGER,
			  0);
	ck_assert_uint_ne(shared->events[1].sources & MYM_SOURCE_GROUP_TRIGGER,
			  0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("watch-pressure");
	TCase *tc = tcase_create("groups");

	tcase_set_timeout(tc, 60);
	tcase_add_unchecked_fixture(tc, groups_begin, group_end);
	tcase_add_test(tc, levels_up_and_down);
	tcase_add_test(tc, growth_is_seen);
	tcase_add_test(tc, triggers_of_the_unprivileged);
	tcase_add_test(tc, psi_turned_off);
	suite_add_tcase(s, tc);
	return s;
}
