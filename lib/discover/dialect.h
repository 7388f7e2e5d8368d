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

/* The files of a group, in the order in which they are kept. */
enum level_file {
	LEVEL_LIMIT,
	LEVEL_HIGH,
	LEVEL_USAGE,
	LEVEL_STAT,
	LEVEL_SWAP_LIMIT,
	LEVEL_SWAP_HIGH,
	LEVEL_SWAP_USAGE,
	LEVEL_EVENTS,
	LEVEL_PRESSURE,
	LEVEL_SELF, /* its directory */
	LEVEL_FILES
};

/* Not of pointers, as in base/text.h; "" stands for what there is not. */
struct mym__dialect {
	int version;
	bool swap_with_memory; /* the swap files count memory + swap */
	char type[8]; /* of the file system */
	char controller[7]; /* in the super options; "": any */
	char protection[11]; /* what reclaim from above leaves alone */
	char file[LEVEL_FILES][28];
	char recursive[21]; /* the mount option that hands it down */
	char hierarchy[21]; /* 0 in it: its limit does not bind groups below */
	char marker[19]; /* a file that every group has */
	/* Only the machine's root group has `root_only`, all others have
	 * `never_root`. */
	char root_only[21], never_root[14];
	/* Mount points; at the first one, files that look like a group's may be. */
	char conventional[2][24];
	struct mym__name stats[MYM__STATS];
};
/* v1 first, then v2. */
extern const struct mym__dialect mym__dialects[2];
#define mym__dialect_v1 mym__dialects[0]
#define mym__dialect_v2 mym__dialects[1]

#pragma GCC visibility pop

#endif
