/* SPDX-License-Identifier: MIT */
/*
 * The state behind the simple calls, with a clock that stands still and passes
 * that cost what the test says: the linker puts these in their place.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/file.h"
#include "context.h"
#include "fast.h"
#include "mymem.h"
#include "suite.h"
#include "units.h"

#define TICK (4 * MS)

/* What a pass finds, and what it costs. */
static struct {
	int64_t limit, available, pressure;
	int64_t cost;
	int result;
	bool nothing; /* of what was asked for */
	bool blocks;  /* until it is let go */
	bool cancels; /* the thread */
	int inotify;  /* the pass is told of what is written from now on */
} found;
static int written; /* a limit: what tells of it */
static unsigned int asked; /* whether one was */
static void (*meanwhile)(void);
static int64_t clock_now = 1000 * S, cpu_now;
static int64_t slept; /* what CLOCK_BOOTTIME and the time of day have more */
static int64_t late; /* by how much the last tick is */
static unsigned int exact; /* how often the dear clock was asked */
static unsigned int passes, alone;
static int entered, let_go;
static bool madvise_fails;
/* What the context was before a pass; each leaves the mark of one that was
 * made, as if it had found the group. */
#define MADE 77
static unsigned int context_was;
static struct mym__file kept; /* by a pass */
static int64_t known_since;
static pthread_t main_thread;

int __wrap_clock_gettime(clockid_t clock, struct timespec *t);
int __wrap_clock_getres(clockid_t clock, struct timespec *t);
int __wrap_mym__snapshot(struct mym_ctx *ctx, uint64_t want,
			 struct mym_snapshot *out);
int __wrap_mym__snapshot_light(struct mym_ctx *ctx, uint64_t want, int64_t time,
			       struct mym_snapshot *out);
int __wrap_mym__context_open(struct mym_ctx **out, const char *sysroot,
			     int process);
int __real_mym__context_open(struct mym_ctx **out, const char *sysroot,
			     int process);
bool __wrap_mym__limit_watch_fd_quiet(int fd);
int __wrap_madvise(void *at, size_t size, int advice);
int __real_madvise(void *at, size_t size, int advice);

int __wrap_clock_gettime(clockid_t clock, struct timespec *t)
{
	int64_t time = __atomic_load_n(clock == CLOCK_THREAD_CPUTIME_ID ?
				       &cpu_now : &clock_now, __ATOMIC_RELAXED);

	if (clock == CLOCK_MONOTONIC)
		__atomic_add_fetch(&exact, 1, __ATOMIC_RELAXED);
	if (clock == CLOCK_MONOTONIC_COARSE)
		time -= time % TICK + late;
	if (clock == CLOCK_BOOTTIME || clock == CLOCK_REALTIME)
		time += slept;
	t->tv_sec = (time_t)(time / S);
	t->tv_nsec = (long)(time % S);
	return 0;
}

int __wrap_clock_getres(clockid_t clock, struct timespec *t)
{
	*t = (struct timespec){ .tv_nsec = clock == CLOCK_MONOTONIC_COARSE ?
						   TICK : 1 };
	return 0;
}

/* Their names in a 32-bit glibc with 64-bit time. */
__typeof__(__wrap_clock_gettime) __wrap___clock_gettime64
	__attribute__((alias("__wrap_clock_gettime")));
__typeof__(__wrap_clock_getres) __wrap___clock_getres64
	__attribute__((alias("__wrap_clock_getres")));

int __wrap_mym__snapshot(struct mym_ctx *ctx, uint64_t want,
			 struct mym_snapshot *out)
{
	__atomic_add_fetch(&passes, 1, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&found.blocks, __ATOMIC_SEQ_CST)) {
		__atomic_store_n(&entered, 1, __ATOMIC_SEQ_CST);
		while (!__atomic_load_n(&let_go, __ATOMIC_SEQ_CST))
			sched_yield();
	}
	if (__atomic_load_n(&found.cancels, __ATOMIC_SEQ_CST)) {
		pthread_cancel(pthread_self());
		pthread_testcancel();
	}
	cpu_now += found.cost;
	clock_now += found.cost;
	*out = (struct mym_snapshot){
		.limit = found.limit,
		.available = found.available,
		.pressure = found.pressure,
		.valid = found.nothing ? 0 : want,
	};
	return found.result;
}

int __wrap_mym__snapshot_light(struct mym_ctx *ctx, uint64_t want, int64_t time,
			       struct mym_snapshot *out)
{
	struct mym__result *was = ctx->result;
	int r;

	ck_assert_int_le(time, clock_now);
	context_was = ctx->process;
	known_since = ctx->known_at;
	ctx->process = MADE;
	ctx->known_at = time;
	ctx->limits.fd = found.inotify;
	ctx->limits.state = ctx->limits.wanted && found.inotify
				    ? MYM__LIMITS_WATCHED
				    : MYM__LIMITS_UNWATCHED;
	ctx->files[MYM__FILE_MEMINFO] = kept;
	/* Half changed, until it is over. */
	ctx->result = (void *)&found;
	r = __wrap_mym__snapshot(ctx, want, out);
	ctx->result = was;
	return r;
}

bool __wrap_mym__limit_watch_fd_quiet(int fd)
{
	asked++;
	errno = EBADF;
	if (meanwhile)
		meanwhile();
	return fd > 0 && fd != written;
}

int __wrap_mym__context_open(struct mym_ctx **out, const char *sysroot,
			     int process)
{
	__atomic_add_fetch(&alone, 1, __ATOMIC_SEQ_CST);
	return __real_mym__context_open(out, sysroot, process);
}

int __wrap_madvise(void *at, size_t size, int advice)
{
	if (madvise_fails && advice == MADV_WIPEONFORK) {
		errno = EINVAL;
		return -1;
	}
	return __real_madvise(at, size, advice);
}

static void begin(void)
{
	found.limit = 100;
	found.available = 40;
	found.pressure = MYM_PRESSURE_LOW;
}

/* How many passes this many calls took. */
#define PASSES(call) __extension__({                                           \
	unsigned int before_ = passes;                                         \
	ck_assert_int_ge(call, 0);                                             \
	passes - before_;                                                      \
})

START_TEST(age)
{
	ck_assert_uint_eq(PASSES(mym_limit()), 1);
	found.limit = 200;
	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(mym_limit(), 100);
	clock_now += 5 * MS - 1;
	ck_assert_int_eq(mym_limit(), 100);
	clock_now += 5 * MS + 1;
	ck_assert_int_eq(mym_limit(), 200);
	ck_assert_uint_eq(passes, 2);
	ck_assert_uint_eq(alone, 0);
}
END_TEST

/* The tick that the cheap clock is behind is never added to the age. */
START_TEST(ticks)
{
	for (int64_t step = 37 * US; step < 3 * TICK; step += 701 * US) {
		int64_t time = clock_now - clock_now % TICK + step;

		clock_now = time;
		mym_set_max_age(0);
		mym_set_max_age(10 * MS);
		found.limit = 1;
		ck_assert_int_eq(mym_limit(), 1);
		found.limit = 2;
		for (int64_t old = 0; old < 12 * MS; old += 113 * US) {
			int64_t limit;

			clock_now = time + old;
			limit = mym_limit();
			/* Up to a tick and a bit before its time. */
			if (old < 10 * MS - TICK - TICK / 4)
				ck_assert_int_eq(limit, 1);
			else if (old >= 10 * MS)
				ck_assert_int_eq(limit, 2);
			if (limit == 2)
				break;
		}
	}
}
END_TEST

/* Who asks for more has asked for less; not the other way. */
START_TEST(kinds)
{
	ck_assert_uint_eq(PASSES(mym_pressure()), 1);
	ck_assert_uint_eq(PASSES(mym_available()), 0);
	ck_assert_uint_eq(PASSES(mym_workers(10, 9)), 0);
	ck_assert_uint_eq(PASSES(mym_limit()), 0);
	clock_now += S;
	ck_assert_uint_eq(PASSES(mym_limit()), 1);
	ck_assert_uint_eq(PASSES(mym_available()), 1);
	ck_assert_uint_eq(PASSES(mym_pressure()), 1);
	ck_assert_int_eq(mym_limit(), 100);
	ck_assert_int_eq(mym_available(), 40);
	ck_assert_int_eq(mym_pressure(), MYM_PRESSURE_LOW);
	ck_assert_int_eq(mym_workers(10, 9), 4);
}
END_TEST

START_TEST(max_age)
{
	ck_assert_int_eq(mym_set_max_age(-1), -EINVAL);
	ck_assert_int_eq(mym_set_max_age(INT64_MIN), -EINVAL);
	/* Always fresh. */
	ck_assert_int_eq(mym_set_max_age(0), 0);
	for (int i = 0; i < 10; i++) {
		late = i * TICK;
		ck_assert_uint_eq(PASSES(mym_limit()), 1);
	}
	late = 0;
	ck_assert_int_eq(mym_set_max_age(999), 0);
	ck_assert_uint_eq(PASSES(mym_limit()), 1);
	/* Less than a tick. */
	ck_assert_int_eq(mym_set_max_age(2 * US), 0);
	ck_assert_uint_eq(PASSES(mym_limit()), 1);
	clock_now += 2 * US - 1;
	ck_assert_uint_eq(PASSES(mym_limit()), 0);
	clock_now++;
	ck_assert_uint_eq(PASSES(mym_limit()), 1);
	/* At once, longer and shorter. */
	ck_assert_int_eq(mym_set_max_age(INT64_MAX), 0);
	ck_assert_uint_eq(PASSES(mym_limit()), 1);
	clock_now += 1500 * S;
	ck_assert_uint_eq(PASSES(mym_limit()), 0);
	ck_assert_int_eq(mym_set_max_age(S), 0);
	ck_assert_uint_eq(PASSES(mym_limit()), 1);
	clock_now += S - 2 * TICK;
	ck_assert_uint_eq(PASSES(mym_limit()), 0);
	clock_now += 2 * TICK;
	ck_assert_uint_eq(PASSES(mym_limit()), 1);
}
END_TEST

static void another_refresh(void)
{
	meanwhile = NULL;
	found.limit = 300;
	clock_now += S;
	ck_assert_int_eq(mym_limit(), 300);
	clock_now -= S;
}

/* Always fresh, without a pass: nothing was written. */
START_TEST(unwritten)
{
	found.inotify = 70;
	mym_set_max_age(0);
	ck_assert_uint_eq(PASSES(mym_limit()), 1);
	errno = ENOTTY;
	for (int i = 0; i < 10; i++)
		ck_assert_uint_eq(PASSES(mym_limit()), 0);
	ck_assert_int_eq(errno, ENOTTY);
	ck_assert_int_eq(mym_limit(), 100);
	/* Of what can change by itself there is no telling. */
	ck_assert_uint_eq(PASSES(mym_available()), 1);
	ck_assert_uint_eq(PASSES(mym_pressure()), 1);
	ck_assert_uint_eq(PASSES(mym_limit()), 0);
	/* It is written, and listened to anew. */
	written = 70;
	found.limit = 200;
	found.inotify = 71;
	ck_assert_uint_eq(PASSES(mym_limit()), 1);
	ck_assert_uint_eq(PASSES(mym_limit()), 0);
	ck_assert_int_eq(mym_limit(), 200);
	/* What seldom changes is read again in time, whatever the tick. */
	for (late = 0; late <= TICK / 4; late += TICK / 4) {
		mym_limit();
		clock_now += 50 * MS;
		ck_assert_uint_eq(PASSES(mym_limit()), 0);
		clock_now += 50 * MS;
		ck_assert_uint_eq(PASSES(mym_limit()), 1);
	}
	late = 0;
	/* Looked at while another thread has listened anew. */
	meanwhile = another_refresh;
	ck_assert_int_eq(mym_limit(), 300);
	ck_assert_ptr_null(meanwhile);
	/* After an event a limit is read, written or not. */
	written = 0;
	ck_assert_uint_eq(PASSES(mym_limit()), 0);
	mym__fast_expire();
	ck_assert_uint_eq(PASSES(mym_limit()), 1);
	/* No memory at all is a limit like any other. */
	found.limit = 0;
	mym__fast_expire();
	ck_assert_uint_eq(PASSES(mym_limit()), 1);
	ck_assert_uint_eq(PASSES(mym_limit()), 0);
	found.limit = 300;
	/* There is no answer that could hold, or none is known. */
	found.inotify = 72;
	written = 71;
	found.nothing = true;
	for (int i = 0; i < 2; i++) {
		passes = 0;
		ck_assert_int_eq(mym_limit(), -ENODATA);
		ck_assert_uint_eq(passes, 1);
	}
	found.nothing = false;
	ck_assert_uint_eq(PASSES(mym_limit()), 1);
	ck_assert_uint_eq(PASSES(mym_limit()), 0);
	written = 72;
	found.result = -EMFILE;
	for (int i = 0; i < 2; i++) {
		passes = 0;
		ck_assert_int_eq(mym_limit(), 300);
		ck_assert_uint_eq(passes, 1);
		written = 0;
	}
	found.result = 0;
	/* Nobody can listen, or wants to. */
	found.inotify = 0;
	written = 72;
	ck_assert_uint_eq(PASSES(mym_limit()), 1);
	ck_assert_uint_eq(PASSES(mym_limit()), 1);
	found.inotify = 73;
	asked = 0;
	mym_set_max_age(MS);
	for (int i = 0; i < 100; i++) {
		clock_now += MS;
		mym_limit();
	}
	ck_assert_uint_eq(asked, 0);
}
END_TEST

/* Passes that take their time: never more than 1 % of it, whoever asks. */
START_TEST(budget)
{
	static const int64_t costs[] = { 0, 10 * US, 100 * US, 101 * US, MS,
					 30 * MS };
	const int64_t end = 50 * S;

	for (size_t i = 0; i < MYM__COUNT(costs); i++) {
		int64_t from, cpu, old, most;

		mym_limit();
		mym_available();
		mym_pressure();
		from = clock_now;
		cpu = cpu_now;
		passes = 0;
		found.cost = costs[i];
		while (clock_now < from + end) {
			clock_now += 700 * US + clock_now % 7;
			mym_limit();
			if (clock_now % 3 == 0)
				mym_available();
			if (clock_now % 5 == 0)
				mym_pressure();
		}
		/* The first of each, and one that has just begun. */
		most = (clock_now - from) / 100 + 2 * costs[i];
		ck_assert_int_le(cpu_now - cpu, most);
		/* Nor are answers older than that asks for. */
		old = 10 * MS > 300 * costs[i] ? 10 * MS : 300 * costs[i];
		ck_assert_int_ge(passes, (clock_now - from) / old / 2);
		found.cost = 0;
		clock_now += 100 * S;
	}
}
END_TEST

/* What is not paid for is kept, and nobody asks the dear clock, or takes the lock, to
 * find that out. */
START_TEST(unpaid)
{
	found.cost = S;
	ck_assert_int_eq(mym_limit(), 100);
	/* Of what nobody has asked for there is nothing to keep. */
	mym_set_max_age(20 * MS);
	ck_assert_int_eq(mym_available(), 40);
	found.limit = 200;
	clock_now += S;
	for (int i = 0; i < 2; i++) {
		exact = 0;
		ck_assert_int_eq(mym_limit(), 100);
		ck_assert_uint_eq(exact, 0);
	}
	/* The answer that was asked for first is older than what has to be paid. */
	mym_set_max_age(10 * MS);
	ck_assert_int_eq(mym_limit(), 100);
	exact = 0;
	ck_assert_int_eq(mym_limit(), 100);
	ck_assert_uint_eq(exact, 0);
	/* Who wants it fresh pays any price. */
	mym_set_max_age(0);
	ck_assert_int_eq(mym_limit(), 200);
	found.available = 50;
	found.pressure = MYM_PRESSURE_MEDIUM;
	ck_assert_int_eq(mym_available(), 50);
	ck_assert_int_eq(mym_pressure(), MYM_PRESSURE_MEDIUM);
}
END_TEST

/* An answer is not kept for the sake of what another one has just cost: a program
 * that was idle gets none that is as old as that.  What they cost together is paid
 * for all the same. */
START_TEST(idle)
{
	int64_t from;

	found.cost = MS;
	for (int i = 1; i < 4; i++) {
		found.limit = 100 * i;
		found.available = 40 * i;
		found.pressure = i;
		clock_now += 600 * S;
		ck_assert_int_eq(mym_limit(), 100 * i);
		ck_assert_int_eq(mym_available(), 40 * i);
		ck_assert_int_eq(mym_pressure(), i);
	}
	from = clock_now;
	passes = 0;
	while (clock_now < from + 50 * S) {
		clock_now += 700 * US;
		mym_limit();
		mym_available();
		mym_pressure();
	}
	ck_assert_int_le(passes, (clock_now - from) / (100 * found.cost) + 3);
	ck_assert_int_ge(passes, (clock_now - from) / (100 * found.cost) - 3);
}
END_TEST

/* The clock stands still while the machine is suspended: what was left of the age
 * is left after that, and no more, however much the clocks that go on have gained. */
START_TEST(suspended)
{
	ck_assert_int_eq(mym_limit(), 100);
	clock_now += 5 * MS - 1;
	slept += 3600 * S;
	found.limit = 200;
	ck_assert_int_eq(mym_limit(), 100);
	clock_now += 5 * MS + 1;
	ck_assert_int_eq(mym_limit(), 200);
}
END_TEST

/* In another time namespace the clock is another one.  Ahead, no answer is young
 * enough; behind, the last one is for as long as the clock is behind, unless the
 * program tells. */
START_TEST(another_clock)
{
	ck_assert_int_eq(mym_limit(), 100);
	found.limit = 200;
	clock_now += 3600 * S;
	ck_assert_int_eq(mym_limit(), 200);

	found.limit = 300;
	clock_now -= 60 * S;
	ck_assert_int_eq(mym_limit(), 200);
	clock_now += 60 * S;
	ck_assert_int_eq(mym_limit(), 200);
	clock_now += 10 * MS;
	ck_assert_int_eq(mym_limit(), 300);

	/* What the last pass has cost was paid by the old clock. */
	found.limit = 400;
	found.cost = S;
	clock_now += 10 * MS;
	ck_assert_int_eq(mym_limit(), 400);
	found.limit = 500;
	clock_now -= 3600 * S;
	ck_assert_int_eq(mym_limit(), 400);
	mym_set_max_age(10 * MS);
	ck_assert_int_eq(mym_limit(), 500);
}
END_TEST

START_TEST(failures)
{
	/* Nothing good yet: told, and not kept. */
	found.result = -EMFILE;
	ck_assert_int_eq(mym_limit(), -EMFILE);
	ck_assert_int_eq(mym_limit(), -EMFILE);
	ck_assert_uint_eq(passes, 2);
	found.result = 0;
	ck_assert_int_eq(mym_limit(), 100);
	/* The last good one, until it works again. */
	found.result = -ENOMEM;
	found.limit = 200;
	for (int i = 0; i < 5; i++) {
		clock_now += 10 * MS;
		ck_assert_int_eq(mym_limit(), 100);
	}
	found.result = 0;
	ck_assert_int_eq(mym_limit(), 100);
	clock_now += 10 * MS;
	ck_assert_int_eq(mym_limit(), 200);
	/* Not to be known is an answer like another. */
	found.result = -ENODATA;
	clock_now += 10 * MS;
	ck_assert_int_eq(mym_limit(), -ENODATA);
	found.result = 0;
	ck_assert_int_eq(mym_limit(), -ENODATA);
	clock_now += 10 * MS;
	ck_assert_int_eq(mym_limit(), 200);
}
END_TEST

/* Runs in a child, whatever made it; exits with the line that failed. */
#define IN_CHILD(condition)                                                    \
	do {                                                                   \
		if (!(condition))                                              \
			_exit(__LINE__ % 251 + 1);                             \
	} while (0)

static void wait_for(pid_t pid)
{
	int status = -1;

	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

/* Each generation asks anew, and none disturbs the one above. */
START_TEST(forks)
{
	pid_t pid;

	mym_set_max_age(INT64_MAX);
	ck_assert_int_eq(mym_limit(), 100);
	pid = fork();
	if (pid == 0) {
		found.limit = 50;
		IN_CHILD(mym_limit() == 50 && alone == 0);
		/* What the parent found is taken along, but looked at again. */
		IN_CHILD(context_was == MADE && known_since == 0);
		pid = fork();
		if (pid == 0) {
			found.limit = 25;
			IN_CHILD(mym_limit() == 25 && alone == 0);
			_exit(0);
		}
		wait_for(pid);
		found.limit = 1;
		IN_CHILD(mym_limit() == 50);
		_exit(0);
	}
	wait_for(pid);
	ck_assert_uint_eq(PASSES(mym_limit()), 0);
	ck_assert_int_eq(mym_limit(), 100);
}
END_TEST

static void *ask(void *result)
{
	*(int64_t *)result = mym_limit();
	return NULL;
}

static pthread_t blocked_thread(int64_t *result)
{
	pthread_t thread;

	__atomic_store_n(&let_go, 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(&entered, 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(&found.blocks, true, __ATOMIC_SEQ_CST);
	ck_assert_int_eq(pthread_create(&thread, NULL, ask, result), 0);
	while (!__atomic_load_n(&entered, __ATOMIC_SEQ_CST))
		sched_yield();
	__atomic_store_n(&found.blocks, false, __ATOMIC_SEQ_CST);
	return thread;
}

static void end_blocked(pthread_t thread)
{
	__atomic_store_n(&let_go, 1, __ATOMIC_SEQ_CST);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
}

/* A pass has emptied the queue, and has not read the limit yet. */
START_TEST(emptied)
{
	int64_t result = 0;
	pthread_t thread;

	found.inotify = 70;
	mym_set_max_age(0);
	ck_assert_uint_eq(PASSES(mym_limit()), 1);
	ck_assert_uint_eq(PASSES(mym_limit()), 0);
	written = 70;
	thread = blocked_thread(&result);
	written = 0;
	found.limit = 200;
	ck_assert_int_eq(mym_limit(), 200);
	end_blocked(thread);
	ck_assert_int_eq(result, 200);
	ck_assert_uint_eq(PASSES(mym_limit()), 0);
}
END_TEST

static void (*while_waiting)(void);
static pthread_t waited_for;
static bool another; /* makes a pass before the one that waits can */

/* While this thread waits for the lock the other lets go of it. */
int __wrap_sched_yield(void);
int __real_sched_yield(void);
int __wrap_sched_yield(void)
{
	pthread_t thread;
	int64_t result;

	if (while_waiting) {
		while_waiting();
		while_waiting = NULL;
		return 0;
	}
	if (!pthread_equal(pthread_self(), main_thread) || !waited_for)
		return __real_sched_yield();
	thread = waited_for;
	waited_for = 0;
	end_blocked(thread);
	clock_now += MS;
	if (another) {
		ck_assert_int_eq(pthread_create(&thread, NULL, ask, &result),
				 0);
		ck_assert_int_eq(pthread_join(thread, NULL), 0);
	}
	return 0;
}

/* Who waits for a pass takes it if it began after the question. */
START_TEST(waiting)
{
	int64_t result = 0;

	main_thread = pthread_self();
	mym_set_max_age(0);
	for (int i = 0; i < 2; i++) {
		another = i == 1;
		waited_for = blocked_thread(&result);
		found.limit = 200 + i;
		passes = 0;
		ck_assert_int_eq(mym_limit(), 200 + i);
		ck_assert_uint_eq(passes, 1);
		ck_assert_uint_eq(alone, 0);
	}
}
END_TEST

/* One refreshes, the others keep what there is; nobody waits. */
START_TEST(contention)
{
	int64_t result = 0;
	pthread_t thread;

	/* There is nothing yet: a pass of one's own. */
	thread = blocked_thread(&result);
	ck_assert_int_eq(mym_limit(), 100);
	ck_assert_uint_eq(alone, 1);
	end_blocked(thread);
	ck_assert_int_eq(result, 100);
	/* The last answer. */
	clock_now += S;
	thread = blocked_thread(&result);
	found.limit = 200;
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(mym_limit(), 100);
	ck_assert_uint_eq(alone, 1);
	end_blocked(thread);
	ck_assert_int_eq(result, 200);
	ck_assert_int_eq(mym_limit(), 200);
	/* Always fresh is always fresh. */
	mym_set_max_age(0);
	thread = blocked_thread(&result);
	found.limit = 300;
	ck_assert_int_eq(mym_limit(), 300);
	ck_assert_uint_eq(alone, 2);
	end_blocked(thread);
}
END_TEST

/* An age that is set meanwhile holds from the end of the refresh on. */
START_TEST(age_during_refresh)
{
	int64_t result = 0;
	pthread_t thread = blocked_thread(&result);

	ck_assert_int_eq(mym_set_max_age(0), 0);
	end_blocked(thread);
	ck_assert_int_eq(result, 100);
	found.limit = 200;
	ck_assert_int_eq(mym_limit(), 200);
}
END_TEST

/* What a thread does at the end of a refresh of 10 ms, up to where it would look
 * whether the age is still that. */
static void give_back(void)
{
	struct mym__fast_state *s = mym__fast_state();
	const int64_t until = clock_now + 10 * MS - 2 * TICK;
	const int64_t numbers[MYM__LATCH_NUMBERS] = { 100, until, until };

	mym__latch_put(&s->answers[MYM__FAST_LIMIT], numbers);
	__atomic_store_n(&s->locked, 0, __ATOMIC_SEQ_CST);
}

/* A thread that waits gets the lock before the one that gave it back can do what
 * the new age asks for. */
START_TEST(age_between_refreshes)
{
	struct mym__fast_state *s = mym__fast_state();

	ck_assert_int_eq(mym_limit(), 100);
	clock_now += S;
	__atomic_store_n(&s->locked, 1, __ATOMIC_SEQ_CST);
	ck_assert_int_eq(mym_set_max_age(0), 0);
	found.limit = 200;
	while_waiting = give_back;
	ck_assert_int_eq(mym_limit(), 200);
	ck_assert_ptr_null(while_waiting);
	found.limit = 300;
	ck_assert_int_eq(mym_limit(), 300);
	ck_assert_uint_eq(alone, 0);
}
END_TEST

/* After an event nothing from before it is given, however young, and whatever
 * the last refresh took. */
START_TEST(orders)
{
	int64_t result = 0;
	pthread_t thread;

	found.cost = S;
	ck_assert_int_eq(mym_set_max_age(600 * S), 0);
	/* To nobody who has ever asked. */
	mym__fast_expire();
	ck_assert_uint_eq(PASSES(mym_limit()), 1);
	found.limit = 200;
	ck_assert_int_eq(mym_limit(), 100);
	mym__fast_expire();
	ck_assert_int_eq(mym_limit(), 200);
	/* Nor is what seldom changes taken from before. */
	ck_assert_int_eq(known_since, 0);
	ck_assert_uint_eq(PASSES(mym_limit()), 0);
	/* An age that is set does not go before what is paid for. */
	ck_assert_int_eq(mym_set_max_age(300 * S), 0);
	ck_assert_uint_eq(PASSES(mym_limit()), 0);
	/* Given while a refresh that began before it goes on. */
	clock_now += 600 * S;
	thread = blocked_thread(&result);
	mym__fast_expire();
	end_blocked(thread);
	ck_assert_uint_eq(PASSES(mym_limit()), 1);
	ck_assert_uint_eq(PASSES(mym_limit()), 0);
}
END_TEST

/* The child does not inherit a lock that nobody would release. */
START_TEST(fork_during_refresh)
{
	int64_t result = 0;
	pthread_t thread;
	pid_t pid;

	ck_assert_int_eq(mym__file_adopt(&kept, memfd_create("kept",
							     MFD_CLOEXEC)), 0);
	thread = blocked_thread(&result);
	pid = fork();
	if (pid == 0) {
		const int fd = kept.fd;

		kept.fd = 0;
		found.limit = 50;
		IN_CHILD(mym_limit() == 50 && alone == 0);
		/* What was just being changed is not used. */
		IN_CHILD(context_was == 0 && known_since == 0);
		/* Nor is it left open. */
		IN_CHILD(fcntl(fd, F_GETFD) == -1);
		found.limit = 60;
		IN_CHILD(mym_limit() == 50);
		clock_now += S;
		IN_CHILD(mym_limit() == 60 && alone == 0);
		_exit(0);
	}
	end_blocked(thread);
	wait_for(pid);
	ck_assert_int_eq(mym_limit(), 100);
}
END_TEST

/* A child that ends as it should, and has never asked, does not release what was just
 * being changed. */
START_TEST(fork_and_exit_during_refresh)
{
	int64_t result = 0;
	pthread_t thread = blocked_thread(&result);
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0)
		exit(0);
	end_blocked(thread);
	wait_for(pid);
	ck_assert_int_eq(result, 100);
}
END_TEST

/* ThreadSanitizer takes clone(2) for fork(2), and loses its own state. */
#ifndef __SANITIZE_THREAD__
static int sharing(void *unused)
{
	(void)unused;
	clock_now += S;
	found.limit = 50;
	/* Its own answer, which it does not leave behind. */
	IN_CHILD(mym_limit() == 50 && alone == 1);
	found.limit = 60;
	IN_CHILD(mym_limit() == 60 && alone == 2);
	_exit(0);
}

/* A process that shares the memory, as after vfork(2). */
START_TEST(shared_memory)
{
	static char stack[65536] __attribute__((aligned(16)));
	pid_t pid;

	ck_assert_int_eq(mym_limit(), 100);
	pid = clone(sharing, stack + sizeof(stack), CLONE_VM | CLONE_VFORK |
		    SIGCHLD, NULL);
	wait_for(pid);
	ck_assert_uint_eq(alone, 2);
	found.limit = 70;
	ck_assert_int_eq(mym_limit(), 70);
	ck_assert_uint_eq(alone, 2);
}
END_TEST
#endif

/* A kernel that cannot wipe: nothing is kept. */
START_TEST(no_wipe)
{
	madvise_fails = true;
	for (int i = 0; i < 5; i++) {
		found.limit = 100 + i;
		ck_assert_int_eq(mym_limit(), 100 + i);
		ck_assert_uint_eq(alone, 1 + (unsigned int)i);
	}
}
END_TEST

static void *ask_and_be_cancelled(void *result)
{
	*(int64_t *)result = mym_limit();
	pthread_testcancel();
	*(int64_t *)result = 0;
	return NULL;
}

/* A thread that is cancelled in a refresh leaves no lock behind. */
START_TEST(cancelled)
{
	int64_t result = 0;
	pthread_t thread;
	void *end = NULL;

	mym_limit();
	clock_now += S;
	found.limit = 200;
	__atomic_store_n(&found.cancels, true, __ATOMIC_SEQ_CST);
	ck_assert_int_eq(pthread_create(&thread, NULL, ask_and_be_cancelled,
					&result), 0);
	ck_assert_int_eq(pthread_join(thread, &end), 0);
	ck_assert_ptr_eq(end, PTHREAD_CANCELED);
	ck_assert_int_eq(result, 200);
	__atomic_store_n(&found.cancels, false, __ATOMIC_SEQ_CST);
	clock_now += S;
	found.limit = 300;
	ck_assert_int_eq(mym_limit(), 300);
	ck_assert_uint_eq(alone, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("fast");
	TCase *tc = tcase_create("fast");

	tcase_add_checked_fixture(tc, begin, NULL);
	tcase_add_test(tc, age);
	tcase_add_test(tc, ticks);
	tcase_add_test(tc, kinds);
	tcase_add_test(tc, max_age);
	tcase_add_test(tc, unwritten);
	tcase_add_test(tc, budget);
	tcase_add_test(tc, unpaid);
	tcase_add_test(tc, idle);
	tcase_add_test(tc, suspended);
	tcase_add_test(tc, another_clock);
	tcase_add_test(tc, failures);
	tcase_add_test(tc, forks);
	tcase_add_test(tc, contention);
	tcase_add_test(tc, waiting);
	tcase_add_test(tc, emptied);
	tcase_add_test(tc, age_during_refresh);
	tcase_add_test(tc, age_between_refreshes);
	tcase_add_test(tc, orders);
	tcase_add_test(tc, fork_during_refresh);
	tcase_add_test(tc, fork_and_exit_during_refresh);
#ifndef __SANITIZE_THREAD__
	tcase_add_test(tc, shared_memory);
#endif
	tcase_add_test(tc, no_wipe);
	tcase_add_test(tc, cancelled);
	suite_add_tcase(s, tc);
	return s;
}
