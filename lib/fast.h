/* SPDX-License-Identifier: MIT */
/* The calls without a context. */
#ifndef MYM_FAST_H
#define MYM_FAST_H

#include <stdint.h>
#include <time.h>

#include "base/compiler.h"
#include "base/fork.h"
#include "latch.h"

#pragma GCC visibility push(hidden)

enum mym__fast {
	MYM__FAST_LIMIT,
	MYM__FAST_AVAILABLE,
	MYM__FAST_PRESSURE,
	MYM__FASTS
};
/* What the latch of an answer begins with. */
enum { MYM__FAST_VALUE, MYM__FAST_EXPIRES_COARSE };

/* What a fork wipes: a child has no answers, no lock and no owner. */
struct mym__fast_state {
	struct mym__fork fork;
	struct mym__latch answers[MYM__FASTS];
	struct mym__latch unwritten_limit;
	unsigned int locked;
	unsigned int seen_generation; /* answers from before it are expired */
	int owner;
	int64_t age; /* that the answers expire by, or did */
	int64_t not_before; /* when all refreshes are paid for */
	int64_t begun[MYM__FASTS]; /* when the pass that gave the answer began */
	int64_t kept[MYM__FASTS]; /* until when the refreshes up to it are paid for */
} __attribute__((may_alias));

MYM__INLINE struct mym__fast_state *mym__fast_state(void)
{
	return mym__fork_page();
}

MYM__INLINE int64_t mym__fast_now(clockid_t clock)
{
	struct timespec t;

	if (clock_gettime(clock, &t) < 0)
		return INT64_MAX;
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The answer once it has expired, or an error that may leave the library.  Out of
 * line, so that the inline part saves no registers. */
int64_t mym__fast_ask_anew(enum mym__fast which, int64_t time);

/* The answer, or an error that may leave the library.  Leaves errno alone. */
MYM__INLINE int64_t mym__fast_ask(enum mym__fast which)
{
	int64_t time = mym__fast_now(CLOCK_MONOTONIC_COARSE);
	int64_t numbers[MYM__FAST_EXPIRES_COARSE + 1];

	mym__latch_take(&mym__fast_state()->answers[which], numbers,
			MYM__COUNT(numbers));
	return time < numbers[MYM__FAST_EXPIRES_COARSE]
		       ? numbers[MYM__FAST_VALUE]
		       : mym__fast_ask_anew(which, time);
}

/* From now on, what was read before this is not returned any more. */
void mym__fast_expire(void);
void mym__fast_set_max_age(int64_t ns);
int mym__fast_seal(void);

#pragma GCC visibility pop

#endif
