/* SPDX-License-Identifier: MIT */
/* What the groups count. */
#ifndef MYM_COUNTERS_H
#define MYM_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/file.h"

#pragma GCC visibility push(hidden)

/* So many groups, from the process's own upwards, and so many of their files.
 */
#define MYM__GROUPS_WATCHED 8
#define MYM__COUNTERS 16
enum { MYM__COUNT_HIGH, MYM__COUNT_MAX, MYM__COUNT_OOM, MYM__COUNT_SOCKETS,
       MYM__COUNT_KILLS, MYM__COUNTS };
enum mym__counter_is {
	MYM__COUNTER_KNOWN = 1, /* it can be read */
	MYM__COUNTER_SKIPPED =
		2, /* it was not read while its group had no limit */
	MYM__COUNTER_IN_EPOLL = 4,   /* epoll reports that it changes */
	MYM__COUNTER_IN_INOTIFY = 8, /* inotify does, where epoll cannot */
	MYM__COUNTER_DISARMED = 16, /* epoll has reported it, and is disarmed */
	MYM__COUNTER_CHANGED = 32,  /* it has changed since the last look */
};
struct mym__counter {
	struct mym__file file;
	unsigned int level; /* of the group; 0: the process's */
	const struct mym__counter_kind *kind;
	unsigned int is; /* enum mym__counter_is */
	int64_t value[MYM__COUNTS], base[MYM__COUNTS];
};
struct mym__counters {
	unsigned int count;
	unsigned int limited; /* bit i: level i has a limit */
	unsigned int top;     /* the highest of them; 0: none above */
	int64_t told_own, told_above; /* kills that were reported */
	/* When each count last grew; 0: never.  Kills count as MYM__COUNT_OOM. */
	int64_t grew_at[MYM__COUNT_KILLS], grew_above_at[MYM__COUNT_KILLS];
	struct mym__counter at[MYM__COUNTERS];
};

struct mym_watch;

void mym__counters_arm(struct mym_watch *watch);
void mym__counters_drop(struct mym_watch *watch, bool shared);
/* Reads them all; false: one of them is dead. */
bool mym__counters_read(struct mym_watch *watch, int64_t now);
/* Reads the one that has woken the watch.  It stays disarmed until a look finds
 * it unchanged. */
bool mym__counters_handle(struct mym_watch *watch, unsigned int index,
			  int64_t now);
/* Whether those whose changes nobody reports are as they were, as far as they count
 * while much is left. */
bool mym__counters_quiet(struct mym_watch *watch);
bool mym__counters_known(const struct mym__counters *counters);
/* Bit i: level i has a limit, and counts. */
void mym__counters_limit(struct mym__counters *all, unsigned int limited);
/* Returns the kills that were not reported yet, and marks them as reported. */
int64_t mym__counters_kills(struct mym__counters *all, bool above);
unsigned int mym__counters_grew(const struct mym__counters *all, int64_t since,
				bool above);

#pragma GCC visibility pop

#endif
