/* SPDX-License-Identifier: MIT */
/* The first answer: all has to be found and opened, and is closed again. */
#include "context.h"
#include "raw.h"
#include "row.h"

BATCH(run_limit, context_discover(MYM_WANT_LIMIT))
BATCH(run_all, context_discover(MYM_WANT_ALL))

const struct row first_rows[] = {
	ROW("first answer", "raw: each file opened, read and closed",
	    RAW(RAW_FIRST)),
	ROW("first answer", "mym_open, MYM_WANT_LIMIT, mym_close",
	    .run = run_limit),
	ROW("first answer", "mym_open, MYM_WANT_ALL, mym_close",
	    .run = run_all),
	{ 0 }
};
