/* SPDX-License-Identifier: MIT */
/* One call after 16 MiB of something else went through the caches. */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#ifdef HAVE_LIBUV
#include <uv.h>
#endif

#include <mymem.h>

#include "age.h"
#include "context.h"
#include "fail.h"
#include "raw.h"

#define SWEEP ((size_t)16 << 20)
#define LINE 64

static struct timespec t;

static void sweep(void)
{
	static volatile unsigned char *memory;

	if (!memory)
		memory = calloc(1, SWEEP);
	must(memory ? 0 : -1, "memory");
	for (size_t i = 0; i < SWEEP; i += LINE)
		memory[i]++;
}

static void before(const struct row *row)
{
	(void)row;
	sweep();
}

static void before_warm(const struct row *row)
{
	age_warm(row);
	mym_limit();
	sweep();
}

static void before_fresh(const struct row *row)
{
	age_fresh(row);
	mym_available();
	sweep();
}

static void before_all(const struct row *row)
{
	(void)row;
	context_snapshot(MYM_WANT_ALL);
	sweep();
}

BATCH(run_nothing, i)
BATCH(run_getppid, getppid())
BATCH(run_coarse, clock_gettime(CLOCK_MONOTONIC_COARSE, &t))
BATCH(run_limit, mym_limit())
BATCH(run_available, mym_available())
BATCH(run_all, context_snapshot(MYM_WANT_ALL))
#ifdef HAVE_LIBUV
BATCH(run_constrained, uv_get_constrained_memory())
BATCH(run_free, uv_get_free_memory())
#endif

#define COLD .single = true, .before = before

const struct row cold_rows[] = {
	ROW("cold", "nothing (the clock)", .run = run_nothing, COLD),
	ROW("cold", "getppid", .run = run_getppid, COLD),
	ROW("cold", "clock_gettime MONOTONIC_COARSE", .run = run_coarse, COLD),
	ROW("cold", "raw preads: usage, limit, stat", RAW(RAW_AVAILABLE),
	    COLD),
	ROW("cold", "raw preads: all files of MYM_WANT_ALL", RAW(RAW_ALL),
	    COLD),
	ROW("cold", "mym_limit, warm", .run = run_limit, .single = true,
	  .before = before_warm),
	ROW("cold", "mym_limit, fresh", .run = run_limit, .single = true,
	  .before = before_fresh),
	ROW("cold", "mym_available, fresh", .run = run_available, .single = true,
	  .before = before_fresh),
	ROW("cold", "mym_snapshot MYM_WANT_ALL", .run = run_all, .single = true,
	  .before = before_all),
#ifdef HAVE_LIBUV
	ROW("cold", "libuv uv_get_constrained_memory", .run = run_constrained, COLD),
	ROW("cold", "libuv uv_get_free_memory", .run = run_free, COLD),
#endif
	{ 0 }
};
