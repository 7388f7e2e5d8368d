/* SPDX-License-Identifier: MIT */
/* Where a number turns into a judgement: MemAvailable, watermarks, pressure. */
#include <inttypes.h>

#include "answer/findings.h"
#include "answer/pressure.h"
#include "base/compiler.h"
#include "mymem.h"
#include "random.h"
#include "read/supply.h"
#include "read/zones.h"
#include "suite.h"
#include "text.h"

#define MIB(n) ((int64_t)(n) << 20)

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
		{ 0, 5, 7, MIB(64), INT64_MAX, 0, 0 },
		{ 16384, 5, 7, MIB(64), 5 * 4096, 7 * 4096, 30 * 4096 },
		{ 4096, 5, 7, MIB(64), 5 * 16384, 7 * 16384, 30 * 16384 },
		{ 1024, 5, 7, MIB(64), 5 * 65536, 7 * 65536, 30 * 65536 },
		{ 64, 5, 7, MIB(64), 5 << 20, 7 << 20, 30 << 20 },
		{ 1, 5, 7, MIB(64), 5 << 20, 7 << 20, 0 },
		/* The total was read a moment later, or is lxcfs's. */
		{ 16385, 5, 7, MIB(64), 5 * 4096, 7 * 4096, 0 },
		{ 16383, 5, 7, MIB(64), 5 * 4096, 7 * 4096, 0 },
		{ 1025, 5, 7, MIB(64), 5 * 65536, 7 * 65536, 0 },
		{ 1023, 5, 7, MIB(64), 5 * 65536, 7 * 65536, 0 },
		{ 1 << 20, 5, 7, MIB(64), 5 * 4096, 7 * 4096, 0 },
		{ 16384, 5, 7, 0, 5 * 4096, 7 * 4096, 0 },
		{ 16384, INT64_MAX, INT64_MAX, MIB(64), INT64_MAX, 0,
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
		struct mym__supply got = { .free = MIB(64), .slab = 3 };
		int64_t expect = rows[i].usable * 4096 + 3;

		zones.managed = 16384;
		mym__supply_watermarks(&zones, MIB(64), &got);
		if (!rows[i].zoned)
			expect = MIB(64) + 3;
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

START_TEST(headroom_levels)
{
	static const struct {
		int64_t limit, available;
		int level;
	} rows[] = {
		/* Shares of the limit. */
		{ 1000, 1000, MYM_PRESSURE_NONE },
		{ 1000, 200, MYM_PRESSURE_NONE },
		{ 1000, 199, MYM_PRESSURE_LOW },
		{ 1000, 100, MYM_PRESSURE_LOW },
		{ 1000, 99, MYM_PRESSURE_MEDIUM },
		{ 1000, 50, MYM_PRESSURE_MEDIUM },
		{ 1000, 49, MYM_PRESSURE_CRITICAL },
		{ 1000, 0, MYM_PRESSURE_CRITICAL },
		{ 1050, 210, MYM_PRESSURE_NONE },
		{ 1050, 209, MYM_PRESSURE_LOW },
		/* 10 GiB and more: bytes. */
		{ MIB(10240), MIB(2048), MYM_PRESSURE_NONE },
		{ MIB(10240), MIB(2048) - 1, MYM_PRESSURE_LOW },
		{ MIB(10240), MIB(1024), MYM_PRESSURE_LOW },
		{ MIB(10240), MIB(1024) - 1, MYM_PRESSURE_MEDIUM },
		{ MIB(10240), MIB(512), MYM_PRESSURE_MEDIUM },
		{ MIB(10240), MIB(512) - 1, MYM_PRESSURE_CRITICAL },
		{ MIB(1 << 20), MIB(2048), MYM_PRESSURE_NONE },
		{ MIB(1 << 20), MIB(2048) - 1, MYM_PRESSURE_LOW },
		{ MIB(1 << 20), MIB(1024) - 1, MYM_PRESSURE_MEDIUM },
		{ MIB(1 << 20), MIB(512) - 1, MYM_PRESSURE_CRITICAL },
		{ INT64_MAX, MIB(2048), MYM_PRESSURE_NONE },
		{ INT64_MAX, MIB(2048) - 1, MYM_PRESSURE_LOW },
		/* Just below 10 GiB: the share still. */
		{ MIB(10230), MIB(2046), MYM_PRESSURE_NONE },
		{ MIB(10230), MIB(2046) - 1, MYM_PRESSURE_LOW },
		{ MIB(10230), MIB(1023) - 1, MYM_PRESSURE_MEDIUM },
		/* Nothing left is critical, however small the limit. */
		{ 1, 0, MYM_PRESSURE_CRITICAL },
		{ 0, 0, MYM_PRESSURE_CRITICAL },
		{ 1, 1, MYM_PRESSURE_NONE },
	};
	const struct mym__psi none = { 0 };

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct mym_snapshot s = {
			.valid = MYM_WANT_LIMIT | MYM_WANT_AVAILABLE,
			.limit = rows[i].limit,
			.available = rows[i].available,
		};

		mym__pressure_snapshot(&none, 1, &s);
		ROW(s.pressure == rows[i].level, "row %zu: %" PRId64, i,
		    s.pressure);
		ROW(s.pressure_cause ==
		    (rows[i].level ? MYM_PRESSURE_BY_HEADROOM : 0) &&
		    s.pressure_sources == MYM_PRESSURE_BY_HEADROOM &&
		    (s.valid & MYM_WANT_PRESSURE) &&
		    !(s.valid & (MYM_WANT_PSI_SOME | MYM_WANT_PSI_FULL)),
		    "row %zu: masks", i);
	}
	ROWS_DONE();
}
END_TEST

START_TEST(psi_levels)
{
	enum {
		GROUP = MYM_SCOPE_CGROUP,
		HOST = MYM_SCOPE_HOST,
		ABOVE = MYM_SCOPE_ABOVE
	};
	static const struct {
		int scope;
		int64_t some, full;
		int level;
	} rows[] = {
		{ GROUP, 0, 0, MYM_PRESSURE_NONE },
		{ GROUP, 499, 0, MYM_PRESSURE_NONE },
		{ GROUP, 500, 0, MYM_PRESSURE_LOW },
		{ GROUP, 999, 999, MYM_PRESSURE_LOW },
		{ GROUP, 1000, 0, MYM_PRESSURE_MEDIUM },
		{ GROUP, 10000, 999, MYM_PRESSURE_MEDIUM },
		{ GROUP, 10000, 1000, MYM_PRESSURE_CRITICAL },
		{ GROUP, 0, 999, MYM_PRESSURE_NONE },
		{ GROUP, 0, 1000, MYM_PRESSURE_CRITICAL },
		{ HOST, 499, 0, MYM_PRESSURE_NONE },
		{ HOST, 500, 0, MYM_PRESSURE_NONE },
		{ HOST, 999, 999, MYM_PRESSURE_NONE },
		{ HOST, 1000, 0, MYM_PRESSURE_LOW },
		{ HOST, 10000, 999, MYM_PRESSURE_LOW },
		{ HOST, 10000, 1000, MYM_PRESSURE_MEDIUM },
		{ HOST, 10000, 10000, MYM_PRESSURE_MEDIUM },
		{ ABOVE, 999, 999, MYM_PRESSURE_NONE },
		{ ABOVE, 1000, 0, MYM_PRESSURE_LOW },
		{ ABOVE, 10000, 10000, MYM_PRESSURE_MEDIUM },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		const struct mym__psi psi = {
			.scope = rows[i].scope,
			.valid = MYM_WANT_PSI_SOME | MYM_WANT_PSI_FULL,
			.some = rows[i].some,
			.full = rows[i].full,
		};
		struct mym_snapshot s = { 0 };

		mym__pressure_snapshot(&psi, 1, &s);
		ROW(s.pressure == rows[i].level, "row %zu: %" PRId64, i,
		    s.pressure);
		ROW(s.psi_some == rows[i].some && s.psi_full == rows[i].full &&
		    s.psi_scope == rows[i].scope &&
		    s.valid == (psi.valid | MYM_WANT_PRESSURE) &&
		    s.pressure_sources == MYM_PRESSURE_BY_PSI &&
		    s.pressure_cause ==
		    (rows[i].level ? MYM_PRESSURE_BY_PSI : 0),
		    "row %zu: masks", i);
	}
	ROWS_DONE();
}
END_TEST

START_TEST(highest_of_the_rules)
{
	static const struct mym__psi calm = {
		.scope = MYM_SCOPE_CGROUP, .valid = MYM_WANT_PSI_SOME
	};
	static const struct mym__psi low = {
		.scope = MYM_SCOPE_CGROUP, .valid = MYM_WANT_PSI_SOME,
		.some = 500
	};
	const uint64_t room = MYM_WANT_LIMIT | MYM_WANT_AVAILABLE;
	const uint64_t both = MYM_PRESSURE_BY_HEADROOM | MYM_PRESSURE_BY_PSI;
	struct mym_snapshot s;

	s = (struct mym_snapshot){ .valid = room, .limit = 99, .available = 1 };
	mym__pressure_snapshot(&calm, 1, &s);
	ck_assert_int_eq(s.pressure, MYM_PRESSURE_CRITICAL);
	ck_assert_uint_eq(s.pressure_cause, MYM_PRESSURE_BY_HEADROOM);
	ck_assert_uint_eq(s.pressure_sources, both);

	s = (struct mym_snapshot){ .valid = room, .limit = 99, .available = 1 };
	mym__pressure_snapshot(&low, 1, &s);
	ck_assert_int_eq(s.pressure, MYM_PRESSURE_CRITICAL);
	ck_assert_uint_eq(s.pressure_cause, both);

	s = (struct mym_snapshot){ .valid = room, .limit = 9, .available = 9 };
	mym__pressure_snapshot(&low, 1, &s);
	ck_assert_int_eq(s.pressure, MYM_PRESSURE_LOW);
	ck_assert_uint_eq(s.pressure_cause, MYM_PRESSURE_BY_PSI);

	/* Half of the headroom is none. */
	s = (struct mym_snapshot){ .valid = MYM_WANT_LIMIT, .limit = 99 };
	mym__pressure_snapshot(&calm, 1, &s);
	ck_assert_uint_eq(s.pressure_sources, MYM_PRESSURE_BY_PSI);
	ck_assert_int_eq(s.pressure, MYM_PRESSURE_NONE);
	ck_assert(!(s.valid & MYM_WANT_PSI_FULL));

	/* Cannot see is not "all is well". */
	s = (struct mym_snapshot){ .valid = MYM_WANT_AVAILABLE };
	mym__pressure_snapshot(&(struct mym__psi){ 0 }, 1, &s);
	ck_assert_uint_eq(s.pressure_sources, 0);
	ck_assert_uint_eq(s.valid, MYM_WANT_AVAILABLE);
}
END_TEST

/* The worst is reported; of equal ones that of the process's group. */
START_TEST(whose_stalls)
{
	enum {
		OWN = MYM_SCOPE_CGROUP,
		HOST = MYM_SCOPE_HOST,
		ABOVE = MYM_SCOPE_ABOVE
	};
	static const struct {
		int scope;
		int64_t own, above; /* full; -1: none */
		int level, told;
	} rows[] = {
		{ OWN, 0, 0, MYM_PRESSURE_NONE, OWN },
		{ OWN, 0, 500, MYM_PRESSURE_NONE, OWN },
		{ OWN, 0, 1000, MYM_PRESSURE_MEDIUM, ABOVE },
		{ OWN, 1000, 0, MYM_PRESSURE_CRITICAL, OWN },
		{ OWN, 1000, 9000, MYM_PRESSURE_CRITICAL, OWN },
		{ OWN, 0, -1, MYM_PRESSURE_NONE, OWN },
		{ OWN, -1, 0, MYM_PRESSURE_NONE, ABOVE },
		{ OWN, -1, 2000, MYM_PRESSURE_MEDIUM, ABOVE },
		{ HOST, 2000, -1, MYM_PRESSURE_MEDIUM, HOST },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		const struct mym__psi psi[MYM__PSIS] = {
			[MYM__PSI_OWN] = {
				.scope = rows[i].own < 0 ? 0 : rows[i].scope,
				.valid = MYM_WANT_PSI_FULL,
				.full = rows[i].own,
			},
			[MYM__PSI_ABOVE] = {
				.scope = rows[i].above < 0 ? 0 : ABOVE,
				.valid = MYM_WANT_PSI_FULL,
				.full = rows[i].above,
			},
		};
		struct mym_snapshot s = { 0 };

		mym__pressure_snapshot(psi, MYM__PSIS, &s);
		ROW(s.pressure == rows[i].level && s.psi_scope == rows[i].told,
		    "row %zu: %" PRId64 " of %" PRId64, i, s.pressure,
		    s.psi_scope);
		ROW(s.psi_full == (rows[i].told == ABOVE ? rows[i].above :
							   rows[i].own),
		    "row %zu: full %" PRId64, i, s.psi_full);
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
	tc = tcase_create("pressure");
	tcase_add_test(tc, headroom_levels);
	tcase_add_test(tc, psi_levels);
	tcase_add_test(tc, whose_stalls);
	tcase_add_test(tc, highest_of_the_rules);
	suite_add_tcase(s, tc);
	return s;
}
