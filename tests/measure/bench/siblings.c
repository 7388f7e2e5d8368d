/* SPDX-License-Identifier: MIT */
/* A group whose parent has a limit and so many groups in all. */
#include <stdio.h>
#include <unistd.h>

#include <mymem.h>

#include "age.h"
#include "context.h"
#include "nest.h"
#include "raw.h"

BATCH(run_available, mym_available())
BATCH(run_snapshot, context_snapshot(MYM_WANT_AVAILABLE))

const struct row siblings_rows[] = {
	ROW(NULL, "raw preads: all files of MYM_WANT_ALL", RAW(RAW_ALL)),
	ROW(NULL, "mym_available, fresh", .run = run_available,
	    .before = age_fresh),
	ROW(NULL, "mym_snapshot MYM_WANT_AVAILABLE", .run = run_snapshot),
	{ 0 }
};

const char *siblings_enter(const struct situation *situation)
{
	char name[32], child[32];
	const char *wrong;

	snprintf(name, sizeof(name), "siblings-%d", situation->number);
	wrong = nest_make(name, 1, nest_usual());
	for (int i = 0; i < situation->number && !wrong; i++) {
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
