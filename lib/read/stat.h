/* SPDX-License-Identifier: MIT */
/* memory.stat of a group: what can be reclaimed of it, and more. */
#ifndef MYM_STAT_H
#define MYM_STAT_H

#include <stdint.h>

#include "../discover/dialect.h"
#include "pass.h"

#pragma GCC visibility push(hidden)

struct mym__usage {
	int64_t stats[MYM__STATS];
	uint64_t seen, broken;
	int64_t reclaimable;
};
/* Reads what can be reclaimed, and the others, bits of MYM__STAT_*. */
int mym__stat_read(struct mym__pass *pass, struct mym__open open,
		   uint64_t others, struct mym__usage *usage);

#pragma GCC visibility pop

#endif
