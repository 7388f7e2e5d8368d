/* SPDX-License-Identifier: MIT */
/* The rows of raw.h. */
#include "raw.h"
#include "row.h"

static bool have(const struct row *row)
{
	return raw_files(row->number) > 0;
}

BATCH(run, raw_read(row->number))

const struct row raw_rows[] = {
	ROW("raw preads", "limit", .run = run, .have = have, .number = RAW_LIMIT),
	ROW("raw preads", "usage, limit", .run = run, .have = have,
	  .number = RAW_USAGE),
	ROW("raw preads", "usage, limit, stat", .run = run, .have = have,
	  .number = RAW_AVAILABLE),
	ROW("raw preads", "usage, limit, stat, MemAvailable", .run = run, .have = have,
	  .number = RAW_HOST),
	ROW("raw preads", "all files of MYM_WANT_ALL", .run = run, .have = have,
	  .number = RAW_ALL),
	{ 0 }
};
