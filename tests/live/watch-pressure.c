/* SPDX-License-Identifier: MIT */
/* What a watch tells of real memory pressure, and that it tells nothing where
 * nothing is. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "watching.h"

/* --- headroom --------------------------------------------------------------- */

static void fill_up(struct stage *stage)
{
	const struct mym_watch_options options = {
		.rules = MYM_PRESSURE_BY_HEADROOM,
		.calm = S / 5,
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
		must_come(watch, MYM_EVENT_PRESSURE, &stage->events[i]);
		ck_assert_int_eq(stage->events[i].level, steps[i].level);
		ck_assert_uint_eq(stage->events[i].cause,
				  MYM_PRESSURE_BY_HEADROOM);
		ck_assert_int_eq(stage->events[i].scope, MYM_SCOPE_CGROUP);
	}
	munmap(memory, 64 << 20);
	/* One step at a time. */
	for (int i = 2; i >= 0; i--) {
		must_come(watch, MYM_EVENT_PRESSURE, &stage->events[3]);
		ck_assert_int_eq(stage->events[3].old_level, steps[i].level);
		ck_assert_int_eq(stage->events[3].level,
				 i ? steps[i - 1].level : MYM_PRESSURE_NONE);
	}
	mym_watch_close(watch);
}

START_TEST(levels_up_and_down)
{
	play(&(struct stage){ .own = group_make("fill", 64 * MIB) }, fill_up,
	     NULL);
}
END_TEST

/* 100 MiB a second: there is time to react. */
static void grow(struct stage *stage)
{
	const struct mym_watch_options options = {
		.rules = MYM_PRESSURE_BY_GROWTH,
	};
	struct mym_watch *watch = opened(&options);
	char *memory = mmap(NULL, 96 << 20, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int64_t begin = now();

	for (size_t mib = 0; mib < 90; mib++) {
		struct pollfd p = {
			.fd = mym_watch_fd(watch), .events = POLLIN,
		};

		memset(memory + (mib << 20), 1, 1 << 20);
		while (now() < begin + (int64_t)mib * S / 100)
			poll(&p, 1, 1);
		if (mym_watch_next(watch, &stage->events[0],
				   sizeof(stage->events[0])) == 1 &&
		    stage->events[0].level == MYM_PRESSURE_CRITICAL) {
			stage->sources = mib;
			break;
		}
	}
	mym_watch_close(watch);
}

START_TEST(growth_is_seen)
{
	struct stage *stage = play(&(struct stage){
		.own = group_make("grow", 96 * MIB),
	}, grow, NULL);

	ck_assert_int_eq(stage->events[0].level, MYM_PRESSURE_CRITICAL);
	ck_assert_uint_eq(stage->events[0].cause, MYM_PRESSURE_BY_GROWTH);
	/* From half on, and long before nothing is left. */
	ck_assert_uint_ge(stage->sources, 40);
	ck_assert_int_gt(stage->events[0].available, 10 * MIB);
}
END_TEST

/* --- stalls -------------------------------------------------------------- */

static void write_to(const char *dir, const char *name, const char *text)
{
	char path[8192];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	ck_assert_msg(fd >= 0, "%s: %s", path, strerror(errno));
	ck_assert_int_gt(write(fd, text, strlen(text)), 0);
	close(fd);
}

#define HOST_PSI "/proc/pressure/memory"

static int trigger_set(const char *text, size_t size)
{
	int fd = open(HOST_PSI, O_RDWR | O_CLOEXEC);
	int error = fd < 0 || write(fd, text, size) < 0 ? errno : 0;

	close(fd);
	return error;
}

static void be_nobody(struct stage *stage)
{
	const char two_seconds[] = "some 100000 2000000";
	struct mym_watch *watch;

	ck_assert_int_eq(setresgid(65534, 65534, 65534), 0);
	ck_assert_int_eq(setresuid(65534, 65534, 65534), 0);
	stage->events[0].kind = (uint64_t)trigger_set(two_seconds,
						      sizeof(two_seconds));
	/* Without its NUL the last digit is lost. */
	stage->events[0].level = trigger_set(two_seconds,
					     sizeof(two_seconds) - 1);
	watch = opened(NULL);
	stage->sources = mym_watch_sources(watch);
	mym_watch_close(watch);
}

START_TEST(triggers_of_the_unprivileged)
{
	struct stage *stage;

	if (access(HOST_PSI, W_OK) < 0) {
		printf("# skipped: no PSI here\n");
		fflush(stdout);
		return;
	}
	stage = play(&(struct stage){ .own = group_make("nobody", 64 * MIB) },
		     be_nobody, NULL);
	/* The kernel is such a one, or allows none at all. */
	if (stage->events[0].kind == 0)
		ck_assert_int_eq(stage->events[0].level, EINVAL);
	ck_assert_int_eq(!(stage->sources & MYM_SOURCE_HOST_TRIGGER),
			 stage->events[0].kind != 0);
}
END_TEST

/* A group in the cgroup2 tree, which may be beside v1's. */
static const char *unified_group(void)
{
	static char path[8192];
	char line[8192], point[4096], type[256];
	FILE *mounts = fopen("/proc/self/mounts", "r");

	path[0] = '\0';
	while (mounts && fgets(line, sizeof(line), mounts)) {
		if (sscanf(line, "%*s %4095s %255s", point, type) == 2 &&
		    strcmp(type, "cgroup2") == 0)
			snprintf(path, sizeof(path), "%s/mymem-test-psi-%d",
				 point, getpid());
	}
	if (mounts)
		fclose(mounts);
	if (path[0] == '\0' || mkdir(path, 0755) < 0)
		return NULL;
	return path;
}

static void turn_off(struct stage *stage)
{
	const struct mym_watch_options options = {
		.rules = MYM_PRESSURE_BY_PSI,
	};
	struct mym_watch *watch;
	struct mym_event e;

	group_join(stage->other, getpid());
	watch = opened(&options);
	stage->sources = mym_watch_sources(watch);
	write_to(stage->other, "cgroup.pressure", "0");
	must_come(watch, MYM_EVENT_DEGRADED, &stage->events[0]);
	wakes = 0;
	waited(watch, UINT64_MAX, 1, &e, NULL);
	ck_assert_uint_lt(wakes, 30);
	write_to(stage->other, "cgroup.pressure", "1");
	for (int i = 0; i < 200; i++) {
		waited(watch, UINT64_MAX, 0, &e, NULL);
		usleep(100000);
		while (mym_watch_next(watch, &e, sizeof(e)) == 1)
			;
		if (mym_watch_sources(watch) & MYM_SOURCE_GROUP_TRIGGER)
			break;
	}
	stage->events[1].sources = mym_watch_sources(watch);
	mym_watch_close(watch);
	group_join(groups_mount(), getpid());
}

/* The trigger reports an error for ever; when it can be had again, it is. */
START_TEST(psi_turned_off)
{
	struct stage given = { .other = unified_group() };
	struct stage *stage;
	char file[8300];

	snprintf(file, sizeof(file), "%s/cgroup.pressure",
		 given.other ? given.other : "");
	if (access(file, F_OK) < 0) {
		printf("# skipped: PSI of groups cannot be turned off here\n");
		fflush(stdout);
		if (given.other)
			rmdir(given.other);
		return;
	}
	stage = play(&given, turn_off, NULL);
	ck_assert_int_eq(rmdir(given.other), 0);
	ck_assert_uint_ne(stage->sources & MYM_SOURCE_GROUP_TRIGGER, 0);
	ck_assert_uint_eq(stage->events[0].lost & MYM_SOURCE_GROUP_TRIGGER,
			  MYM_SOURCE_GROUP_TRIGGER);
	ck_assert_uint_eq(stage->events[0].sources & MYM_SOURCE_GROUP_TRIGGER,
			  0);
	ck_assert_uint_ne(stage->events[1].sources & MYM_SOURCE_GROUP_TRIGGER,
			  0);
}
END_TEST

/* --- counters --------------------------------------------------------------- */

static int churn_file(void)
{
	char path[] = "/var/tmp/mymem-churn-XXXXXX", *block = calloc(1, 1 << 20);
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	unlink(path);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(write(fd, block, 1 << 20), 1 << 20);
	fdatasync(fd);
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
static void reach_limit(struct stage *stage)
{
	const struct mym_watch_options options = {
		.rules = MYM_PRESSURE_BY_EVENTS,
	};
	struct mym_watch *watch = opened(&options);
	int fd = churn_file();

	churn(fd);
	ck_assert(!waited(watch, MYM_EVENT_PRESSURE, 1, &stage->events[0],
			  NULL));
	mym_set_max_age(0);
	use_memory(mym_available() - 3 * MIB);
	for (int i = 0; i < 100; i++) {
		churn(fd);
		if (waited(watch, MYM_EVENT_PRESSURE, 0, &stage->events[0],
			   NULL) ||
		    mym_watch_next(watch, &stage->events[0],
				   sizeof(stage->events[0])) == 1)
			break;
	}
	close(fd);
	mym_watch_close(watch);
}

START_TEST(failures_are_counted)
{
	struct stage *stage = play(&(struct stage){
		.own = group_make("failures", 48 * MIB),
	}, reach_limit, NULL);

	ck_assert_uint_eq(stage->events[0].kind, MYM_EVENT_PRESSURE);
	ck_assert_int_eq(stage->events[0].level, MYM_PRESSURE_MEDIUM);
	ck_assert_uint_eq(stage->events[0].cause, MYM_PRESSURE_BY_EVENTS);
	ck_assert_int_eq(stage->events[0].scope, MYM_SCOPE_CGROUP);
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
static void exceed_high(struct stage *stage)
{
	const struct mym_watch_options options = {
		.rules = MYM_PRESSURE_BY_EVENTS,
		.interval_min = 60 * S,
	};
	struct mym_watch *watch = opened(&options);
	int fd = churn_file();

	stage->sources = mym_watch_sources(watch);
	churn(fd);
	must_come(watch, MYM_EVENT_PRESSURE, &stage->events[0]);
	close(fd);
	mym_watch_close(watch);
}

/* By poll(2), or where that cannot be had by inotify. */
START_TEST(high_is_exceeded)
{
	struct stage *stage;
	const char *dir;

	if (groups_version() == 1) {
		printf("# skipped: v1 has no memory.high\n");
		fflush(stdout);
		return;
	}
	no_poll = _i == 1;
	dir = group_make(no_poll ? "high" : "polled", 128 * MIB);
	write_to(dir, "memory.high", "33554432");
	stage = play(&(struct stage){ .own = dir }, exceed_high, NULL);
	ck_assert_uint_ne(stage->sources & MYM_SOURCE_EVENT_WAKES, 0);
	ck_assert_int_eq(stage->events[0].level, MYM_PRESSURE_LOW);
	ck_assert_uint_eq(stage->events[0].cause, MYM_PRESSURE_BY_EVENTS);
}
END_TEST

/* Reading much more than fits fills the group with what can be given back. */
static void read_much(struct stage *stage)
{
	const struct mym_watch_options options = {
		.rules = MYM_PRESSURE_BY_HEADROOM | MYM_PRESSURE_BY_EVENTS |
			 MYM_PRESSURE_BY_GROWTH,
	};
	struct mym_watch *watch = opened(&options);
	int fd = churn_file();

	for (int round = 0; round < 10; round++) {
		churn(fd);
		while (mym_watch_next(watch, &stage->events[0],
				      sizeof(stage->events[0])) == 1)
			if (stage->events[0].kind == MYM_EVENT_PRESSURE &&
			    stage->events[0].level >= MYM_PRESSURE_MEDIUM)
				stage->sources++;
		usleep(50000);
	}
	close(fd);
	mym_watch_close(watch);
}

START_TEST(page_cache_is_no_trouble)
{
	struct stage *stage = play(&(struct stage){
		.own = group_make("churn", 48 * MIB),
	}, read_much, NULL);

	ck_assert_uint_eq(stage->sources, 0);
}
END_TEST

/* Where files are read in a group at its limit, v2 tells of that a hundred
 * times a second, and all is well. */
static void read_and_listen(struct stage *stage)
{
	static char block[1 << 16];
	struct mym_watch *watch = opened(NULL);
	struct pollfd loop = { .fd = mym_watch_fd(watch), .events = POLLIN };
	int fd = churn_file();
	off_t at = 0;
	int64_t end;

	churn(fd);
	waited(watch, UINT64_MAX, 0, &stage->events[0], NULL);
	for (end = now() + 3 * S; now() < end;) {
		ck_assert_int_gt(pread(fd, block, sizeof(block), at), 0);
		at = (at + (off_t)sizeof(block)) % (100 << 20);
		if (poll(&loop, 1, 0) == 0)
			continue;
		stage->sources++;
		while (mym_watch_next(watch, &stage->events[0],
				      sizeof(stage->events[0])) == 1)
			;
	}
	close(fd);
	mym_watch_close(watch);
}

/* The timer wakes up eight times a second. */
START_TEST(page_cache_wakes_up_seldom)
{
	struct stage *stage = play(&(struct stage){
		.own = group_make("reader", 48 * MIB),
	}, read_and_listen, NULL);

	ck_assert_uint_lt(stage->sources, 60);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("watch-pressure");
	TCase *tc = tcase_create("groups");

	tcase_set_timeout(tc, 60);
	tcase_add_unchecked_fixture(tc, groups_begin, groups_end);
	tcase_add_test(tc, levels_up_and_down);
	tcase_add_test(tc, growth_is_seen);
	tcase_add_test(tc, triggers_of_the_unprivileged);
	tcase_add_test(tc, psi_turned_off);
	tcase_add_test(tc, failures_are_counted);
	tcase_add_loop_test(tc, high_is_exceeded, 0, 2);
	tcase_add_test(tc, page_cache_is_no_trouble);
	tcase_add_test(tc, page_cache_wakes_up_seldom);
	suite_add_tcase(s, tc);
	return s;
}
