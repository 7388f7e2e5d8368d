/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include "asking.h"
#include "child.h"
#include "mymem.h"
#include "suite.h"
#include "units.h"

#define THREADS 8

static struct asking *all;
static pthread_t threads[THREADS];

/* A context and a watch serve one thread at a time. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct mym_ctx *shared;
static struct mym_watch *watch;

static void must_be(bool right, int line, int64_t number)
{
	if (right)
		return;
	atomic_fetch_add(&all->wrong, 1);
	atomic_store(&all->line, line);
	atomic_store(&all->number, number);
}
#define MUST_BE(right) must_be(right, __LINE__, 0)
/* And which number it was that was wrong. */
#define NUMBER_MUST_BE(right, number) must_be(right, __LINE__, number)

static bool is_limit(int64_t limit)
{
	for (int i = 0; i < ASKING_LIMITS && all->limits[i]; i++) {
		if (limit == all->limits[i])
			return true;
	}
	return false;
}

static bool is_available(int64_t available)
{
	for (int i = 0; i < ASKING_LIMITS && all->limits[i]; i++) {
		if (available < all->limits[i] &&
		    available >= all->limits[i] - all->used)
			return true;
	}
	return false;
}

static void ask_simply(unsigned int kind)
{
	int64_t unit = all->limits[0] / 8, number;

	switch (kind % 4) {
	case 0:
		number = mym_limit();
		NUMBER_MUST_BE(is_limit(number), number);
		break;
	case 1:
		number = mym_available();
		NUMBER_MUST_BE(is_available(number), number);
		break;
	case 2:
		number = mym_pressure();
		NUMBER_MUST_BE(number >= 0 && number <= MYM_PRESSURE_CRITICAL,
			       number);
		break;
	default:
		number = mym_workers(unit, 1000);
		NUMBER_MUST_BE(is_available((number + 1) * unit - 1) ||
			       is_available(number * unit), number);
	}
	atomic_fetch_add_explicit(&all->answers, 1, memory_order_relaxed);
}

/* A number and the usage beside it are of one level. */
static void ask_context(struct mym_ctx *ctx)
{
	const uint64_t want = MYM_WANT_LIMIT | MYM_WANT_AVAILABLE |
			      MYM_WANT_USED;
	const uint64_t doubts = MYM_FLAG_PARTIAL | MYM_FLAG_HEURISTIC |
				MYM_FLAG_NO_CGROUP | MYM_FLAG_UNVERIFIED;
	struct mym_snapshot s = { 0 };
	int r = mym_snapshot(ctx, want, &s, sizeof(s));

	atomic_fetch_add_explicit(&all->answers, 1, memory_order_relaxed);
	if (r < 0) {
		atomic_fetch_add(&all->failed, 1);
		MUST_BE(all->closed && (r == -EIO || r == -ENODATA));
	} else if (s.flags & doubts) {
		int64_t doubtful = atomic_fetch_add(&all->flagged, 1);

		/* Where a pass takes longer than the process stays in a group, the
		 * group is in doubt; seldom. */
		MUST_BE(all->closed || doubtful < 5 + all->answers / 100);
	} else {
		MUST_BE(s.valid == want && is_limit(s.limit) && s.used > 0 &&
			s.used <= all->used && is_available(s.available) &&
			s.available <= s.limit);
	}
}

static void ask_watch(void)
{
	struct mym_event event;
	int r;

	while ((r = mym_watch_next(watch, &event, sizeof(event))) == 1) {
		atomic_fetch_add(&all->events, 1);
		if (event.valid & MYM_WANT_LIMIT)
			MUST_BE(is_limit(event.limit));
		if (event.kind == MYM_EVENT_LIMIT_CHANGED)
			MUST_BE(is_limit(event.old_limit));
		MUST_BE(event.kind != MYM_EVENT_OOM_KILL);
	}
	if (r == 0)
		return;
	/* Its descriptors were closed: another takes its place. */
	atomic_fetch_add(&all->ended, 1);
	MUST_BE(all->closed && r == -EIO);
	mym_watch_close(watch);
	watch = NULL;
}

static void ask_shared(void)
{
	int r = 0;

	pthread_mutex_lock(&lock);
	ask_context(shared);
	if (all->watches && !watch)
		r = mym_watch_open(&watch, NULL, 0);
	if (watch)
		ask_watch();
	MUST_BE(r == 0 || (all->closed && r == -EIO));
	pthread_mutex_unlock(&lock);
}

static void *ask(void *number)
{
	struct mym_ctx *own;

	MUST_BE(mym_open(&own, NULL, 0) == 0);
	for (unsigned int i = (unsigned int)(uintptr_t)number;
	     !atomic_load(&all->over); i++) {
		ask_simply(i);
		if (i % 64 == 0)
			ask_context(own);
		if (i % 256 == 0)
			ask_shared();
	}
	mym_close(own);
	return NULL;
}

void asking_begin(struct asking *asking)
{
	all = asking;
	ck_assert_int_eq(mym_open(&shared, NULL, 0), 0);
	for (uintptr_t i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, ask,
						(void *)i), 0);
}

__attribute__((unused)) static void ask_inherited(void)
{
	struct mym_event event;

	for (unsigned int kind = 0; kind < 4; kind++)
		ask_simply(kind);
	ask_context(shared);
	MUST_BE(!watch ||
		mym_watch_next(watch, &event, sizeof(event)) == -ECHILD);
	mym_watch_close(watch);
	mym_close(shared);
	_exit(0);
}

void asking_fork(void)
{
/* The allocator of gcc 12's AddressSanitizer has locks that a child of a process with
 * threads waits for, for ever. */
#ifndef __SANITIZE_ADDRESS__
	pid_t pid;

	pthread_mutex_lock(&lock);
	pid = fork();
	if (pid == 0)
		ask_inherited();
	pthread_mutex_unlock(&lock);
	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(child_wait(pid), 0);
#endif
}

void asking_end(void)
{
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
	mym_watch_close(watch);
	mym_close(shared);
}
