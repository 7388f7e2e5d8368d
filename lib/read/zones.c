/* SPDX-License-Identifier: MIT */
/* Parses /proc/zoneinfo line by line.  Pure, like parse.c. */
#include <string.h>

#include "../base/compiler.h"
#include "../base/nodes.h"
#include "../base/parse.h"
#include "../base/saturate.h"
#include "../base/text.h"
#include "zones.h"

/*
 * Node 0, zone   Normal
 *   per-node stats
 *       nr_inactive_file 40121
 *   pages free     400000
 *         boost    0
 *         min      12625
 *         low      16571
 *         high     20517
 *         managed  5200331
 *         protection: (0, 0, 0, 0, 0)
 *       nr_zone_inactive_file 40121
 *       nr_zone_active_file 8004
 *   pagesets
 *     cpu: 0
 *               count:    187
 *               high:     378
 *               batch:    63
 */
/* Without pointers, which would take more space than the names. */
#define KEY(name, field, adds) \
	{ name, sizeof(name) - 1, MYM__ZONE_##field, adds }
static const struct {
	char name[22];
	uint8_t length, field;
	bool adds; /* there may be several lines of it */
} keys[] = {
	KEY("free", FREE, false),
	KEY("boost", BOOST, false),
	KEY("min", MIN, false),
	KEY("low", LOW, false),
	KEY("high", HIGH, false),
	KEY("managed", MANAGED, false),
	/* Before 4.8 the names had no "zone".  Since then those without it
	 * are of the whole node, and stand before what is free in its first
	 * zone. */
	KEY("nr_zone_inactive_file", FILE, true),
	KEY("nr_zone_active_file", FILE, true),
	KEY("nr_inactive_file", FILE, true),
	KEY("nr_active_file", FILE, true),
	/* Pages that a CPU freed and that no other can take; MemFree leaves
	 * them out. */
	KEY("count:", PER_CPU, true),
	KEY("batch:", BATCH, false),
	KEY("nr_free_cma", FREE_CMA, false),
};

/* "(0," and "0)": one of the lowmem reserves. */
static struct mym__text without_brackets(struct mym__text word)
{
	while (word.length > 0 && *word.at == '(')
		word = (struct mym__text){ word.at + 1, word.length - 1 };
	while (word.length > 0 && (word.at[word.length - 1] == ',' ||
				   word.at[word.length - 1] == ')'))
		word.length--;
	return word;
}

static void begin(struct mym__zones *zones, struct mym__text rest)
{
	struct mym__text word = mym__parse_word(&rest);
	int64_t n;

	if (word.length > 0 && word.at[word.length - 1] == ',')
		word.length--;
	zones->named = true;
	zones->counted = mym__parse_number(word, &n) == 0 &&
			 n < MYM__NODES_MAX &&
			 (!zones->nodes ||
			  mym__nodes_has(zones->nodes, (unsigned int)n));
}

static void put(struct mym__zones *zones, enum mym__zone_field field,
		int64_t value, bool adds)
{
	const uint64_t bit = UINT64_C(1) << field;

	if ((zones->seen & bit) && !adds)
		return;
	if (field == MYM__ZONE_FILE && !(zones->seen & 1 << MYM__ZONE_FREE))
		return;
	zones->seen |= bit;
	zones->zone[field] = mym__add(zones->zone[field], value);
}

/* The reserves that allocations for higher zones must leave here.  A process's
 * pages may come from any zone, so the largest one applies to them. */
static void parse_protection(struct mym__zones *zones, struct mym__text rest)
{
	struct mym__text word;
	int64_t n, most = 0;

	while ((word = mym__parse_word(&rest)).length > 0) {
		word = without_brackets(word);
		if (mym__parse_number(word, &n) == 0 && n > most)
			most = n;
	}
	put(zones, MYM__ZONE_PROTECTION, most, false);
}

void mym__zones_parse(struct mym__zones *zones, struct mym__text line)
{
	struct mym__text key = mym__parse_word(&line);
	int64_t n;

	if (mym__text_is(key, "Node")) {
		mym__zones_end(zones);
		begin(zones, line);
		return;
	}
	if (mym__text_is(key, "protection:")) {
		parse_protection(zones, line);
		return;
	}
	if (mym__text_is(key, "pages"))
		key = mym__parse_word(&line);
	for (size_t i = 0; i < MYM__COUNT(keys); i++) {
		if (key.length == keys[i].length &&
		    memcmp(key.at, keys[i].name, key.length) == 0 &&
		    mym__parse_number(mym__parse_word(&line), &n) == 0)
			put(zones, (enum mym__zone_field)keys[i].field, n,
			    keys[i].adds);
	}
}

/*
 * What MemAvailable leaves out, calculate_totalreserve_pages() in
 * mm/page_alloc.c: the high watermark and the largest reserve of a zone, but no
 * more than the zone.
 */
static int64_t totalreserve(const int64_t *zone)
{
	int64_t reserve = mym__add(zone[MYM__ZONE_HIGH],
				   zone[MYM__ZONE_PROTECTION]);

	return reserve < zone[MYM__ZONE_MANAGED] ? reserve :
						   zone[MYM__ZONE_MANAGED];
}

/* __zone_watermark_ok() refuses a process once what is free is down to the min
 * watermark and the reserve.  A boost is part of the watermark until kswapd has
 * done what it is for. */
static int64_t watermark(const int64_t *zone)
{
	return mym__add(zone[MYM__ZONE_PROTECTION],
			mym__subtract(zone[MYM__ZONE_MIN],
				      zone[MYM__ZONE_BOOST]));
}

/* A process's pages may be free CMA pages, its page tables may not.  It is
 * killed for want of those when everything else is at the watermark.  Up to as
 * much CMA may be left then: while there is other memory, __rmqueue() takes no
 * more than half from it. */
static int64_t cma_left(const int64_t *zone)
{
	int64_t mark = watermark(zone);

	return zone[MYM__ZONE_FREE_CMA] < mark ? zone[MYM__ZONE_FREE_CMA] : mark;
}

/* nr_pcp_alloc(): since 6.7 a CPU takes up to 2^CONFIG_PCP_BATCH_SCALE_MAX
 * batches at once, before that a single one.  Not all newer kernels show that
 * they do. */
static int64_t refill(const int64_t *zone)
{
	return mym__multiply(zone[MYM__ZONE_BATCH], 32);
}

void mym__zones_end(struct mym__zones *zones)
{
	const uint64_t needed = 1 << MYM__ZONE_FREE | 1 << MYM__ZONE_MIN |
				1 << MYM__ZONE_PROTECTION | 1 << MYM__ZONE_FILE;
	const int64_t *zone = zones->zone;
	const int64_t managed = zone[MYM__ZONE_MANAGED];
	int64_t has = mym__add(zone[MYM__ZONE_FREE], zone[MYM__ZONE_FILE]);

	if (zones->named)
		zones->managed = mym__add(zones->managed, managed);
	if (zones->named && zones->counted) {
		zones->low = mym__add(zones->low, zone[MYM__ZONE_LOW]);
		zones->reserve = mym__add(zones->reserve, totalreserve(zone));
		zones->usable = mym__add(zones->usable,
					 mym__subtract(has, watermark(zone)));
		zones->cma = mym__add(zones->cma, cma_left(zone));
		zones->file = mym__add(zones->file, zone[MYM__ZONE_FILE]);
		zones->per_cpu = mym__add(zones->per_cpu,
					  zone[MYM__ZONE_PER_CPU]);
		zones->refill = mym__add(zones->refill, refill(zone));
		if (managed > 0 && (needed & ~zones->seen))
			zones->cut = true;
	}
	zones->named = false;
	zones->seen = 0;
	memset(zones->zone, 0, sizeof(zones->zone));
}
