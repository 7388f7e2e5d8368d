/* SPDX-License-Identifier: MIT */
#include <mymem.h>

#include "clock.h"
#include "fail.h"
#include "row.h"

static int watch_next(struct mym_watch **watch, int64_t interval)
{
	const struct mym_watch_options options = {
		.flags = MYM_WATCH_NO_MANAGER,
		.interval_min = interval,
		.interval_max = interval,
	};
	struct mym_event event;

	if (!*watch)
		must(mym_watch_open(watch, &options, sizeof(options)),
		     "mym_watch_open");
	return mym_watch_next(*watch, &event, sizeof(event));
}

static struct mym_watch *busy, *idle;

/* The timer has always expired.  All batches together must be less than what a
 * watch may use at once, 50 ms. */
BATCH(run_look, watch_next(&busy, 1))
BATCH(run_nothing, watch_next(&idle, INT64_MAX))

static struct mym_watch *opened;

static double open_one(const struct row *row, long calls)
{
	int64_t begin;

	(void)row;
	(void)calls;
	mym_watch_close(opened);
	begin = clock_now();
	must(mym_watch_open(&opened, NULL, 0), "mym_watch_open");
	return (double)(clock_now() - begin);
}

static double close_one(const struct row *row, long calls)
{
	int64_t begin;

	open_one(row, calls);
	begin = clock_now();
	opened = mym_watch_close(opened);
	return (double)(clock_now() - begin);
}

const struct row watch_rows[] = {
	ROW(NULL, "mym_watch_next, a look", .run = run_look),
	ROW(NULL, "mym_watch_next, too early", .run = run_nothing),
	ROW(NULL, "mym_watch_open", .measure = open_one, .single = true),
	ROW(NULL, "mym_watch_close", .measure = close_one, .single = true),
	{ 0 }
};
