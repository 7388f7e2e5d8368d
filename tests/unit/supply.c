/* SPDX-License-Identifier: MIT */
/* What the machine can still give: MemAvailable, watermarks, zones, the slab. */
#include <inttypes.h>

#include "base/compiler.h"
#include "mymem.h"
#include "random.h"
#include "read/supply.h"
#include "read/zones.h"
#include "suite.h"
#include "text.h"
#include "units.h"

/*
 * si_mem_available() of Linux 6.12, mm/show_mem.c, in pages:
 *
 *	available = global_zone_page_state(NR_FREE_PAGES) -
 *		totalreserve_pages;
 *	pagecache = pages[LRU_ACTIVE_FILE] + pages[LRU_INACTIVE_FILE];
 *	pagecache -= min(pagecache / 2, wmark_low);
 *	available += pagecache;
 *	reclaimable = global_node_page_state_pages(NR_SLAB_RECLAIMABLE_B) +
 *		global_node_page_state(NR_KERNEL_MISC_RECLAIMABLE);
 *	reclaimable -= min(reclaimable / 2, wmark_low);
 *	available += reclaimable;
 *	if (available < 0)
 *		available = 0;
 */
static int64_t kernel_says(int64_t available, int64_t pagecache,
			   int64_t reclaimable, int64_t wmark_low,
			   int64_t totalreserve_pages)
{
	available -= totalreserve_pages;
	pagecache -= pagecache / 2 < wmark_low ? pagecache / 2 : wmark_low;
	available += pagecache;
	reclaimable -= reclaimable / 2 < wmark_low ? reclaimable / 2 :
						     wmark_low;
	available += reclaimable;
	return available < 0 ? 0 : available;
}

START_TEST(supply)
{
	struct chance chance = chance_new();

	for (int i = 0; i < 100000; i++) {
		unsigned int end = 1U << (1 + chance_below(&chance, 24));
		int64_t page = INT64_C(4096) << (i % 3) * 2;
		/* Even, so that half of it is a number of pages. */
		int64_t free_pages = chance_below(&chance, end) * INT64_C(2);
		int64_t file = chance_below(&chance, end) * INT64_C(2);
		int64_t slab = chance_below(&chance, end) * INT64_C(2);
		int64_t low = chance_below(&chance, end);
		int64_t reserve = chance_below(&chance, end);
		const struct mym__supply pages = {
			.free = free_pages * page,
			.file = file * page,
			.slab = slab * page,
			.low = low * page,
			.reserve = reserve * page,
		};
		int64_t said = kernel_says(free_pages, file, slab, low, reserve);

		DEMAND(mym__supply_memavailable(&pages) == said * page &&
		       mym__supply_available(&pages) == said * page,
		       "seed %" PRIu64 ": %jd %jd %jd %jd %jd", chance.seed,
		       (intmax_t)free_pages, (intmax_t)file,
		       (intmax_t)slab, (intmax_t)low, (intmax_t)reserve);
	}
}
END_TEST

START_TEST(supply_of_extremes)
{
	const int64_t most = INT64_MAX;
	static const struct mym__supply nothing = { 0 };
	const struct {
		struct mym__supply supply;
		int64_t available;
	} rows[] = {
		{ { .free = most, .file = most, .slab = most, .low = most },
		  most },
		{ { .free = most, .file = most, .slab = most, .reserve = most },
		  0 },
		{ { .free = 5, .low = 9, .reserve = 6 }, 0 },
		/* Unknown watermarks: half of what they might protect. */
		{ { .free = 10, .file = 20, .slab = 40, .low = most }, 40 },
	};

	ck_assert_int_eq(mym__supply_memavailable(&nothing), 0);
	ck_assert_int_eq(mym__supply_available(&nothing), 0);
	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		int64_t said = mym__supply_memavailable(&rows[i].supply);

		ROW(said == rows[i].available, "row %zu: %" PRId64, i, said);
	}
	ROWS_DONE();
}
END_TEST

START_TEST(watermarks)
{
	static const struct {
		int64_t managed, low, reserve; /* pages */
		int64_t total;
		int64_t low_bytes, reserve_bytes, usable_bytes;
	} rows[] = {
		{ 0, 5, 7, 64 * MIB, INT64_MAX, 0, 0 },
		{ 16384, 5, 7, 64 * MIB, 5 * 4096, 7 * 4096, 30 * 4096 },
		{ 4096, 5, 7, 64 * MIB, 5 * 16384, 7 * 16384, 30 * 16384 },
		{ 1024, 5, 7, 64 * MIB, 5 * 65536, 7 * 65536, 30 * 65536 },
		{ 64, 5, 7, 64 * MIB, 5 << 20, 7 << 20, 30 << 20 },
		{ 1, 5, 7, 64 * MIB, 5 << 20, 7 << 20, 0 },
		/* The total was read a moment later, or is lxcfs's. */
		{ 16385, 5, 7, 64 * MIB, 5 * 4096, 7 * 4096, 0 },
		{ 16383, 5, 7, 64 * MIB, 5 * 4096, 7 * 4096, 0 },
		{ 1025, 5, 7, 64 * MIB, 5 * 65536, 7 * 65536, 0 },
		{ 1023, 5, 7, 64 * MIB, 5 * 65536, 7 * 65536, 0 },
		{ 1 << 20, 5, 7, 64 * MIB, 5 * 4096, 7 * 4096, 0 },
		{ 16384, 5, 7, 0, 5 * 4096, 7 * 4096, 0 },
		{ 16384, INT64_MAX, INT64_MAX, 64 * MIB, INT64_MAX, 0,
		  30 * 4096 },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		const struct mym__zones zones = {
			.managed = rows[i].managed,
			.low = rows[i].low,
			.reserve = rows[i].reserve,
			.usable = 30,
		};
		struct mym__supply got = { .free = 11, .file = 12, .slab = 13,
					   .low = 14, .reserve = 15,
					   .zoned = true };

		mym__supply_watermarks(&zones, rows[i].total, &got);
		ROW(got.low == rows[i].low_bytes &&
		    got.reserve == rows[i].reserve_bytes &&
		    got.zoned == (rows[i].usable_bytes > 0) &&
		    got.usable == rows[i].usable_bytes,
		    "row %zu: low %" PRId64 ", reserve %" PRId64
		    ", usable %" PRId64, i, got.low, got.reserve, got.usable);
		ROW(got.free == 11 && got.file == 12 && got.slab == 13,
		    "row %zu: written", i);
	}
	ROWS_DONE();
}
END_TEST

/* The CPUs' lists where reclaim finds cache, less what is taken last; and nothing
 * at all of zones that are not whole or have more than there is. */
START_TEST(zones_are_believed)
{
	enum { MUCH = 512 }; /* pages: 2 MiB */
	static const struct {
		struct mym__zones zones;
		bool zoned;
		int64_t usable;
	} rows[] = {
		{ { .usable = 30, .file = MUCH, .per_cpu = 9 }, true, 39 },
		{ { .usable = 30, .file = MUCH - 1, .per_cpu = 9 }, true, 30 },
		{ { .usable = 30, .file = 0, .per_cpu = 9 }, true, 30 },
		{ { .usable = 30, .file = MUCH, .per_cpu = 9, .refill = 7 }, true,
		  32 },
		{ { .usable = 30, .file = 0, .per_cpu = 9, .refill = 7 }, true,
		  23 },
		{ { .usable = 6, .file = MUCH, .per_cpu = 9, .refill = 7 }, true,
		  9 },
		{ { .usable = 6, .refill = INT64_MAX }, true, 0 },
		{ { .usable = 30, .refill = 7, .cma = 9 }, true, 21 },
		{ { .usable = 30, .refill = 9, .cma = 7 }, true, 21 },
		{ { .usable = 0, .file = 0, .per_cpu = 0 }, true, 0 },
		{ { .usable = 16384, .file = MUCH, .per_cpu = 16384 }, true,
		  32768 },
		{ { .usable = 16385, .file = MUCH, .per_cpu = 8 }, false, 0 },
		{ { .usable = 30, .file = INT64_MAX, .per_cpu = 9 }, true, 39 },
		{ { .usable = 30, .file = MUCH, .per_cpu = 16385 }, false, 0 },
		{ { .usable = 30, .file = MUCH, .cut = true }, false, 0 },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct mym__zones zones = rows[i].zones;
		struct mym__supply got = { .free = 64 * MIB, .slab = 3 };
		int64_t expect = rows[i].usable * 4096 + 3;

		zones.managed = 16384;
		mym__supply_watermarks(&zones, 64 * MIB, &got);
		if (!rows[i].zoned)
			expect = 64 * MIB + 3;
		ROW(got.zoned == rows[i].zoned &&
		    mym__supply_available(&got) == expect,
		    "row %zu: %d, usable %" PRId64 ", all %" PRId64, i, got.zoned,
		    got.usable, mym__supply_available(&got));
	}
	ROWS_DONE();
}
END_TEST

/* As large a share of the slab as of the dentries is unused. */
START_TEST(slab)
{
	static const struct {
		int64_t slab, low, dentries, unused, given;
	} rows[] = {
		{ 1000, 300, 10, 10, 1000 },
		{ 1000, 300, 10, 0, 0 },
		{ 1000, 300, 10, 1, 100 },
		{ 1000, 300, 7, 3, 428 },
		{ 6, 300, 7, 6, 5 },
		{ 0, 300, 7, 6, 0 },
		{ INT64_MAX, 0, INT32_MAX, INT32_MAX, INT64_MAX },
		{ INT64_MAX, 0, INT32_MAX, INT32_MAX / 2,
		  INT64_MAX / INT32_MAX * (INT32_MAX / 2) },
		/* It is not told, or cannot be: what exceeds the low
		 * watermark. */
		{ 1000, 300, 0, 0, 700 },
		{ 1000, 1300, 0, 0, 0 },
		{ 1000, INT64_MAX, 0, 0, 0 },
		{ 1000, 300, 10, 11, 700 },
		{ 1000, 300, INT64_C(1) << 31, 1, 700 },
		{ 1000, 300, INT64_MAX, INT64_MAX, 700 },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		const struct mym__supply has = { .slab = rows[i].slab,
						 .low = rows[i].low };
		int64_t given = mym__supply_slab(&has, rows[i].dentries,
						 rows[i].unused);

		ROW(given == rows[i].given, "row %zu: %" PRId64, i, given);
	}
	ROWS_DONE();
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("supply");
	TCase *tc = tcase_create("supply");

	tcase_add_test(tc, supply);
	tcase_add_test(tc, supply_of_extremes);
	tcase_add_test(tc, watermarks);
	tcase_add_test(tc, zones_are_believed);
	tcase_add_test(tc, slab);
	suite_add_tcase(s, tc);
	return s;
}
