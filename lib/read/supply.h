/* SPDX-License-Identifier: MIT */
/* How much a machine, or some of its nodes, can give a process, in bytes.
 * Pure. */
#ifndef MYM_SUPPLY_H
#define MYM_SUPPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "zones.h"

#pragma GCC visibility push(hidden)

struct mym__supply {
	int64_t free, file, slab;
	/* What MemAvailable holds back. */
	int64_t low, reserve;
	/* By zones, if they are known to be those of this machine. */
	bool zoned;
	int64_t usable; /* without slab */
};
/* Converts watermarks from pages to bytes; the page size follows from the
 * total. */
void mym__supply_watermarks(const struct mym__zones *zones, int64_t total,
			    struct mym__supply *supply);
/* MemAvailable, as the kernel computes it. */
int64_t mym__supply_memavailable(const struct mym__supply *supply);
/* How much of the slab can be given back, by the share of unused dentries. */
int64_t mym__supply_slab(const struct mym__supply *supply, int64_t dentries,
			 int64_t unused);
/* What the page allocator can give, if that is known; else MemAvailable. */
int64_t mym__supply_available(const struct mym__supply *supply);

#pragma GCC visibility pop

#endif
