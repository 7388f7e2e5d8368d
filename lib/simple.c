/* SPDX-License-Identifier: MIT */
/* The calls without a context: each makes one pass of its own. */
#include <errno.h>

#include "internal.h"

static int ask(uint64_t want, struct mym_snapshot *out)
{
	struct mym_ctx *ctx;
	int r = mym__context_open(&ctx, NULL);

	if (r < 0)
		return r;
	r = mym__snapshot(ctx, want, out);
	mym__context_close(ctx);
	return r;
}

int64_t mym__simple_limit(void)
{
	struct mym_snapshot s;
	int r = ask(MYM_WANT_LIMIT, &s);

	return r < 0 ? r : s.limit;
}

int64_t mym__simple_available(void)
{
	struct mym_snapshot s;
	int r = ask(MYM_WANT_AVAILABLE, &s);

	return r < 0 ? r : s.available;
}

int mym__simple_pressure(void)
{
	struct mym_snapshot s;
	int r = ask(MYM_WANT_PRESSURE, &s);

	return r < 0 ? r : (int)s.pressure;
}
