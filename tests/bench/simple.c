/* SPDX-License-Identifier: MIT */
/* The simple calls: warm, where the last answer is young enough, and fresh. */
#include <unistd.h>

#include <mymem.h>

#include "age.h"
#include "clock.h"

#define HOUR ((int64_t)3600 * 1000000000)
#define MIB ((int64_t)1 << 20)

void age_warm(const struct row *row)
{
	(void)row;
	mym_set_max_age(HOUR);
}

/*
 * CLOCK_MONOTONIC_COARSE may be behind by more than its resolution, and until
 * then the last answer is given again even so: begin where it has just been set.
 */
static void wait_for_tick(void)
{
	int64_t begin = clock_ns(CLOCK_MONOTONIC_COARSE);

	while (clock_ns(CLOCK_MONOTONIC_COARSE) == begin)
		usleep(100);
}

void age_fresh(const struct row *row)
{
	(void)row;
	mym_set_max_age(0);
	wait_for_tick();
}

BATCH(run_limit, mym_limit())
BATCH(run_available, mym_available())
BATCH(run_pressure, mym_pressure())
BATCH(run_workers, mym_workers(MIB, 64))

const struct row simple_rows[] = {
	ROW("warm", "mym_limit", .run = run_limit, .before = age_warm),
	ROW("warm", "mym_available", .run = run_available, .before = age_warm),
	ROW("warm", "mym_pressure", .run = run_pressure, .before = age_warm),
	ROW("warm", "mym_workers", .run = run_workers, .before = age_warm),
	ROW("fresh", "mym_limit", .run = run_limit, .before = age_fresh),
	ROW("fresh", "mym_available", .run = run_available, .before = age_fresh),
	ROW("fresh", "mym_pressure", .run = run_pressure, .before = age_fresh),
	ROW("fresh", "mym_workers", .run = run_workers, .before = age_fresh),
	{ 0 }
};
