/* SPDX-License-Identifier: MIT */
/* A watch: what it is made of. */
#ifndef MYM_WATCH_H
#define MYM_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "mymem.h"

#include "../context.h"
#include "../answer/pressure.h"
#include "../base/file.h"
#include "../discover/group.h"
#include "../read/level.h"
#include "../read/pass.h"
#include "counters.h"
#include "growth.h"
#include "hysteresis.h"
#include "manager.h"
#include "poll.h"
#include "refaults.h"
#include "settings.h"

#pragma GCC visibility push(hidden)

/* The most constraints that are followed: of the groups that are watched, and
 * all others. */
#define MYM__FALLS (2 * MYM__GROUPS_WATCHED + MYM__CONSTRAINTS_EXTRA)

/* The most events of one look: kills in the group and above, a move, a new
 * limit, pressure, a lost source. */
#define MYM__EVENTS 6

struct mym_watch {
	int process;
	unsigned int fork; /* its number */
	int64_t due, not_before, looked_at, glanced_at, credit, usual_cost;
	int64_t latest, ahead; /* see mym__watch_now() */
	int64_t armed_at;
	int64_t retry; /* when to try the missing sources again */
	uint64_t sources;
	bool stale;    /* a source has gone: arm them anew */
	bool calm;     /* the last look found no level, and none that goes down */
	bool stalled;  /* it found more stalls than are normal */
	int trigger_scope; /* of the armed one; 0: none */
	unsigned int queued;
	unsigned int falling; /* how many constraints there are below */
	struct mym__file set, timer, limits, trigger;
	struct mym__hysteresis hysteresis;
	struct mym__settings settings;
	struct mym__manager manager;
	struct mym_snapshot last;
	struct mym__counters counters;
	struct mym__refaults refaults;
	struct mym__stalls stalls;
	struct mym_event queue[MYM__EVENTS];
	/* Of the constraints with something available, in the order of their
	 * rows. */
	struct mym__growth growth[MYM__FALLS];
	struct mym__fall falls[MYM__FALLS];
	struct mym__membership membership;
	struct mym_ctx ctx;
};

/* A file of one of the lowest groups, which the last pass may have kept. */
static inline struct mym__file *mym__watch_file(const struct mym_watch *watch,
						unsigned int level,
						enum level_file which)
{
	return &watch->ctx.result->files[level * MYM__GROUP_FILES + which];
}

/* CLOCK_MONOTONIC, unless the process has entered a time namespace where that is
 * behind: the time of a watch never goes back. */
int64_t mym__watch_now(struct mym_watch *watch);

int mym__watch_open(struct mym_watch **out,
		    const struct mym__settings *settings);
int mym__watch_next(struct mym_watch *watch, struct mym_event *out);
void mym__watch_close(struct mym_watch *watch);

#pragma GCC visibility pop

#endif
