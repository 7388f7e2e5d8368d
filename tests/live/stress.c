/* SPDX-License-Identifier: MIT */
/*
 * Threads that ask without end, while their process is moved between groups
 * whose limits change and which come and go, forks, and closes descriptors that
 * are not its own.  STRESS_SECONDS says how long.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "answers.h"
#include "group.h"
#include "suite.h"
#include "units.h"

#define THREADS 8
/* In units; a sanitizer needs its share. */
#define ONE_LOW 8
#define ONE_HIGH 9
#define TWO_LOW 10
#define TWO_HIGH 11
#define PASSING 12

static int64_t unit;
static atomic_bool over;
static atomic_int wrong;
static atomic_long asked;

/* Any limit that the process ever has. */
static bool is_limit(int64_t limit)
{
	return limit % unit == 0 && limit / unit >= ONE_LOW &&
	       limit / unit <= PASSING;
}

static void ask_once(int kind)
{
	int64_t limit, available;
	int workers, pressure;

	switch (kind) {
	case 0:
		limit = mym_limit();
		if (!is_limit(limit))
			atomic_store(&wrong, __LINE__);
		break;
	case 1:
		available = mym_available();
		if (available <= 0 || available >= PASSING * unit)
			atomic_store(&wrong, __LINE__);
		break;
	case 2:
		pressure = mym_pressure();
		if (pressure < 0 || pressure > MYM_PRESSURE_CRITICAL)
			atomic_store(&wrong, __LINE__);
		break;
	default:
		workers = mym_workers(unit, 1000);
		if (workers < 1 || workers >= PASSING)
			atomic_store(&wrong, __LINE__);
	}
}

/* A number and the usage beside it are of one level. */
static void ask_context(struct mym_ctx *ctx)
{
	struct mym_snapshot s = { 0 };

	if (mym_snapshot(ctx, MYM_WANT_LIMIT | MYM_WANT_AVAILABLE |
			      MYM_WANT_USED, &s, sizeof(s)) < 0)
		atomic_store(&wrong, __LINE__);
	else if (!is_limit(s.limit) || s.available > s.limit ||
		 s.used <= 0 || s.used > s.limit)
		atomic_store(&wrong, __LINE__);
}

/* Descriptors are closed between calls.  While another thread is in the middle
 * of an open(), whose descriptor that is is for nobody to know. */
static pthread_rwlock_t calls = PTHREAD_RWLOCK_INITIALIZER;

static void close_some(unsigned int count)
{
	pthread_rwlock_wrlock(&calls);
	close_range(64, 64 + count, 0);
	pthread_rwlock_unlock(&calls);
}

static void *ask(void *number)
{
	unsigned int n = (unsigned int)(uintptr_t)number;
	struct mym_ctx *ctx;

	if (mym_open(&ctx, NULL, 0) < 0)
		return NULL;
	for (unsigned int i = n; !atomic_load(&over); i++) {
		pthread_rwlock_rdlock(&calls);
		ask_once((int)(i % 4));
		if (i % 64 == 0)
			ask_context(ctx);
		pthread_rwlock_unlock(&calls);
		atomic_fetch_add_explicit(&asked, 1, memory_order_relaxed);
	}
	mym_close(ctx);
	return NULL;
}

static void fork_and_ask(void)
{
	int status = -1;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		for (int kind = 0; kind < 4; kind++)
			ask_once(kind);
		_exit(atomic_load(&wrong) ? 1 : 0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

static void disturb(const char *one, const char *two)
{
	const pid_t self = getpid();
	const char *passing = NULL;

	for (unsigned int i = 0; !atomic_load(&over); i++) {
		group_limit(one, (i % 2 ? ONE_LOW : ONE_HIGH) * unit);
		group_limit(two, (i % 3 ? TWO_LOW : TWO_HIGH) * unit);
		group_join(i % 2 ? one : two, self);
		if (i % 7 == 0) {
			passing = group_make("passing", PASSING * unit);
			group_join(passing, self);
			sched_yield();
			group_join(one, self);
			group_remove(passing);
		}
		if (i % 5 == 0)
			fork_and_ask();
		if (i % 11 == 0)
			close_some(i % 200);
		if (i % 13 == 0)
			mym_set_max_age((i % 3) * 5000000);
		usleep(1000);
	}
}

static void *wait_for_end(void *unused)
{
	const char *seconds = getenv("STRESS_SECONDS");
	struct timespec time = { .tv_sec = seconds ? atoi(seconds) : 2 };

	while (nanosleep(&time, &time) < 0)
		;
	atomic_store(&over, true);
	return unused;
}

static unsigned int descriptors(void)
{
	unsigned int count = 0;

	for (int fd = 0; fd < 4096; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void stress(struct answers *a, void *data)
{
	const char *const *groups = data;
	pthread_t threads[THREADS], clock;
	unsigned int before;

	(void)a;
	ck_assert(is_limit(mym_limit()));
	before = descriptors();
	for (uintptr_t i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, ask,
						(void *)i), 0);
	ck_assert_int_eq(pthread_create(&clock, NULL, wait_for_end, NULL), 0);
	disturb(groups[0], groups[1]);
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
	ck_assert_int_eq(pthread_join(clock, NULL), 0);
	ck_assert_msg(atomic_load(&wrong) == 0, "line %d", atomic_load(&wrong));
	ck_assert_int_gt(atomic_load(&asked), 100);
	ck_assert_uint_le(descriptors(), before + 80);
	printf("# %ld answers\n", atomic_load(&asked));
	fflush(stdout);
}

START_TEST(all_at_once)
{
	long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
	const char *groups[2];

	/* All limits are below what the machine has. */
	unit = (int64_t)pages * page / 16 / MIB * MIB;
	if (unit > 128 * MIB)
		unit = 128 * MIB;
	groups[0] = group_make("one", ONE_LOW * unit);
	groups[1] = group_make("two", TWO_LOW * unit);
	in_group(groups[0], stress, groups);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("stress");
	TCase *tc = tcase_create("stress");

	tcase_add_unchecked_fixture(tc, groups_begin, group_end);
	tcase_set_timeout(tc, 600);
	tcase_add_test(tc, all_at_once);
	suite_add_tcase(s, tc);
	return s;
}
