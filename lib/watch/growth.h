/* SPDX-License-Identifier: MIT */
/* How numbers change between two looks, and when to look again.  Pure. */
#ifndef MYM_GROWTH_H
#define MYM_GROWTH_H

#include <stdbool.h>
#include <stdint.h>

#include "../answer/pressure.h"

#pragma GCC visibility push(hidden)

#define MYM__GROWTH_SAMPLES 64
struct mym__growth {
	uint64_t by;               /* which constraint this is about, */
	int64_t limit;             /* and its limit: another one starts over */
	int64_t time, available;   /* of the last look */
	int64_t lost, lost_in;     /* in the last interval, and how long that was */
	int64_t soon;              /* see struct mym__fall */
	/* How little was left at the last turn, when that was, and the least
	 * that has been left since. */
	int64_t turned, turned_at, trough;
	unsigned int count; /* the newest is at[(count - 1) % SAMPLES] */
	struct {
		int64_t time, available;
	} at[MYM__GROWTH_SAMPLES];
};
/* Notes what is available under a constraint, and computes how it falls. */
void mym__growth_note(struct mym__growth *growth, int64_t now, uint64_t by,
		      int64_t limit, int64_t available, struct mym__fall *fall);
/* Notes that until this time it was what it was last. */
void mym__growth_still(struct mym__growth *growth, int64_t time);

#define MYM__STALLS_SAMPLES 24
struct mym__stalls {
	int64_t window; /* ns */
	int scope;
	unsigned int count;
	struct {
		int64_t time, total[2];
	} at[MYM__STALLS_SAMPLES];
};
/* Notes the totals of a PSI file, and computes the share of the window that was
 * stalled. */
void mym__stalls_note(struct mym__stalls *stalls, int64_t now,
		      const struct mym__psi *psi, struct mym__psi *window);

/* How long to wait until the next look. */
int64_t mym__pace_interval(int64_t least, int64_t most, bool room,
			   int64_t limit, int64_t available);
/* The interval, shortened if another constraint, or one that falls, needs it. */
int64_t mym__pace_lasting(int64_t least, int64_t interval, int64_t available);
int64_t mym__pace_fall(int64_t least, int64_t interval,
		       const struct mym__fall *fall);
/* What a look has cost, without interruptions; the usual cost begins as a
 * guess. */
#define MYM__PACE_USUAL INT64_C(1500000)
int64_t mym__pace_cost(int64_t *usual, int64_t cost);
/*
 * Looks may take the 200th part of one CPU's time, 0.5 %; what was not used in
 * the last ten seconds is saved as credit.  Returns how long the next look has
 * to wait.
 */
int64_t mym__pace_pay(int64_t *credit, int64_t time, int64_t cost);
/* How long a look without a cause has to wait, so that credit is left. */
int64_t mym__pace_thrift(int64_t credit, int64_t cost);
#define MYM__PACE_PART 200
#define MYM__PACE_CREDIT (INT64_C(10000000000) / MYM__PACE_PART)

#pragma GCC visibility pop

#endif
