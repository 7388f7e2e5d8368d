/* SPDX-License-Identifier: MIT */
/* The situations that are tried. */
#ifndef SITUATION_H
#define SITUATION_H

#include <stdbool.h>

#include "around.h"
#include "inside.h"

/* What must be there. */
enum {
	NEEDS_GROUPS = 1 << 0,
	NEEDS_V1 = 1 << 1,
	NEEDS_V2 = 1 << 2,
	NEEDS_SMALL = 1 << 3, /* a machine that nobody else uses */
	NEEDS_DISK = 1 << 4,
	NEEDS_SWAP = 1 << 5,
	NEEDS_NODES = 1 << 6,
	NEEDS_ZRAM = 1 << 7,
	NEEDS_ZSWAP = 1 << 8,
	NEEDS_LRU_GEN = 1 << 9,
	NEEDS_RECURSIVE = 1 << 10, /* memory.min of a parent for its children */
	NEEDS_CHARGED_HUGE = 1 << 11,
	NEEDS_SECRET = 1 << 12,
	NEEDS_FLAT = 1 << 13, /* v1 without a hierarchy */
	NEEDS_32_BITS = 1 << 14,
	NEEDS_RLIMITS = 1 << 15, /* that can be raised */
	LONG = 1 << 16 /* not where time is short */
};

struct situation {
	const char *name;
	unsigned int needs;
	/* How the promise is judged; judge.py has the numbers. */
	const char *bar;
	around_fn *around;
	inside_fn *inside;
};
extern const struct situation situations[];

/* Why it cannot be tried here, or NULL.  The machine may be ours alone. */
const char *situation_missing(const struct situation *situation, bool ours);

#endif
