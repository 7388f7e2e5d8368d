/* SPDX-License-Identifier: MIT */
/* Makes passes until one holds. */
#ifndef MYM_SNAPSHOT_H
#define MYM_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "mymem.h"

#pragma GCC visibility push(hidden)

struct mym_ctx;

int mym__snapshot(struct mym_ctx *ctx, uint64_t want, struct mym_snapshot *out);
/* The same at this time, but what seldom changes may be up to this old (ns). */
#define MYM__SELDOM INT64_C(100000000)
int mym__snapshot_light(struct mym_ctx *ctx, uint64_t want, int64_t time,
			struct mym_snapshot *out);
/* Whether the process has left the group that the last pass found. */
bool mym__snapshot_moved(struct mym_ctx *ctx);

#pragma GCC visibility pop

#endif
