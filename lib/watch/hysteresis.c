/* SPDX-License-Identifier: MIT */
/* Which step is reported: up at once, down slowly and one at a time.  Pure. */
#include "../answer/pressure.h"
#include "../base/saturate.h"
#include "hysteresis.h"

static void step_to(struct mym__hysteresis *h, int64_t now,
		    unsigned int reached, unsigned int held)
{
	if (reached >= h->step || held >= h->step) {
		if (reached > h->step)
			h->step = reached;
		h->calms = false;
	} else if (!h->calms) {
		h->calms = true;
		h->calm_since = now;
	} else if (mym__subtract(now, h->calm_since) >= h->cooldown) {
		h->step--;
		h->calm_since = now;
	}
}

bool mym__hysteresis_move(struct mym__hysteresis *h, int64_t now,
			  unsigned int reached, unsigned int held)
{
	step_to(h, now, reached, held);
	if (h->step == h->told)
		return false;
	/* The last warning, CRITICAL, is never held back. */
	if (h->step < MYM__STEP_CRITICAL && h->was_told[h->step] &&
	    mym__subtract(now, h->told_at[h->step]) < h->hold_off)
		return false;
	h->told = h->step;
	h->was_told[h->step] = true;
	h->told_at[h->step] = now;
	return true;
}
