/* SPDX-License-Identifier: MIT */
/*
 * The pool: a job that does not fit does not begin.
 *
 * mym_workers() says how many more fit beside what is in use now.  A job that
 * has begun and not touched all its memory does not use it yet, but will.  So
 * the pool counts what its jobs have touched, and subtracts the rest of what
 * they need from the answer.  So that this errs only on the careful side, one
 * lock is held while both are read, memory is counted after it was touched and
 * subtracted before it is given back, and every answer is fresh:
 * mym_set_max_age(0).
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <mymem.h>

#include "autoscale-pool.h"

#define CHUNK ((int64_t)1 << 20)
#define PAGE 4096
#define PAUSE_MS 10
#define WAIT_MS 50

int64_t pool_job_bytes(const struct pool_plan *plan)
{
	return (int64_t)plan->job_mib << 20;
}

static double seconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) +
	       (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static void pause_ms(int ms)
{
	nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000L }, NULL);
}

/* A job that needs its memory for a while, and mostly waits. */
static void compute(const volatile char *block, int64_t bytes, int ms)
{
	struct timespec start;
	int sum = 0;

	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		for (int64_t at = 0; at < bytes; at += PAGE)
			sum += block[at];
		pause_ms(PAUSE_MS);
	} while (seconds_since(&start) * 1000 < ms);
	(void)sum;
}

static void touch(struct pool *pool, char *block, int64_t bytes)
{
	for (int64_t at = 0; at < bytes; at += CHUNK) {
		memset(block + at, 1, (size_t)CHUNK);
		pthread_mutex_lock(&pool->lock);
		pool->touched += CHUNK;
		pthread_mutex_unlock(&pool->lock);
	}
}

/* The job is over, or could not be done and is left to another. */
static void end_job(struct pool *pool, bool done)
{
	pthread_mutex_lock(&pool->lock);
	pool->begun--;
	if (done) {
		pool->touched -= pool_job_bytes(&pool->plan);
		pool->done++;
	} else {
		pool->jobs++;
	}
	pthread_mutex_unlock(&pool->lock);
}

static bool do_job(struct pool *pool)
{
	const int64_t bytes = pool_job_bytes(&pool->plan);
	char *block = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (block == MAP_FAILED) {
		end_job(pool, false);
		return false;
	}
	touch(pool, block, bytes);
	compute(block, bytes, pool->plan.job_ms);
	end_job(pool, true);
	munmap(block, (size_t)bytes);
	return true;
}

/* How many more jobs fit beside those that have begun; negative: not known. */
static int room(const struct pool *pool)
{
	const int64_t each = pool_job_bytes(&pool->plan);
	int64_t due = pool->begun * each - pool->touched;
	int fit = mym_workers(each, INT_MAX);

	if (fit < 0)
		return fit;
	fit -= (int)((due + each - 1) / each);
	return fit > 0 ? fit : 0;
}

static void want(struct pool *pool, int workers, const char *why)
{
	if (workers > pool->plan.max)
		workers = pool->plan.max;
	if (workers < 1)
		workers = 1;
	if (workers == pool->wanted)
		return;
	pool->wanted = workers;
	printf("%6.2f s %3d worker%s: %s\n", pool_seconds(pool), workers,
	       workers == 1 ? "" : "s", why);
	fflush(stdout);
}

enum turn { LEAVE, WAIT, BEGIN };

static enum turn next_turn(struct pool *pool)
{
	if (pool->stopped || pool->jobs == 0 || pool->workers > pool->wanted)
		return LEAVE;
	if (pool->plan.asks && room(pool) == 0)
		return WAIT;
	pool->jobs--;
	pool->begun++;
	return BEGIN;
}

static void *work(void *argument)
{
	struct pool *pool = argument;
	enum turn turn;

	pthread_mutex_lock(&pool->lock);
	while ((turn = next_turn(pool)) != LEAVE) {
		pthread_mutex_unlock(&pool->lock);
		if (turn == WAIT || !do_job(pool))
			pause_ms(WAIT_MS);
		pthread_mutex_lock(&pool->lock);
	}
	pool->workers--;
	pool->left[pool->left_count++] = pthread_self();
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

/* Workers that wait to be joined take a place in `left`, too. */
static void start_workers(struct pool *pool)
{
	pthread_t thread;
	int r = 0;

	while (pool->jobs > 0 && pool->workers < pool->wanted &&
	       pool->workers + pool->left_count < pool->plan.max) {
		r = pthread_create(&thread, NULL, work, pool);
		if (r != 0)
			break;
		pool->workers++;
	}
	if (pool->most < pool->workers)
		pool->most = pool->workers;
	if (r != 0)
		want(pool, pool->workers, strerror(r));
}

int pool_open(struct pool *pool, const struct pool_plan *plan)
{
	int r;

	*pool = (struct pool){ .plan = *plan, .jobs = plan->jobs };
	clock_gettime(CLOCK_MONOTONIC, &pool->start);
	pool->left = calloc((size_t)plan->max, sizeof(*pool->left));
	if (!pool->left)
		return -1;
	r = pthread_mutex_init(&pool->lock, NULL);
	if (r != 0) {
		free(pool->left);
		errno = r;
		return -1;
	}
	return 0;
}

void pool_close(struct pool *pool)
{
	pthread_mutex_destroy(&pool->lock);
	free(pool->left);
}

void pool_resize(struct pool *pool, int workers, const char *why)
{
	pthread_mutex_lock(&pool->lock);
	if (pool->jobs > 0 && !pool->stopped) {
		want(pool, workers, why);
		start_workers(pool);
	}
	pthread_mutex_unlock(&pool->lock);
}

int pool_target(struct pool *pool)
{
	const int64_t each = pool_job_bytes(&pool->plan);
	int64_t limit = mym_limit(), spare;
	int more, target;

	pthread_mutex_lock(&pool->lock);
	spare = limit / 100 * pool->plan.spare_percent;
	more = room(pool);
	if (limit < 0 || more < 0)
		target = pool->wanted;
	else
		target = pool->begun + more - (int)((spare + each - 1) / each);
	pthread_mutex_unlock(&pool->lock);
	return target;
}

int pool_wanted(struct pool *pool)
{
	int wanted;

	pthread_mutex_lock(&pool->lock);
	wanted = pool->wanted;
	pthread_mutex_unlock(&pool->lock);
	return wanted;
}

void pool_stop(struct pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	pool->stopped = true;
	pthread_mutex_unlock(&pool->lock);
}

bool pool_runs(struct pool *pool)
{
	bool runs;

	pthread_mutex_lock(&pool->lock);
	/* A worker in the list has released the lock, or is about to. */
	while (pool->left_count > 0)
		pthread_join(pool->left[--pool->left_count], NULL);
	runs = pool->workers > 0;
	pthread_mutex_unlock(&pool->lock);
	return runs;
}

double pool_seconds(const struct pool *pool)
{
	return seconds_since(&pool->start);
}
