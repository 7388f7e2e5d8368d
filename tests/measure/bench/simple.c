/* SPDX-License-Identifier: MIT */
/* The simple calls: warm, where the last answer is young enough, and fresh. */
#include <unistd.h>

#include <mymem.h>

#include "age.h"
#include "units.h"

#define HOUR ((int64_t)3600 * 1000000000)

void age_warm(const struct row *row)
{
	(void)row;
	mym_set_max_age(HOUR);
	/* Until the last refresh is paid for; the next is of all answers. */
	usleep(20000);
	mym_pressure();
}

void age_fresh(const struct row *row)
{
	(void)row;
	mym_set_max_age(0);
	/* What seldom changes is read ten times a second, and not in here: it
	 * is what a snapshot costs. */
	mym_pressure();
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
