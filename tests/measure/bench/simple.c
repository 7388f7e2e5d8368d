/* SPDX-License-Identifier: MIT */
/* The simple calls: warm, where the last answer is young enough, and fresh. */
#include <unistd.h>

#include <mymem.h>

#include "age.h"
#include "clock.h"
#include "nest.h"
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

static bool have_group(const struct row *row)
{
	(void)row;
	return nest_limit(nest_usual()) == NULL;
}

/* What the first one to ask waits for; to write the limit is not counted. */
static double ask_after_writing(const struct row *row, long calls)
{
	int64_t spent = 0, begin;

	(void)row;
	for (long i = 0; i < calls; i++) {
		nest_limit(nest_usual() - i % 2 * MIB);
		begin = clock_now();
		mym_limit();
		spent += clock_now() - begin;
	}
	return (double)spent / (double)calls;
}

const struct row simple_rows[] = {
	ROW("warm", "mym_limit", .run = run_limit, .before = age_warm),
	ROW("warm", "mym_available", .run = run_available, .before = age_warm),
	ROW("warm", "mym_pressure", .run = run_pressure, .before = age_warm),
	ROW("warm", "mym_workers", .run = run_workers, .before = age_warm),
	ROW("fresh", "mym_limit", .run = run_limit, .before = age_fresh),
	ROW("fresh", "mym_available", .run = run_available, .before = age_fresh),
	ROW("fresh", "mym_pressure", .run = run_pressure, .before = age_fresh),
	ROW("fresh", "mym_workers", .run = run_workers, .before = age_fresh),
	ROW("fresh", "mym_limit, once after the limit was written",
	    .measure = ask_after_writing, .before = age_fresh, .have = have_group),
	{ 0 }
};
