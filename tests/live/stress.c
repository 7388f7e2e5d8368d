/* SPDX-License-Identifier: MIT */
/*
 * Threads that ask without end, while their process is moved between groups
 * whose limits change and which come and go, forks, and closes descriptors that
 * are not its own and takes their numbers.  STRESS_SECONDS says how long.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "answers.h"
#include "asking.h"
#include "child.h"
#include "clock.h"
#include "descriptors.h"
#include "fail.h"
#include "group.h"
#include "libc.h"
#include "suite.h"

/* In units; a sanitizer needs its share. */
enum { STRANGER_LOW = 5, ONE = 8, TWO = 10, PASSING = 12, STRANGER_HIGH = 15 };
#define STRANGERS 8

/* What happens meanwhile.  To close an inotify instance, which an age of 0 and a
 * watch have, takes the kernel milliseconds. */
static const struct row {
	const char *name;
	bool changes; /* limits, and groups come and go */
	bool closes;  /* everything, each millisecond */
	bool watches;
	int64_t ages[2]; /* of the simple calls, in turn */
} rows[] = {
	{ "changes", true, false, true, { 0, 10 * MS } },
	{ "closed", false, true, false, { MS, MS } },
	{ "changes and closed", true, true, true, { 0, 10 * MS } },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* Shared by the process that is asked, and this one. */
struct stress {
	const struct row *row;
	struct asking asking;
	char one[4200], two[4200], strangers[STRANGERS][4400]; /* files */
	void *pages[3];
	int64_t unit;
	atomic_bool began;
	atomic_long closed; /* how often */
};

/* The program takes the numbers of what it closed, low ones and those from 64 on,
 * for files that look like the library's, and others. */
static void take_numbers(struct stress *stress)
{
	for (unsigned int i = 0; i < 4 * STRANGERS; i++) {
		int fd = open(stress->strangers[i % STRANGERS],
			      O_RDONLY | O_CLOEXEC);

		if (fd >= 0)
			fcntl(fd, F_DUPFD_CLOEXEC, 64);
	}
}

/* To ThreadSanitizer a descriptor is memory that its calls read and write, and a
 * thread that had ended when its process forked is one that the child should have
 * joined. */
const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
	return "ignore_interceptors_accesses=1 report_thread_leaks=0";
}

static void *close_all(void *data)
{
	struct stress *stress = data;

	while (!atomic_load(&stress->asking.over)) {
		close_range(3, ~0U, 0);
		take_numbers(stress);
		atomic_fetch_add(&stress->closed, 1);
		usleep(1000);
	}
	return NULL;
}

static void be_asked(void *data)
{
	struct stress *stress = data;
	unsigned int before;
	pthread_t closer = 0;

	ck_assert_int_gt(mym_limit(), 0);
	before = open_descriptors();
	asking_begin(&stress->asking);
	if (stress->row->closes)
		ck_assert_int_eq(pthread_create(&closer, NULL, close_all,
						stress), 0);
	atomic_store(&stress->began, true);
	for (int i = 0; !atomic_load(&stress->asking.over); i++) {
		asking_fork();
		mym_set_max_age(stress->row->ages[i / 3 % 2]);
		usleep(5000);
	}
	if (stress->row->closes)
		ck_assert_int_eq(pthread_join(closer, NULL), 0);
	asking_end();
	if (!stress->row->closes)
		ck_assert_uint_le(open_descriptors(), before + 80);
}

static void take_page(void *page)
{
	*(volatile char *)page = 1;
}

/* A group that never uses 0 bytes, as a file of another group may say: memory that is
 * shared is charged to whoever uses it first, until it is freed. */
static const char *make_used(const char *name, int64_t limit, void *page)
{
	const char *group = group_make(name, limit);

	must(madvise(page, (size_t)sysconf(_SC_PAGESIZE), MADV_REMOVE), "free");
	ck_assert_int_eq(child_wait(child_start(group, take_page, page)), 0);
	return group;
}

/* Somebody else moves the process, and changes limits. */
static void disturb(struct stress *stress, pid_t pid, unsigned int i)
{
	group_join(i % 2 ? stress->one : stress->two, pid);
	if (!stress->row->changes)
		return;
	group_limit(stress->one, (ONE + i % 2) * stress->unit);
	group_limit(stress->two, (TWO + i % 3 / 2) * stress->unit);
	if (i % 7 == 0) {
		const char *passing = make_used("passing",
						PASSING * stress->unit,
						stress->pages[2]);

		group_join(passing, pid);
		sched_yield();
		group_join(stress->one, pid);
		group_remove(passing);
	}
}

/* Limits and usage of other groups, which are neither the least nor the most that
 * is true; what names other groups; and numbers of no kind. */
static void add_strangers(struct stress *stress)
{
	const char *low = group_make("low", STRANGER_LOW * stress->unit);
	const char *high = group_make("high", STRANGER_HIGH * stress->unit);
	const char *limit = group_file(GROUP_LIMIT);
	const char *const files[][2] = {
		{ low, limit }, { high, limit },
		{ low, group_file(GROUP_USAGE) }, { low, "memory.stat" },
		{ "/proc/1", "cgroup" }, { "/proc/1", "mountinfo" },
		{ "/proc", "uptime" }, { "/dev", "zero" },
	};

	for (unsigned int i = 0; i < STRANGERS; i++)
		snprintf(stress->strangers[i], sizeof(stress->strangers[i]),
			 "%s/%s", files[i][0], files[i][1]);
}

static void report(const struct stress *stress)
{
	const struct asking *asking = &stress->asking;

	printf("# %s: %ld calls, %ld wrong; %ld snapshots flagged, %ld failed; "
	       "%ld events, %ld watches ended; closed %ld times\n",
	       stress->row->name, asking->answers, asking->wrong, asking->flagged,
	       asking->failed, asking->events, asking->ended, stress->closed);
	fflush(stdout);
}

static int64_t time_of_one(void)
{
	const char *seconds = getenv("STRESS_SECONDS");

	return (seconds ? atoi(seconds) : 5) * S / (int64_t)ROWS;
}

/* All limits are below what the machine has. */
static int64_t unit_of_limits(void)
{
	int64_t pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
	int64_t unit = pages * page / 20 / MIB * MIB;

	return unit > 128 * MIB ? 128 * MIB : unit;
}

START_TEST(all_at_once)
{
	struct stress *stress = mmap(NULL, sizeof(*stress),
				     PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct asking *asking = &stress->asking;
	int64_t unit = unit_of_limits(), end;
	pid_t pid;

	ck_assert_ptr_ne(stress, MAP_FAILED);
	for (int i = 0; i < 3; i++) {
		stress->pages[i] = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE),
					PROT_READ | PROT_WRITE,
					MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		ck_assert_ptr_ne(stress->pages[i], MAP_FAILED);
	}
	stress->unit = unit;
	stress->row = &rows[_i];
	asking->closed = stress->row->closes;
	asking->watches = stress->row->watches;
	asking->used = unit - 1;
	asking->limits[0] = ONE * unit;
	asking->limits[1] = TWO * unit;
	if (stress->row->changes) {
		asking->limits[2] = (ONE + 1) * unit;
		asking->limits[3] = (TWO + 1) * unit;
		asking->limits[4] = PASSING * unit;
	}
	strcpy(stress->one, make_used("one", ONE * unit, stress->pages[0]));
	strcpy(stress->two, make_used("two", TWO * unit, stress->pages[1]));
	add_strangers(stress);
	pid = child_start_alone(stress->one, be_asked, stress);
	while (!atomic_load(&stress->began) && child_runs(pid))
		usleep(1000);
	end = clock_now() + time_of_one();
	for (unsigned int i = 0; clock_now() < end && child_runs(pid); i++) {
		disturb(stress, pid, i);
		usleep(3000);
	}
	atomic_store(&asking->over, true);
	ck_assert_int_eq(child_wait(pid), 0);
	group_remove_below(group_base(), "");
	report(stress);
	ck_assert_msg(asking->wrong == 0, "asking.c:%d: %lld; the first limit is %lld",
		      asking->line, (long long)asking->number,
		      (long long)asking->limits[0]);
	ck_assert_int_gt(asking->answers, 100);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("stress");
	TCase *tc = tcase_create("stress");

	tcase_add_unchecked_fixture(tc, groups_begin, group_end);
	tcase_set_timeout(tc, 600);
	tcase_add_loop_test(tc, all_at_once, 0, ROWS);
	suite_add_tcase(s, tc);
	return s;
}
