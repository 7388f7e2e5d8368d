/* SPDX-License-Identifier: MIT */
/*
 * Calls of several threads at once, spread over all CPUs.  Each measures
 * its own processor time: what waiting for a CPU takes is not the library's; a
 * batch counts as that of the thread in the middle.
 * What two threads of one core take from each other, the clock shows too.
 */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include <mymem.h>

#include "age.h"
#include "clock.h"
#include "cpu.h"
#include "fail.h"

#define THREADS 32
#define WARM_UP 1000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t begun = PTHREAD_COND_INITIALIZER;
static pthread_cond_t ended = PTHREAD_COND_INITIALIZER;
static const struct row *wanted;
static long wanted_calls, batch;
static int running, lined_up;
static int64_t spent[THREADS];

BATCH(run_limit, mym_limit())
BATCH(run_available, mym_available())

static int64_t once(const struct row *row, long count)
{
	int64_t begin;

	__atomic_add_fetch(&lined_up, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&lined_up, __ATOMIC_SEQ_CST) < row->number)
		sched_yield();
	row->run(row, count < WARM_UP ? count : WARM_UP);
	begin = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	row->run(row, count);
	return clock_ns(CLOCK_THREAD_CPUTIME_ID) - begin;
}

static void *work(void *index)
{
	long done = 0;

	cpu_nth((int)(intptr_t)index);
	for (;;) {
		long count;
		const struct row *row;
		int64_t ns;

		pthread_mutex_lock(&lock);
		while (batch == done)
			pthread_cond_wait(&begun, &lock);
		done = batch;
		count = wanted_calls;
		row = wanted;
		pthread_mutex_unlock(&lock);
		if ((intptr_t)index >= row->number)
			continue;
		ns = once(row, count);
		pthread_mutex_lock(&lock);
		spent[(intptr_t)index] = ns;
		if (--running == 0)
			pthread_cond_signal(&ended);
		pthread_mutex_unlock(&lock);
	}
	return NULL;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* One that was disturbed does not count, as long as most were not. */
static double middle(int threads)
{
	int64_t two;

	qsort(spent, (size_t)threads, sizeof(spent[0]), compare);
	two = spent[(threads - 1) / 2] + spent[threads / 2];
	return (double)two / 2;
}

static double measure(const struct row *row, long count)
{
	pthread_mutex_lock(&lock);
	wanted_calls = count;
	wanted = row;
	running = row->number;
	lined_up = 0;
	batch++;
	pthread_cond_broadcast(&begun);
	while (running > 0)
		pthread_cond_wait(&ended, &lock);
	pthread_mutex_unlock(&lock);
	return middle(row->number) / (double)count;
}

static void before(const struct row *row)
{
	age_warm(row);
	mym_limit();
}

BATCH(run_coarse, clock_gettime(CLOCK_MONOTONIC_COARSE, &(struct timespec){ 0 }))

#define THREADS_ROWS(count, words) \
	ROW(NULL, "mym_limit, warm, " words, .run = run_limit, \
	    .measure = measure, .before = before, .number = (count)), \
	ROW(NULL, "clock_gettime MONOTONIC_COARSE, " words, \
	    .run = run_coarse, .measure = measure, .number = (count))

/* With an age of 0: each call is answered by a pass. */
#define FRESH_ROW(count, words) \
	ROW(NULL, "mym_available, fresh, " words, .run = run_available, \
	    .measure = measure, .before = age_fresh, .number = (count))

const struct row thread_rows[] = {
	THREADS_ROWS(1, "1 thread"),
	THREADS_ROWS(2, "2 threads"),
	THREADS_ROWS(4, "4 threads"),
	THREADS_ROWS(8, "8 threads"),
	FRESH_ROW(1, "1 thread"),
	FRESH_ROW(2, "2 threads"),
	FRESH_ROW(8, "8 threads"),
	FRESH_ROW(THREADS, "32 threads"),
	{ 0 }
};

const char *thread_enter(const struct situation *situation)
{
	pthread_t thread;

	(void)situation;
	for (intptr_t i = 0; i < THREADS; i++) {
		if (pthread_create(&thread, NULL, work, (void *)i) != 0)
			return "cannot make threads";
	}
	return NULL;
}
