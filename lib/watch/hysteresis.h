/* SPDX-License-Identifier: MIT */
/* Which step is reported, and when: up at once, down slowly.  Pure. */
#ifndef MYM_HYSTERESIS_H
#define MYM_HYSTERESIS_H

#include <stdbool.h>
#include <stdint.h>

#include "../answer/pressure.h"

#pragma GCC visibility push(hidden)

struct mym__hysteresis {
	int64_t cooldown; /* ns below the threshold before one step down */
	int64_t hold_off; /* least ns between two events of the same step */
	unsigned int step, told;
	bool calms, was_told[MYM__STEPS];
	int64_t calm_since, told_at[MYM__STEPS];
};
/* reached: the step by the thresholds; held: by the eased ones.  Returns
 * whether to report it. */
bool mym__hysteresis_move(struct mym__hysteresis *hysteresis, int64_t now,
			  unsigned int reached, unsigned int held);

#pragma GCC visibility pop

#endif
