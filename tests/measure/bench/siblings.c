/* SPDX-License-Identifier: MIT */
/* A group whose parent has a limit and so many groups in all. */
#include <stdio.h>
#include <unistd.h>

#include <mymem.h>

#include "age.h"
#include "clock.h"
#include "context.h"
#include "group.h"
#include "nest.h"
#include "raw.h"

/* A batch takes so long, and so long for each group: all batches together take
 * longer than a hundred times what it takes to look at all groups, when that is
 * done again. */
#define AT_LEAST (100 * MS)
#define EACH_GROUP (2 * MS)

static int groups;

/* v1 has no memory.min. */
static bool have_minimum(const struct row *row)
{
	(void)row;
	return group_version() == 2;
}

/* All processor time over all calls, of all batches so far: in a mean, the time
 * of others would not be left out. */
static double mean(const struct row *row, long calls)
{
	static int64_t time, made;
	const int64_t end = clock_now() + AT_LEAST + groups * EACH_GROUP;
	int64_t begin = clock_ns(CLOCK_THREAD_CPUTIME_ID);

	(void)row;
	(void)calls;
	do {
		context_snapshot(MYM_WANT_AVAILABLE);
		made++;
	} while (clock_now() < end);
	time += clock_ns(CLOCK_THREAD_CPUTIME_ID) - begin;
	return (double)time / (double)made;
}

BATCH(run_available, mym_available())
BATCH(run_snapshot, context_snapshot(MYM_WANT_AVAILABLE))

const struct row siblings_rows[] = {
	ROW(NULL, "raw preads: all files of MYM_WANT_ALL", RAW(RAW_ALL)),
	ROW(NULL, "mym_available, fresh", .run = run_available,
	    .before = age_fresh),
	ROW(NULL, "mym_snapshot MYM_WANT_AVAILABLE", .run = run_snapshot),
	ROW(NULL, "mym_snapshot MYM_WANT_AVAILABLE, mean of all calls",
	    .measure = mean, .single = true, .have = have_minimum),
	{ 0 }
};

const char *siblings_enter(const struct situation *situation)
{
	char name[32], child[32];
	const char *wrong;

	groups = situation->number;
	snprintf(name, sizeof(name), "siblings-%d", groups);
	wrong = nest_make(name, 1, nest_usual());
	for (int i = 0; i < groups && !wrong; i++) {
		snprintf(child, sizeof(child), "below-%d", i);
		wrong = nest_below(name, child);
	}
	/* Into the last of them. */
	if (!wrong)
		wrong = nest_join();
	if (!wrong)
		raw_open(RAW_ALL);
	return wrong;
}
