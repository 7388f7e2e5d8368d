/* SPDX-License-Identifier: MIT */
/* systemd's memory pressure protocol. */
#ifndef MYM_MANAGER_H
#define MYM_MANAGER_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/file.h"
#include "growth.h"
#include "poll.h"

#pragma GCC visibility push(hidden)

struct mym__manager {
	struct mym__file file;
	enum mym__named what;
	bool off;           /* it wants no reaction to stalls */
	bool full;          /* it asked for full stalls, not for some */
	int64_t threshold;  /* in hundredths of a percent; 0: not understood */
	struct mym__stalls stalls;
	int64_t called_at;  /* 0: not yet */
};

struct mym_watch;

void mym__manager_arm(struct mym_watch *watch);
void mym__manager_call(struct mym_watch *watch, int64_t now, bool gone);
/* Whether it has called lately. */
bool mym__manager_called(struct mym_watch *watch, int64_t now);

#pragma GCC visibility pop

#endif
