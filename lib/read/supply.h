/* SPDX-License-Identifier: MIT */
/* What a machine, or some nodes of it, have for a process, in bytes.  Pure. */
#ifndef MYM_SUPPLY_H
#define MYM_SUPPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "zones.h"

struct mym__supply {
	int64_t free, file, slab;
	/* What MemAvailable holds back. */
	int64_t low, reserve;
	/* By zones, where they are known to be those of this machine. */
	bool zoned;
	int64_t usable; /* but for slab */
};
/* Watermarks in pages to bytes: the page size follows from the total. */
void mym__supply_watermarks(const struct mym__zones *zones, int64_t total,
			    struct mym__supply *supply);
/* MemAvailable, as the kernel computes it. */
int64_t mym__supply_memavailable(const struct mym__supply *supply);
/* How much of the slab is free for the taking if so many of all dentries are. */
int64_t mym__supply_slab(const struct mym__supply *supply, int64_t dentries,
			 int64_t unused);
/* What the page allocator can give, if that is known; else MemAvailable. */
int64_t mym__supply_available(const struct mym__supply *supply);

#endif
