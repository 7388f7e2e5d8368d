/* SPDX-License-Identifier: MIT */
/* A group of so many levels, of which the topmost has a limit. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <mymem.h>

#include "age.h"
#include "context.h"
#include "nest.h"
#include "raw.h"

BATCH(run_getppid, getppid())
BATCH(run_limit, mym_limit())
BATCH(run_available, mym_available())
BATCH(run_snapshot, context_snapshot(MYM_WANT_LIMIT))
BATCH(run_all, context_snapshot(MYM_WANT_ALL))

const struct row depth_rows[] = {
	ROW(NULL, "getppid", .run = run_getppid),
	ROW(NULL, "raw preads: all limits", RAW(RAW_LIMITS)),
	ROW(NULL, "raw preads: all files of MYM_WANT_ALL", RAW(RAW_ALL)),
	ROW(NULL, "mym_limit, warm", .run = run_limit, .before = age_warm),
	ROW(NULL, "mym_limit, fresh", .run = run_limit, .before = age_fresh),
	ROW(NULL, "mym_available, fresh", .run = run_available, .before = age_fresh),
	ROW(NULL, "mym_snapshot MYM_WANT_LIMIT", .run = run_snapshot),
	ROW(NULL, "mym_snapshot MYM_WANT_ALL", .run = run_all),
	{ 0 }
};

/* Without groups of our own, depth 1 is where we are. */
const char *depth_enter(const struct situation *situation)
{
	char name[32];
	const char *wrong;

	snprintf(name, sizeof(name), "%.*s-%d",
		 (int)strcspn(situation->name, " "), situation->name,
		 situation->number);
	wrong = nest_make(name, situation->number, nest_usual());
	if (!wrong)
		wrong = nest_join();
	if (situation->number > 1 && wrong)
		return wrong;
	if (wrong)
		fprintf(stderr, "bench: in the present group: %s\n", wrong);
	raw_open(RAW_LIMIT | RAW_USAGE | RAW_AVAILABLE | RAW_HOST | RAW_ALL |
		 RAW_LIMITS | RAW_FIRST);
	return NULL;
}
