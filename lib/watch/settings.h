/* SPDX-License-Identifier: MIT */
/* What a watch was asked for: its own thresholds and times, else the defaults.
 * Pure. */
#ifndef MYM_SETTINGS_H
#define MYM_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "mymem.h"

#include "../answer/pressure.h"
#include "../base/compiler.h"

#pragma GCC visibility push(hidden)

struct mym__settings {
	struct mym__rules rules;
	int64_t cooldown, hold_off; /* see struct mym__hysteresis */
	int64_t event_window;
	int64_t interval_min, interval_max;
	bool sealed; /* open nothing later */
};
/* 0, or -EINVAL. */
MYM__MUST_USE
int mym__settings_take(const struct mym_watch_options *options,
		       struct mym__settings *settings);

#pragma GCC visibility pop

#endif
