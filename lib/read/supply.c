/* SPDX-License-Identifier: MIT */
/* How much a machine, or some of its nodes, can give a process.  Pure. */
#include "../base/saturate.h"
#include "supply.h"
#include "zones.h"

/*
 * When free pages have run out, __alloc_pages_direct_reclaim() in
 * mm/page_alloc.c empties the lists of all CPUs, but only if reclaim has found
 * something.  With this much file cache it always did.  What the process's own
 * CPU took last from each zone stays on its list, or CMA is left over,
 * whichever is more.
 */
#define ENOUGH_FILE (INT64_C(2) << 20)

void mym__supply_watermarks(const struct mym__zones *zones, int64_t total,
			    struct mym__supply *supply)
{
	int64_t page = 4096;

	/* Unknown watermarks: leave out half of the file cache and of the
	 * slab. */
	supply->low = INT64_MAX;
	supply->reserve = 0;
	supply->zoned = false;
	if (zones->managed <= 0)
		return;
	/* MemTotal is all managed pages, so it tells the page size, which is a
	 * power of two. */
	while (page < INT64_C(1) << 20 &&
	       total / zones->managed >= page + page / 2)
		page *= 2;
	if (zones->low < INT64_MAX / page)
		supply->low = zones->low * page;
	if (zones->reserve < INT64_MAX / page)
		supply->reserve = zones->reserve * page;
	/* The zones are this machine's; lxcfs's MemTotal is not. */
	if (total / page != zones->managed || zones->cut ||
	    zones->usable > zones->managed || zones->per_cpu > zones->managed)
		return;
	supply->zoned = true;
	supply->usable = mym__subtract(zones->usable, zones->refill > zones->cma ?
						      zones->refill : zones->cma) *
			 page;
	if (zones->file >= ENOUGH_FILE / page)
		supply->usable = mym__add(supply->usable, zones->per_cpu * page);
}

/* si_mem_available() in mm/show_mem.c: half of the cache, or the low watermark
 * if that is less, must be assumed to be in use. */
static int64_t less_in_use(int64_t cache, int64_t low)
{
	return mym__subtract(cache, cache / 2 < low ? cache / 2 : low);
}

int64_t mym__supply_memavailable(const struct mym__supply *s)
{
	int64_t available = s->free;

	available = mym__add(available, less_in_use(s->file, s->low));
	available = mym__add(available, less_in_use(s->slab, s->low));
	return mym__subtract(available, s->reserve);
}

int64_t mym__supply_slab(const struct mym__supply *s, int64_t dentries,
			 int64_t unused)
{
	/* Unknown, or no such number: subtracts all that may be in use by the
	 * kernel's own estimate. */
	if (dentries <= 0 || dentries > INT32_MAX || unused > dentries)
		return mym__subtract(s->slab, s->low);
	return s->slab / dentries * unused + s->slab % dentries * unused / dentries;
}

int64_t mym__supply_available(const struct mym__supply *s)
{
	if (!s->zoned)
		return mym__supply_memavailable(s);
	return mym__add(s->usable, s->slab);
}
