/* SPDX-License-Identifier: MIT */
/* How cgroup v1 and v2 spell things. */
#ifndef MYM_DIALECT_H
#define MYM_DIALECT_H

#include <stdbool.h>

#include "../base/text.h"

#pragma GCC visibility push(hidden)

enum mym__stat {
	MYM__STAT_ACTIVE_FILE,
	MYM__STAT_INACTIVE_FILE,
	MYM__STAT_SLAB_RECLAIMABLE,
	MYM__STAT_MAPPED_FILE,
	MYM__STAT_SHMEM,
	MYM__STAT_HIERARCHICAL_LIMIT,
	MYM__STAT_HIERARCHICAL_MEMSW,
	MYM__STAT_SWAP,
	MYM__STATS
};

struct mym__dialect {
	int version;
	struct mym__text type;       /* of the file system */
	struct mym__text controller; /* in the super options; empty: any */
	const char *limit, *high, *usage, *stat;
	const char *swap_limit, *swap_high, *swap_usage;
	bool swap_with_memory; /* the swap files count memory + swap */
	const char *events, *pressure;
	const char *protection; /* what reclaim from above leaves alone */
	struct mym__text recursive; /* the mount option that hands it down */
	const char *hierarchy; /* 0 in it: its limit does not bind groups below */
	const struct mym__name *stats; /* MYM__STATS of them */
	const char *marker; /* a file that every group has */
	/* Only the machine's root group has `root_only`, all others have
	 * `never_root`. */
	const char *root_only, *never_root;
	/* Mount points; at the first one, files that look like a group's may be. */
	const char *conventional[2];
};
/* v1 first, then v2. */
extern const struct mym__dialect mym__dialects[2];
#define mym__dialect_v1 mym__dialects[0]
#define mym__dialect_v2 mym__dialects[1]

#pragma GCC visibility pop

#endif
