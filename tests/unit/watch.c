/* SPDX-License-Identifier: MIT */
/* What a watch decides, of numbers and times alone. */
#include <errno.h>
#include <inttypes.h>

#include "suite.h"
#include "text.h"
#include "watch.h"

#define MIB(n) ((int64_t)(n) << 20)
#define MS INT64_C(1000000)
#define S (1000 * MS)

/* --- the rules that need two looks ---------------------------------------- */

static struct mym__verdict weighed(const struct mym__sight *sight, bool eased)
{
	struct mym__verdict verdict;

	mym__pressure_weigh(&mym__pressure_rules, eased, sight, &verdict);
	return verdict;
}

START_TEST(events)
{
	enum { HIGH = MYM__GREW_HIGH, MAX = MYM__GREW_MAX, OOM = MYM__GREW_OOM };
	static const struct {
		unsigned int grew;
		int64_t available; /* of 1000 MiB; < 0: unknown */
		unsigned int step;
		uint64_t cause;
	} rows[] = {
		{ 0, 900, 0, 0 },
		{ HIGH, 900, 1, MYM_PRESSURE_BY_EVENTS },
		/* The page cache fills the group, and can be given back. */
		{ MAX, 900, 0, 0 },
		{ MAX, 100, 1, MYM_PRESSURE_BY_HEADROOM },
		{ MAX, 99, 2,
		  MYM_PRESSURE_BY_EVENTS | MYM_PRESSURE_BY_HEADROOM },
		{ MAX, 49, 3,
		  MYM_PRESSURE_BY_EVENTS | MYM_PRESSURE_BY_HEADROOM },
		{ MAX, -1, 0, 0 },
		{ HIGH | MAX, 900, 1, MYM_PRESSURE_BY_EVENTS },
		{ OOM, 900, 3, MYM_PRESSURE_BY_EVENTS },
		{ OOM, -1, 3, MYM_PRESSURE_BY_EVENTS },
		{ HIGH | MAX | OOM, 900, 3, MYM_PRESSURE_BY_EVENTS },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct mym__sight sight = {
			.room = rows[i].available >= 0,
			.limit = MIB(1000),
			.available = rows[i].available * MIB(1),
			.counted = true,
			.grew = rows[i].grew,
			.grew_scope = MYM_SCOPE_ABOVE,
		};
		struct mym__verdict v = weighed(&sight, false);

		ROW(v.step == rows[i].step && v.cause == rows[i].cause,
		    "row %zu: %u by %" PRIx64, i, v.step, v.cause);
		ROW(v.sources & MYM_PRESSURE_BY_EVENTS, "row %zu: sources", i);
		sight.counted = false;
		v = weighed(&sight, false);
		ROW(!((v.sources | v.cause) & MYM_PRESSURE_BY_EVENTS),
		    "row %zu: not counted", i);
	}
	ROWS_DONE();
}
END_TEST

START_TEST(growth_levels)
{
	static const struct {
		int64_t available, left;
		bool grows;
		unsigned int step;
	} rows[] = {
		{ 400, 20 * S, true, 0 },
		{ 400, 10 * S, true, 0 },
		{ 400, 10 * S - 1, true, 1 },
		{ 400, 4 * S, true, 1 },
		{ 400, 4 * S - 1, true, 2 },
		{ 400, 2 * S, true, 2 },
		{ 400, 2 * S - 1, true, 3 },
		{ 400, 0, true, 3 },
		{ 400, 0, false, 0 },
		{ 500, 0, true, 3 },
		/* A program that starts takes what it needs in one go. */
		{ 501, 0, true, 0 },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		const struct mym__sight sight = {
			.room = true,
			.limit = MIB(1000),
			.available = MIB(rows[i].available),
			.room_scope = MYM_SCOPE_CGROUP,
			.grows = rows[i].grows,
			.time_left = rows[i].left,
		};
		struct mym__verdict v = weighed(&sight, false);

		ROW(v.step == rows[i].step && v.cause ==
		    (rows[i].step ? MYM_PRESSURE_BY_GROWTH : 0),
		    "row %zu: %u by %" PRIx64, i, v.step, v.cause);
	}
	ROWS_DONE();
}
END_TEST

START_TEST(manager)
{
	struct mym__sight sight = { .managed = true };
	struct mym__verdict v = weighed(&sight, false);

	ck_assert_uint_eq(v.step, 0);
	ck_assert_uint_eq(v.sources, MYM_PRESSURE_BY_MANAGER);
	sight.called = true;
	v = weighed(&sight, false);
	ck_assert_uint_eq(v.step, 2);
	ck_assert_uint_eq(v.cause, MYM_PRESSURE_BY_MANAGER);
	sight.managed = false;
	ck_assert_uint_eq(weighed(&sight, false).step, 0);
}
END_TEST

/* Two points more of the share, a tenth more of what stands for 20 %. */
START_TEST(eased)
{
	static const struct {
		int64_t limit, available;
		unsigned int reached, held;
	} rows[] = {
		{ MIB(1000), MIB(199), 1, 1 },
		{ MIB(1000), MIB(200), 0, 1 },
		{ MIB(1000), MIB(219), 0, 1 },
		{ MIB(1000), MIB(220), 0, 0 },
		{ MIB(1000), MIB(100), 1, 2 },
		{ MIB(1000), MIB(120), 1, 1 },
		{ MIB(1000), MIB(69), 2, 3 },
		{ MIB(1000), MIB(70), 2, 2 },
		{ MIB(1 << 20), MIB(2048), 0, 1 },
		{ MIB(1 << 20), MIB(2252), 0, 1 },
		{ MIB(1 << 20), MIB(2253), 0, 0 },
		{ INT64_MAX, INT64_MAX, 0, 0 },
		{ 0, 0, 3, 3 },
	};
	static const struct {
		int64_t some, full;
		unsigned int reached, held;
	} stalls[] = {
		{ 0, 0, 0, 0 },     { 299, 0, 0, 0 },   { 300, 0, 0, 1 },
		{ 500, 0, 1, 1 },   { 800, 0, 1, 2 },   { 1000, 0, 2, 2 },
		{ 1000, 799, 2, 2 }, { 1000, 800, 2, 3 }, { 1000, 1000, 3, 3 },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		const struct mym__sight sight = {
			.room = true,
			.limit = rows[i].limit,
			.available = rows[i].available,
		};

		ROW(weighed(&sight, false).step == rows[i].reached &&
		    weighed(&sight, true).step == rows[i].held,
		    "row %zu: %u, %u", i, weighed(&sight, false).step,
		    weighed(&sight, true).step);
	}
	for (size_t i = 0; i < MYM__COUNT(stalls); i++) {
		const struct mym__psi psi = {
			.scope = MYM_SCOPE_CGROUP,
			.some = stalls[i].some,
			.full = stalls[i].full,
		};
		const struct mym__sight sight = { .psi = &psi, .psis = 1 };

		ROW(weighed(&sight, false).step == stalls[i].reached &&
		    weighed(&sight, true).step == stalls[i].held,
		    "stall %zu: %u, %u", i, weighed(&sight, false).step,
		    weighed(&sight, true).step);
	}
	ROWS_DONE();
}
END_TEST

/* Only the rules that are in use speak, and are sources. */
START_TEST(rules_in_use)
{
	const struct mym__psi psi = { .scope = MYM_SCOPE_CGROUP, .full = 9000 };
	const struct mym__sight sight = {
		.room = true,
		.limit = 100,
		.psi = &psi,
		.psis = 1,
		.grows = true,
		.counted = true,
		.grew = MYM__GREW_OOM,
		.managed = true,
		.called = true,
	};
	struct mym__rules rules = mym__pressure_rules;
	struct mym__verdict v;

	for (unsigned int bit = 0; bit < 5; bit++) {
		rules.by = UINT64_C(1) << bit;
		mym__pressure_weigh(&rules, false, &sight, &v);
		ck_assert_uint_eq(v.cause, rules.by);
		ck_assert_uint_eq(v.sources, rules.by);
		ck_assert_uint_ge(v.step, 2);
	}
}
END_TEST

START_TEST(scopes)
{
	const struct mym__psi psi = { .scope = MYM_SCOPE_ABOVE, .some = 2000 };
	struct mym__sight sight = {
		.room = true,
		.limit = 1000,
		.available = 1000,
		.room_scope = MYM_SCOPE_HOST,
		.psi = &psi,
		.psis = 1,
	};

	ck_assert_int_eq(weighed(&sight, false).scope, MYM_SCOPE_ABOVE);
	/* Of the first rule that gives the level. */
	sight.available = 150;
	ck_assert_int_eq(weighed(&sight, false).scope, MYM_SCOPE_HOST);
	sight.available = 1000;
	sight.psis = 0;
	ck_assert_int_eq(weighed(&sight, false).scope, 0);
}
END_TEST

/* --- hysteresis ------------------------------------------------------------ */

/* A letter for each look: which step is told, or '.' for none.  Looks are a
 * second apart; digits are the steps reached, held the same or one more. */
static const char *run(const char *reached, bool held_more)
{
	struct mym__hysteresis h = { .calm = 10 * S, .hold_off = 2 * S };
	static char told[128];
	size_t i;

	for (i = 0; reached[i]; i++) {
		unsigned int step = (unsigned int)(reached[i] - '0');
		unsigned int held = step + (held_more && step < 3);
		bool tells = mym__hysteresis_move(&h, (int64_t)(i + 1) * S, step,
						  held);

		told[i] = tells ? (char)('0' + h.told) : '.';
	}
	told[i] = '\0';
	return told;
}

START_TEST(up_and_down)
{
	/* Up at once, by as many steps as it takes. */
	ck_assert_str_eq(run("0123", false), ".123");
	ck_assert_str_eq(run("03", false), ".3");
	/* Down by one step after ten seconds each. */
	ck_assert_str_eq(run("30000000000000000000000000000000", false),
			 "3..........2.........1.........0");
	ck_assert_str_eq(run("3111111111111111111111111111", false),
			 "3..........2.........1......");
	/* Ten seconds in one piece. */
	ck_assert_str_eq(run("2000000000200000000000", false),
			 "2....................1");
	/* Below the threshold, but not by the margin. */
	ck_assert_str_eq(run("10000000000000000000", true),
			 "1...................");
	ck_assert_str_eq(run("2000000000000000000000000000", true),
			 "2..........1................");
}
END_TEST

/* A second event of a step waits, but for the last one. */
START_TEST(hold_off)
{
	struct mym__hysteresis h = { .calm = 1, .hold_off = 2 * S };
	int64_t now = S;

	ck_assert(mym__hysteresis_move(&h, now, 1, 1));
	ck_assert(!mym__hysteresis_move(&h, now += MS, 0, 0));
	ck_assert(mym__hysteresis_move(&h, now += MS, 0, 0));
	ck_assert_uint_eq(h.told, 0);
	/* The state moves, the event is held. */
	ck_assert(!mym__hysteresis_move(&h, now += MS, 1, 1));
	ck_assert_uint_eq(h.step, 1);
	ck_assert(!mym__hysteresis_move(&h, now += S, 1, 1));
	ck_assert(mym__hysteresis_move(&h, now += S, 1, 1));
	ck_assert(mym__hysteresis_move(&h, now += MS, 3, 3));
	ck_assert(!mym__hysteresis_move(&h, now += MS, 2, 2));
	ck_assert(mym__hysteresis_move(&h, now += MS, 2, 2));
	ck_assert(mym__hysteresis_move(&h, now += MS, 3, 3));
	ck_assert_uint_eq(h.told, 3);
}
END_TEST

/* --- growth ---------------------------------------------------------------- */

START_TEST(growth)
{
	struct mym__growth g = { 0 };
	int64_t left = UNTOUCHED, now = 5 * S;

	/* One look tells nothing, and what is kept loses nothing. */
	ck_assert(!mym__growth_note(&g, now, MIB(100), 0, MIB(90), &left));
	ck_assert(!mym__growth_note(&g, now += S, MIB(100), 0, MIB(90), &left));
	ck_assert_int_eq(left, UNTOUCHED);
	/* 20 MiB in 100 ms after a second of peace: 70 MiB will last as long as
	 * the slower of the two rates says. */
	ck_assert(mym__growth_note(&g, now += 100 * MS, MIB(100), 0, MIB(70),
				   &left));
	ck_assert_int_gt(left, 3800 * MS);
	ck_assert_int_lt(left, 3900 * MS);
	/* It goes on: a second later the peace is forgotten. */
	for (int i = 1; i <= 12; i++)
		ck_assert(mym__growth_note(&g, now += 100 * MS, MIB(100), 0,
					   MIB(70) - MIB(4) * i, &left));
	ck_assert_int_gt(left, 400 * MS);
	ck_assert_int_lt(left, 700 * MS);
	/* Too close to the last look to tell. */
	ck_assert(!mym__growth_note(&g, now += MS, MIB(100), 0, MIB(1), &left));
	/* It stops, or turns. */
	ck_assert(!mym__growth_note(&g, now += 100 * MS, MIB(100), 0, MIB(22),
				    &left));
	/* Another limit, or another constraint: begin anew. */
	ck_assert(!mym__growth_note(&g, now += 100 * MS, MIB(50), 0, MIB(10),
				    &left));
	ck_assert(!mym__growth_note(&g, now += 100 * MS, MIB(50), 1, MIB(5),
				    &left));
	ck_assert(mym__growth_note(&g, now += 100 * MS, MIB(50), 1, MIB(4),
				   &left));
	/* After a long sleep nobody knows. */
	ck_assert(!mym__growth_note(&g, now += 20 * S, MIB(50), 1, MIB(1),
				    &left));
}
END_TEST

/* Whatever the interval, what grows steadily is seen by the third look. */
START_TEST(steady_growth)
{
	for (int64_t interval = 50; interval <= 1000; interval += 50) {
		for (int64_t rate = 1; rate <= 1000; rate *= 10) {
			struct mym__growth g = { 0 };
			int64_t left = 0, available = MIB(100000);
			bool grows = false;

			for (int i = 0; i < 40; i++) {
				grows = mym__growth_note(&g,
							 (i + 1) * interval * MS,
							 MIB(100000), 0,
							 available, &left);
				ck_assert(grows == (i > 0));
				available -= MIB(rate) / 1000 * interval;
			}
			available += MIB(rate) / 1000 * interval;
			DEMAND(left / MS >= available / 1024 * 990 /
			       (rate * 1024) && left / MS <= available / 1024 *
			       1010 / (rate * 1024),
			       "%" PRId64 " MiB/s every %" PRId64 " ms: %" PRId64,
			       rate, interval, left);
		}
	}
}
END_TEST

/* --- stalls of the last two seconds --------------------------------------- */

static struct mym__psi totals(int scope, int64_t some, int64_t full)
{
	return (struct mym__psi){
		.scope = scope,
		.valid = MYM_WANT_PSI_SOME | MYM_WANT_PSI_FULL,
		.total = { some, full },
	};
}

START_TEST(stalls)
{
	struct mym__stalls s = { .window = 2 * S };
	struct mym__psi psi, window;
	int64_t now = 7 * S;

	psi = totals(MYM_SCOPE_CGROUP, 123456789, 5000);
	mym__stalls_note(&s, now, &psi, &window);
	/* What was before the first look is not of the last two seconds. */
	ck_assert_int_eq(window.scope, 0);
	psi.total[0] += 100000;
	mym__stalls_note(&s, now += 100 * MS, &psi, &window);
	ck_assert_int_eq(window.scope, MYM_SCOPE_CGROUP);
	ck_assert_int_eq(window.some, 500);
	ck_assert_int_eq(window.full, 0);
	psi.total[0] += 300000;
	psi.total[1] += 200000;
	mym__stalls_note(&s, now += 1900 * MS, &psi, &window);
	ck_assert_int_eq(window.some, 2000);
	ck_assert_int_eq(window.full, 1000);
	/* Two seconds later it is over. */
	mym__stalls_note(&s, now += 1000 * MS, &psi, &window);
	mym__stalls_note(&s, now += 1000 * MS, &psi, &window);
	ck_assert_int_eq(window.some, 0);
	/* Another file, and one that says less, or no more. */
	psi = totals(MYM_SCOPE_HOST, 999999999, 999999999);
	mym__stalls_note(&s, now += S, &psi, &window);
	ck_assert_int_eq(window.scope, 0);
	psi.total[1] = -1;
	psi.total[0] += 1000000;
	mym__stalls_note(&s, now += 2 * S, &psi, &window);
	ck_assert_int_eq(window.some, 5000);
	ck_assert_int_eq(window.full, 0);
	psi.total[0] = -1;
	mym__stalls_note(&s, now += S, &psi, &window);
	ck_assert_int_eq(window.scope, 0);
	psi.total[0] = 5;
	mym__stalls_note(&s, now += S, &psi, &window);
	psi.total[0] = 4;
	mym__stalls_note(&s, now += S, &psi, &window);
	ck_assert_int_eq(window.some, 0);
	psi.total[0] = INT64_MAX;
	mym__stalls_note(&s, now += S, &psi, &window);
	ck_assert_int_eq(window.some, 10000);
}
END_TEST

/* However often it looks, it remembers two seconds. */
START_TEST(stalls_looked_at_often)
{
	struct mym__stalls s = { .window = 2 * S };
	struct mym__psi psi = totals(MYM_SCOPE_CGROUP, 0, 0), window;

	for (int i = 0; i < 5000; i++) {
		psi.total[0] += 100;
		mym__stalls_note(&s, S + i * MS, &psi, &window);
		if (i >= 2200)
			DEMAND(window.some > 990 && window.some < 1010,
			       "look %d: %" PRId64, i, window.some);
	}
}
END_TEST

/* --- the interval ---------------------------------------------------------- */

START_TEST(intervals)
{
	static const struct {
		bool room;
		int64_t limit, available; /* MiB */
		int64_t ms;
	} rows[] = {
		{ false, 0, 0, 1000 },
		{ true, 10000, 9000, 1000 },
		{ true, 10000, 5001, 1000 },
		{ true, 10000, 5000, 500 },
		{ true, 10000, 2500, 250 },
		{ true, 10000, 1500, 100 },
		{ true, 10000, 1000, 50 },
		{ true, 10000, 0, 50 },
		/* What 400 MiB a second would fill. */
		{ true, 500, 400, 1000 },
		{ true, 500, 300, 750 },
		{ true, 96, 96, 240 },
		{ true, 96, 60, 150 },
		{ true, 20, 20, 50 },
		{ true, 1, 1, 50 },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		int64_t ns = mym__pace_interval(50 * MS, S, rows[i].room,
						MIB(rows[i].limit),
						MIB(rows[i].available));

		ROW(ns == rows[i].ms * MS, "row %zu: %" PRId64, i, ns);
	}
	ROWS_DONE();
	ck_assert_int_eq(mym__pace_interval(1, S, true, INT64_MAX, INT64_MAX),
			 S);
	ck_assert_int_eq(mym__pace_interval(S, S, true, MIB(10), 0), S);
}
END_TEST

START_TEST(paid_for)
{
	int64_t credit = 0, time = 0, cost = 0;

	/* What is cheap never waits, what is dear waits in the end. */
	ck_assert_int_eq(mym__pace_pay(&credit, S, MS), 0);
	ck_assert_int_eq(credit, 4 * MS);
	ck_assert_int_eq(mym__pace_pay(&credit, S, 10 * MS), 200 * MS);
	/* No more than ten seconds are saved up. */
	ck_assert_int_eq(mym__pace_pay(&credit, 3600 * S, 0), 0);
	ck_assert_int_eq(credit, 50 * MS);
	/* 0.5 % in the long run, whatever is asked for. */
	credit = 50 * MS;
	for (int i = 0; i < 1000; i++) {
		int64_t wait = mym__pace_pay(&credit, i == 0 ? 0 : 50 * MS, 0);

		wait = mym__pace_pay(&credit, 0, 2 * MS);
		if (wait > 0)
			mym__pace_pay(&credit, wait, 0);
		time += 50 * MS + wait;
		cost += 2 * MS;
	}
	ck_assert_int_le(cost - 50 * MS, time / 200);
	ck_assert_int_ge(cost, time / 200 - MS);
}
END_TEST

/* A program that takes 200 MiB a second, in a group of 96 MiB: wherever the
 * looks fall, the level is high before nothing is left. */
START_TEST(seen_in_time)
{
	const int64_t limit = MIB(96), rate = MIB(200);

	for (int64_t begin = 0; begin < 240; begin++) {
		struct mym__growth g = { 0 };
		struct mym__sight sight = { .room = true, .limit = limit };
		int64_t now = 0, warned = 0;

		sight.available = limit;
		while (sight.available > 0 && warned == 0) {
			sight.grows = mym__growth_note(&g, now, limit, 0,
						       sight.available,
						       &sight.time_left);
			if (weighed(&sight, false).step >= 2)
				warned = sight.available;
			now += mym__pace_interval(50 * MS, S, true, limit,
						  sight.available);
			if (now > begin * MS)
				sight.available = mym__subtract(limit,
					(now / MS - begin) * (rate / 1000));
		}
		DEMAND(warned >= MIB(10), "begun after %" PRId64 " ms: %" PRId64
		       " left", begin, warned);
	}
}
END_TEST

/* --- base64 ---------------------------------------------------------------- */

START_TEST(base64)
{
	static const struct {
		struct mym__text text, bytes;
		int result;
	} rows[] = {
		/* RFC 4648, section 10. */
		{ T(""), T(""), 0 },
		{ T("Zg=="), T("f"), 1 },
		{ T("Zm8="), T("fo"), 2 },
		{ T("Zm9v"), T("foo"), 3 },
		{ T("Zm9vYg=="), T("foob"), 4 },
		{ T("Zm9vYmE="), T("fooba"), 5 },
		{ T("Zm9vYmFy"), T("foobar"), 6 },
		{ T("c29tZSAyMDAwMDAgMjAwMDAwMAA="),
		  T("some 200000 2000000\0"), 20 },
		{ T("+/+/"), T("\xfb\xff\xbf"), 3 },
		{ T("AAAA"), T("\0\0\0"), 3 },
		{ T("Zg"), T(""), -EBADMSG },
		{ T("Zg="), T(""), -EBADMSG },
		{ T("Zg==="), T(""), -EBADMSG },
		{ T("Z==="), T(""), -EBADMSG },
		{ T("===="), T(""), -EBADMSG },
		{ T("Zg==Zg=="), T(""), -EBADMSG },
		{ T("Zm=v"), T(""), -EBADMSG },
		{ T("Zh=="), T(""), -EBADMSG },
		{ T("Zm9="), T(""), -EBADMSG },
		{ T("Zm9-"), T(""), -EBADMSG },
		{ T("Zm9_"), T(""), -EBADMSG },
		{ T("Zm 9"), T(""), -EBADMSG },
		{ T("Zm9v\n"), T(""), -EBADMSG },
		{ T("Zm9\0"), T(""), -EBADMSG },
		{ T("Zm9\xff"), T(""), -EBADMSG },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct mym__text copy = exact(rows[i].text);
		char out[32];
		int r = mym__base64(copy, out, sizeof(out));

		ROW(r == rows[i].result, "\"%s\": %d", shown(copy), r);
		ROW(r < 0 || memcmp(out, rows[i].bytes.at, (size_t)r) == 0,
		    "\"%s\": the bytes", shown(copy));
		if (r > 0)
			ROW(mym__base64(copy, out, (size_t)r) == r &&
			    mym__base64(copy, out, (size_t)r - 1) == -ENOBUFS,
			    "\"%s\": the size", shown(copy));
		release(copy);
	}
	ROWS_DONE();
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("watch");
	TCase *tc = tcase_create("rules");

	tcase_add_test(tc, events);
	tcase_add_test(tc, growth_levels);
	tcase_add_test(tc, manager);
	tcase_add_test(tc, eased);
	tcase_add_test(tc, rules_in_use);
	tcase_add_test(tc, scopes);
	suite_add_tcase(s, tc);
	tc = tcase_create("time");
	tcase_add_test(tc, up_and_down);
	tcase_add_test(tc, hold_off);
	tcase_add_test(tc, growth);
	tcase_add_test(tc, steady_growth);
	tcase_add_test(tc, stalls);
	tcase_add_test(tc, stalls_looked_at_often);
	tcase_add_test(tc, intervals);
	tcase_add_test(tc, paid_for);
	tcase_add_test(tc, seen_in_time);
	suite_add_tcase(s, tc);
	tc = tcase_create("text");
	tcase_add_test(tc, base64);
	suite_add_tcase(s, tc);
	return s;
}
