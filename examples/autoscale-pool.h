/* SPDX-License-Identifier: MIT */
/* The pool of autoscale: threads that do jobs, each of which needs memory. */
#ifndef AUTOSCALE_POOL_H
#define AUTOSCALE_POOL_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct pool_plan {
	bool asks;         /* libmymem; otherwise it trusts sysconf() */
	int jobs;
	int job_mib;
	int job_ms;
	int max;           /* workers */
	int spare_percent; /* of the limit, which stay free */
};

struct pool {
	struct pool_plan plan;
	struct timespec start;
	pthread_mutex_t lock; /* for all that follows */
	bool stopped;
	int jobs;             /* that no worker has begun */
	int done;
	int wanted;
	int workers;          /* may be more than are wanted, for a moment */
	int most;
	int begun;            /* jobs, and what they have touched so far */
	int64_t touched;
	pthread_t *left;      /* workers that have ended, to be joined */
	int left_count;
};

int64_t pool_job_bytes(const struct pool_plan *plan);

/* 0, or -1 and errno. */
int pool_open(struct pool *pool, const struct pool_plan *plan);
void pool_close(struct pool *pool);

/* Have this many workers, at least one; those in excess end after their job. */
void pool_resize(struct pool *pool, int workers, const char *why);

/* How many jobs fit at a time, with the spare share of the limit left free. */
int pool_target(struct pool *pool);

int pool_wanted(struct pool *pool);

/* Begin no more jobs. */
void pool_stop(struct pool *pool);

/* Join the workers that have ended.  Are there others? */
bool pool_runs(struct pool *pool);

double pool_seconds(const struct pool *pool);

#endif
