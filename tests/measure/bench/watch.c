/* SPDX-License-Identifier: MIT */
#include <mymem.h>

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

const struct row watch_rows[] = {
	ROW(NULL, "mym_watch_next, a look", .run = run_look),
	ROW(NULL, "mym_watch_next, too early", .run = run_nothing),
	{ 0 }
};
