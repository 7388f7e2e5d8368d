/* SPDX-License-Identifier: MIT */
/* What the groups count. */
#ifndef MYM_COUNTERS_H
#define MYM_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/file.h"

#define MYM__COUNTERS 16
enum { MYM__COUNT_HIGH, MYM__COUNT_MAX, MYM__COUNT_OOM, MYM__COUNT_SOCKETS,
       MYM__COUNT_KILLS, MYM__COUNTS };
struct mym__counter {
	struct mym__file file;
	unsigned int level; /* of the group; 0: own */
	const struct mym__counter_kind *kind;
	bool known;   /* it can be read */
	bool skipped; /* it was not, while its group had no limit */
	bool in_epoll, in_inotify; /* which of them reports changes */
	bool disarmed; /* it has reported one, and reports no more for now */
	bool changed;  /* since the last look */
	int64_t value[MYM__COUNTS], base[MYM__COUNTS];
};
struct mym__counters {
	unsigned int count;
	struct mym__counter at[MYM__COUNTERS];
	unsigned int limited; /* bit i: level i has a limit */
	unsigned int top;     /* the highest of them; 0: none above */
	int64_t told_own, told_above; /* kills */
	/* All but kills, which are counted as MYM__COUNT_OOM; 0: never. */
	int64_t grew_at[MYM__COUNT_KILLS], grew_above_at[MYM__COUNT_KILLS];
};

struct mym_watch;

void mym__counters_arm(struct mym_watch *watch);
void mym__counters_drop(struct mym_watch *watch, bool shared);
/* Reads them all; false: one of them is dead. */
bool mym__counters_read(struct mym_watch *watch, int64_t now);
/* Reads one that has woken us up, and is not heard until it was quiet. */
bool mym__counters_handle(struct mym_watch *watch, unsigned int index,
			  int64_t now);
bool mym__counters_known(const struct mym__counters *counters);
/* Bit i: level i has a limit, and counts. */
void mym__counters_limit(struct mym__counters *counters, unsigned int limited);
/* Kills that have not been told, which they are now. */
int64_t mym__counters_kills(struct mym__counters *counters, bool above);
unsigned int mym__counters_grew(const struct mym__counters *counters,
				int64_t since, bool above);

#endif
