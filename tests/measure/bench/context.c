/* SPDX-License-Identifier: MIT */
#include "context.h"
#include "fail.h"
#include "row.h"

static struct mym_snapshot snapshot;

int context_snapshot(uint64_t want)
{
	static struct mym_ctx *ctx;

	if (!ctx)
		must(mym_open(&ctx, NULL, 0), "mym_open");
	return mym_snapshot(ctx, want, &snapshot, sizeof(snapshot));
}

int context_discover(uint64_t want)
{
	struct mym_ctx *ctx;
	int r;

	must(mym_open(&ctx, NULL, 0), "mym_open");
	r = mym_snapshot(ctx, want, &snapshot, sizeof(snapshot));
	mym_close(ctx);
	return r;
}

BATCH(run_limit, context_snapshot(MYM_WANT_LIMIT))
BATCH(run_available, context_snapshot(MYM_WANT_AVAILABLE))
BATCH(run_all, context_snapshot(MYM_WANT_ALL))

const struct row snapshot_rows[] = {
	ROW("mym_snapshot", "MYM_WANT_LIMIT", .run = run_limit),
	ROW("mym_snapshot", "MYM_WANT_AVAILABLE", .run = run_available),
	ROW("mym_snapshot", "MYM_WANT_ALL", .run = run_all),
	{ 0 }
};
