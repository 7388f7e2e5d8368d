/* SPDX-License-Identifier: MIT */
/* Reads /proc/zoneinfo line by line, in pages.  Pure. */
#ifndef MYM_ZONES_H
#define MYM_ZONES_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/nodes.h"
#include "../base/text.h"

#pragma GCC visibility push(hidden)

enum mym__zone_field {
	MYM__ZONE_FREE, MYM__ZONE_BOOST, MYM__ZONE_MIN, MYM__ZONE_LOW,
	MYM__ZONE_HIGH, MYM__ZONE_MANAGED, MYM__ZONE_PROTECTION,
	MYM__ZONE_FILE, MYM__ZONE_PER_CPU, MYM__ZONE_BATCH,
	MYM__ZONE_FREE_CMA,
	MYM__ZONE_FIELDS
};

struct mym__zones {
	const struct mym__nodes *nodes; /* NULL: all */
	int64_t managed;                /* pages of all nodes */
	/* Of the zones of those nodes: what MemAvailable holds back, */
	int64_t low, reserve;
	/* what the page allocator can give of free pages and file cache, and
	 * two parts that are counted apart. */
	int64_t usable, file, per_cpu;
	int64_t refill; /* the most that a CPU takes at once from each zone */
	int64_t cma;    /* what only processes can use and may be left over */
	bool cut; /* a zone is incomplete */
	/* the zone being read */
	bool named, counted;
	uint64_t seen;
	int64_t zone[MYM__ZONE_FIELDS];
};
void mym__zones_parse(struct mym__zones *zones, struct mym__text line);
/* After the last line. */
void mym__zones_end(struct mym__zones *zones);

#pragma GCC visibility pop

#endif
