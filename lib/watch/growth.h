/* SPDX-License-Identifier: MIT */
/* How numbers change between two looks, and when to look again.  Pure. */
#ifndef MYM_GROWTH_H
#define MYM_GROWTH_H

#include <stdbool.h>
#include <stdint.h>

#include "../answer/pressure.h"

#define MYM__GROWTH_SAMPLES 64
struct mym__growth {
	uint64_t by;               /* which constraint this is about, */
	int64_t limit;             /* and its limit: another one begins anew */
	int64_t time, available;   /* of the last look */
	int64_t lost, lost_in;     /* from the look before it to that */
	int64_t soon;              /* see struct mym__fall */
	/* How little was left where it turned, when that was, and how little
	 * has been left since. */
	int64_t turned, turned_at, trough;
	unsigned int count; /* the newest is at[(count - 1) % SAMPLES] */
	struct {
		int64_t time, available;
	} at[MYM__GROWTH_SAMPLES];
};
/* Notes what is available under a constraint, and tells how it falls. */
void mym__growth_note(struct mym__growth *growth, int64_t now, uint64_t by,
		      int64_t limit, int64_t available, struct mym__fall *fall);

#define MYM__STALLS_SAMPLES 24
struct mym__stalls {
	int64_t window; /* ns */
	int scope;
	unsigned int count;
	struct {
		int64_t time, total[2];
	} at[MYM__STALLS_SAMPLES];
};
/* Notes the totals of a PSI file; the share of the window that was stalled. */
void mym__stalls_note(struct mym__stalls *stalls, int64_t now,
		      const struct mym__psi *psi, struct mym__psi *window);

/* How long to the next look. */
int64_t mym__pace_interval(int64_t least, int64_t most, bool room,
			   int64_t limit, int64_t available);
/* No longer than the other constraints allow, and what falls. */
int64_t mym__pace_lasting(int64_t least, int64_t interval, int64_t available);
int64_t mym__pace_fall(int64_t least, int64_t interval,
		       const struct mym__fall *fall);
/* What a look has cost, without what came between; what it costs as a rule begins
 * with a guess. */
#define MYM__PACE_USUAL INT64_C(1500000)
int64_t mym__pace_cost(int64_t *usual, int64_t cost);
/*
 * Looks may take the 200th part of one CPU's time, 0.5 %; what was not used in
 * the last ten seconds is there for when it is needed.  Returns how long the next
 * one has to wait.
 */
int64_t mym__pace_pay(int64_t *credit, int64_t time, int64_t cost);
/* And how long one that nothing has called for, by thrift. */
int64_t mym__pace_thrift(int64_t credit, int64_t cost);
#define MYM__PACE_PART 200
#define MYM__PACE_CREDIT (INT64_C(10000000000) / MYM__PACE_PART)

#endif
