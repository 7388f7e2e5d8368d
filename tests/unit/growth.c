/* SPDX-License-Identifier: MIT */
/* How what is available falls, and how often a watch looks. */
#include <inttypes.h>

#include "answer/pressure.h"
#include "base/compiler.h"
#include "base/saturate.h"
#include "mymem.h"
#include "suite.h"
#include "text.h"
#include "units.h"
#include "watch/growth.h"

/* A constraint that is looked at again and again. */
struct looks {
	struct mym__growth growth;
	struct mym__fall fall;
	uint64_t by;
	int64_t limit, now;
};

/* Whether it is known to end. */
static bool look(struct looks *l, int64_t after, int64_t available)
{
	l->now += after;
	mym__growth_note(&l->growth, l->now, l->by, l->limit, available,
			 &l->fall);
	ck_assert_int_eq(l->fall.limit, l->limit);
	ck_assert_int_eq(l->fall.available, available);
	return l->fall.left < INT64_MAX;
}

START_TEST(growth)
{
	struct looks l = { .limit = 100 * MIB, .now = 4 * S };

	/* One look tells nothing, and what is kept loses nothing. */
	ck_assert(!look(&l, S, 90 * MIB));
	ck_assert(!look(&l, S, 90 * MIB));
	ck_assert_int_eq(l.fall.soon, INT64_MAX);
	/* 20 MiB in 100 ms may be all that it takes, but is worth a look. */
	ck_assert(!look(&l, 100 * MS, 70 * MIB));
	ck_assert_int_eq(l.fall.before, 90 * MIB);
	ck_assert_int_gt(l.fall.soon, 340 * MS);
	ck_assert_int_lt(l.fall.soon, 360 * MS);
	/* So much again: 50 MiB will last as long as the slowest rate says,
	 * which is that of a second of peace. */
	ck_assert(look(&l, 100 * MS, 50 * MIB));
	ck_assert_int_gt(l.fall.left, 1450 * MS);
	ck_assert_int_lt(l.fall.left, 1550 * MS);
	ck_assert_int_gt(l.fall.soon, 240 * MS);
	ck_assert_int_lt(l.fall.soon, 260 * MS);
	/* It goes on: a second later the peace is forgotten. */
	for (int i = 1; i <= 12; i++)
		ck_assert(look(&l, 100 * MS, 50 * MIB - 3 * MIB * i));
	ck_assert_int_gt(l.fall.left, 400 * MS);
	ck_assert_int_lt(l.fall.left, 500 * MS);
	/* Too close to the last look to tell, and no reason to look away. */
	ck_assert(!look(&l, MS, MIB));
	ck_assert_int_gt(l.fall.soon, 400 * MS);
	ck_assert_int_lt(l.fall.soon, 500 * MS);
	/* It stops, or turns, and has to be seen twice again. */
	ck_assert(!look(&l, 100 * MS, 22 * MIB));
	ck_assert_int_eq(l.fall.soon, INT64_MAX);
	ck_assert(!look(&l, 100 * MS, 12 * MIB));
	/* Another limit, or another constraint: begin anew. */
	l.limit = 50 * MIB;
	ck_assert(!look(&l, 100 * MS, 10 * MIB));
	ck_assert(!look(&l, 100 * MS, 9 * MIB));
	l.by = 1;
	ck_assert(!look(&l, 100 * MS, 8 * MIB));
	ck_assert(!look(&l, 100 * MS, 7 * MIB));
	ck_assert(look(&l, 100 * MS, 6 * MIB));
	/* After a long sleep nobody knows. */
	ck_assert(!look(&l, 20 * S, MIB));
	/* Faster and faster: half of it will do for the look before. */
	l = (struct looks){ .limit = 100 * MIB, .now = S };
	look(&l, 0, 100 * MIB);
	look(&l, 100 * MS, 90 * MIB);
	ck_assert(look(&l, 100 * MS, 70 * MIB));
	ck_assert_int_gt(l.fall.left, 450 * MS);
	ck_assert_int_lt(l.fall.left, 480 * MS);
}
END_TEST

/* However often it is looked at, the last second is one: what has fallen for 700 ms,
 * and stood still before, ends later than the rate of its fall says. */
/* Rates count from the last time that it was known to be the same. */
START_TEST(still)
{
	struct looks l = { .limit = 100 * MIB, .now = 4 * S };

	mym__growth_still(&l.growth, l.now);
	ck_assert_uint_eq(l.growth.count, 0);
	look(&l, S, 90 * MIB);
	mym__growth_still(&l.growth, l.now + 800 * MS);
	/* From before that: nothing. */
	mym__growth_still(&l.growth, l.now + 100 * MS);
	look(&l, 900 * MS, 80 * MIB);
	ck_assert_int_gt(l.fall.soon, 790 * MS);
	ck_assert_int_lt(l.fall.soon, 810 * MS);
	ck_assert_int_eq(l.fall.before, 90 * MIB);
}
END_TEST

START_TEST(looked_at_often)
{
	struct looks l = { .limit = 100 * MIB, .now = S };
	int64_t left = 90;

	for (int i = 0; i < 200; i++)
		look(&l, 10 * MS, left * MIB);
	for (int i = 0; i < 70; i++)
		look(&l, 10 * MS, --left * MIB);
	ck_assert_int_eq(l.fall.soon, 200 * MS);
	ck_assert_int_gt(l.fall.left, 340 * MS);
	ck_assert_int_lt(l.fall.left, 360 * MS);
}
END_TEST

/* What was available before is not what it was at the look before, where that
 * was only just now. */
START_TEST(a_moment_ago)
{
	for (int64_t interval = 10; interval <= 100; interval += 10) {
		struct looks l = { .limit = 1000 * MIB, .now = S };
		int64_t left = 1000;

		for (int i = 0; i < 90; i++, left -= interval / 10) {
			look(&l, interval * MS, left * MIB);
			/* A MiB in ten ms. */
			if (i * interval >= 100)
				ck_assert_int_ge(l.fall.before,
						 (left + 4) * MIB);
			ck_assert_int_le(l.fall.before,
					 (left < 890 ? left + 10 : 1000) * MIB);
		}
	}
}
END_TEST

/* A sawtooth is known after its first tooth, and what goes beyond it is not. */
START_TEST(teeth)
{
	struct looks l = { .limit = 96 * MIB, .now = S };

	for (int tooth = 0; tooth < 30; tooth++) {
		/* Not always to the same depth. */
		int64_t last = 38 + tooth % 3 * 2;

		look(&l, 50 * MS, 96 * MIB);
		for (int64_t left = 94; left >= last; left -= 2) {
			look(&l, 50 * MS, left * MIB);
			ck_assert(l.fall.again == (tooth > 0));
		}
	}
	/* Each a little deeper: a leak beneath it. */
	look(&l, 50 * MS, 96 * MIB);
	for (int64_t left = 94; left >= 32; left -= 2) {
		look(&l, 50 * MS, left * MIB);
		ck_assert(l.fall.again == (left >= 36));
	}
	/* The deepest counts, and a small one is no other tooth. */
	look(&l, 50 * MS, 38 * MIB);
	look(&l, 50 * MS, 36 * MIB);
	look(&l, 50 * MS, 96 * MIB);
	look(&l, 50 * MS, 80 * MIB);
	look(&l, 50 * MS, 96 * MIB);
	look(&l, 50 * MS, 34 * MIB);
	ck_assert(l.fall.again);
	look(&l, 50 * MS, 25 * MIB);
	ck_assert(!l.fall.again);
	/* After half a minute it is forgotten. */
	look(&l, 50 * MS, 96 * MIB);
	look(&l, 29 * S, 60 * MIB);
	ck_assert(l.fall.again);
	look(&l, 2 * S, 58 * MIB);
	ck_assert(!l.fall.again);
}
END_TEST

/* Whatever the interval, what grows steadily is seen by the third look. */
START_TEST(steady_growth)
{
	for (int64_t interval = 10; interval <= 1000;
	     interval += interval < 50 ? 10 : 50) {
		/* What is looked at that often falls fast. */
		for (int64_t rate = interval < 50 ? 100 : 1; rate <= 1000;
		     rate *= 10) {
			struct looks l = { .limit = 100000 * MIB };
			int64_t available = 100000 * MIB, left;

			for (int i = 0; i < 90; i++) {
				ck_assert(look(&l, interval * MS, available) ==
					  (i > 1));
				available -= rate * MIB / 1000 * interval;
			}
			available += rate * MIB / 1000 * interval;
			left = l.fall.left / MS;
			DEMAND(left >= available / 1024 * 990 /
			       (rate * 1024) && left <= available / 1024 *
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
	/* It says more again, and nobody knows since when. */
	psi.total[1] = 5000000;
	mym__stalls_note(&s, now += 2 * S, &psi, &window);
	ck_assert_int_eq(window.scope, MYM_SCOPE_HOST);
	ck_assert_int_eq(window.full, 0);
	psi.total[1] += 200000;
	mym__stalls_note(&s, now += 2 * S, &psi, &window);
	ck_assert_int_eq(window.full, 1000);
	psi.total[0] = -1;
	mym__stalls_note(&s, now += S, &psi, &window);
	ck_assert_int_eq(window.scope, 0);
	psi.total[0] = 5;
	mym__stalls_note(&s, now += S, &psi, &window);
	psi.total[0] = 4;
	mym__stalls_note(&s, now += S, &psi, &window);
	ck_assert_int_eq(window.some, 0);
	psi.total[0] = INT64_MAX;
	mym__stalls_note(&s, now + S, &psi, &window);
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
		{ true, 10000, 2501, 500 },
		{ true, 10000, 2500, 250 },
		{ true, 10000, 1501, 250 },
		{ true, 10000, 1500, 100 },
		{ true, 10000, 1001, 100 },
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
						rows[i].limit * MIB,
						rows[i].available * MIB);

		ROW(ns == rows[i].ms * MS, "row %zu: %" PRId64, i, ns);
	}
	ROWS_DONE();
	ck_assert_int_eq(mym__pace_interval(1, S, true, INT64_MAX, INT64_MAX),
			 S);
	ck_assert_int_eq(mym__pace_interval(S, S, true, 10 * MIB, 0), S);
}
END_TEST

/* What falls is looked at before an eighth of its time is over, but not without
 * end; what does not bind, so that 400 MiB a second do not get through. */
static int64_t paced(int64_t interval, const struct mym__fall *fall)
{
	return mym__pace_fall(50 * MS, mym__pace_lasting(50 * MS, interval,
							 fall->available),
			      fall);
}

START_TEST(intervals_of_falls)
{
	static const struct {
		int64_t interval; /* ms */
		int64_t available; /* MiB */
		int64_t soon; /* ms; < 0: nobody knows */
		int64_t ms;
	} rows[] = {
		{ 1000, 5000, -1, 1000 },
		{ 1000, 400, -1, 1000 },
		{ 1000, 200, -1, 500 },
		{ 240, 200, -1, 240 },
		{ 1000, 10, -1, 50 },
		{ 1000, 0, -1, 50 },
		{ 1000, 5000, 8000, 1000 },
		{ 1000, 5000, 4000, 500 },
		{ 1000, 5000, 800, 100 },
		{ 1000, 5000, 80, 10 },
		{ 1000, 5000, 8, 10 },
		{ 50, 5000, 80, 10 },
		{ 50, 0, 0, 10 },
		{ 50, 5000, 800, 50 },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		const struct mym__fall fall = {
			.available = rows[i].available * MIB,
			.soon = rows[i].soon < 0 ? INT64_MAX :
						   rows[i].soon * MS,
		};
		int64_t ns = paced(rows[i].interval * MS, &fall);

		ROW(ns == rows[i].ms * MS, "row %zu: %" PRId64, i, ns);
	}
	ROWS_DONE();
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
		int64_t wait;

		mym__pace_pay(&credit, i == 0 ? 0 : 50 * MS, 0);
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

/* Of looks that cost 2 ms: at the pace that is asked for there would be nothing
 * left when a limit falls. */
START_TEST(thrifty)
{
	int64_t credit = MYM__PACE_CREDIT, time = 0;

	ck_assert_int_eq(mym__pace_thrift(credit, 2 * MS), 0);
	for (int i = 0; i < 1000; i++) {
		int64_t interval = mym__pace_thrift(credit, 2 * MS);

		if (interval < 50 * MS)
			interval = 50 * MS;
		ck_assert_int_eq(mym__pace_pay(&credit, interval, 2 * MS), 0);
		time += interval;
	}
	ck_assert_int_ge(credit, MYM__PACE_CREDIT / 2 - 2 * MS);
	/* As often as half a percent allows. */
	ck_assert_int_le(time / 1000, 400 * MS);
	/* What is cheap is never put off. */
	credit = MYM__PACE_CREDIT;
	for (int i = 0; i < 1000; i++) {
		mym__pace_pay(&credit, 50 * MS, MS / 10);
		ck_assert_int_eq(mym__pace_thrift(credit, MS / 10), 0);
	}
}
END_TEST

/* What comes between a look and its end is not what it costs, unless it always
 * does. */
START_TEST(cost_of_a_look)
{
	int64_t usual = MYM__PACE_USUAL, sum = 0;

	/* The first one reads this code from the disk. */
	ck_assert_int_eq(mym__pace_cost(&usual, S), 2 * MYM__PACE_USUAL);
	ck_assert_int_eq(mym__pace_cost(&usual, 20000), 20000);
	ck_assert_int_eq(mym__pace_cost(&usual, 21000), 21000);
	ck_assert_int_eq(mym__pace_cost(&usual, 20000), 20000);
	ck_assert_int_eq(mym__pace_cost(&usual, 20 * MS), 40000);
	ck_assert_int_eq(mym__pace_cost(&usual, 18000), 18000);
	ck_assert_int_eq(mym__pace_cost(&usual, 0), 0);
	/* If it is always like that it is what it takes. */
	for (int i = 0; i < 1000; i++)
		sum += mym__pace_cost(&usual, 20 * MS);
	ck_assert_int_ge(sum, 800 * 20 * MS);
	ck_assert_int_eq(usual, 20 * MS);
}
END_TEST

/* A limit that something uses up from the given time on, and a watch of it. */
struct ramp {
	int64_t limit, rate; /* bytes, and a second */
	int64_t begin;       /* ms */
	bool binds;          /* else another constraint leaves less */
};

/* What was available when a level of MEDIUM or more was seen first; 0: nothing. */
static int64_t warned_at(const struct ramp *ramp)
{
	struct looks l = { .limit = ramp->limit };
	struct mym__assessment v;
	struct mym__inputs inputs = {
		.room = ramp->binds,
		.limit = ramp->limit,
		.falls = &l.fall,
		.falling = 1,
	};

	for (int64_t now = 0;;) {
		int64_t passed = mym__subtract(now, ramp->begin * MS) / MS;
		int64_t left = ramp->limit - passed * (ramp->rate / 1000);
		int64_t interval;

		if (left <= 0)
			return 0;
		inputs.available = left;
		look(&l, now - l.now, left);
		mym__pressure_assess(&mym__pressure_rules, false, &inputs, &v);
		if (v.step >= 2)
			return left;
		interval = mym__pace_interval(50 * MS, S, ramp->binds,
					      ramp->limit, left);
		now += paced(interval, &l.fall);
	}
}

/* Wherever the looks fall, the level is high before nothing is left: of our own
 * limit, and of what does not bind before it is too late. */
START_TEST(seen_in_time)
{
	static const struct {
		struct ramp ramp; /* MiB, and a million bytes a second */
		int64_t least;    /* MiB */
	} rows[] = {
		{ { 96, 10, 0, true }, 36 },
		{ { 96, 40, 0, true }, 42 },
		{ { 96, 200, 0, true }, 36 },
		{ { 96, 400, 0, true }, 3 },
		{ { 128, 200, 0, false }, 48 },
		{ { 256, 400, 0, false }, 6 },
		{ { 560, 100, 0, false }, 240 },
		{ { 560, 200, 0, false }, 240 },
		{ { 560, 400, 0, false }, 100 },
		{ { 24000, 400, 0, false }, 1300 },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct ramp ramp = rows[i].ramp;
		int64_t worst = INT64_MAX;

		ramp.limit *= MIB;
		ramp.rate *= 1000000;
		for (; ramp.begin < 1000; ramp.begin += 3) {
			int64_t left = warned_at(&ramp);

			worst = left < worst ? left : worst;
		}
		ROW(worst >= rows[i].least * MIB,
		    "row %zu: %" PRId64 " MiB left", i, worst / MIB);
	}
	ROWS_DONE();
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("growth");
	TCase *tc = tcase_create("time");

	tcase_add_test(tc, growth);
	tcase_add_test(tc, still);
	tcase_add_test(tc, looked_at_often);
	tcase_add_test(tc, a_moment_ago);
	tcase_add_test(tc, teeth);
	tcase_add_test(tc, steady_growth);
	tcase_add_test(tc, stalls);
	tcase_add_test(tc, stalls_looked_at_often);
	tcase_add_test(tc, intervals);
	tcase_add_test(tc, intervals_of_falls);
	tcase_add_test(tc, paid_for);
	tcase_add_test(tc, thrifty);
	tcase_add_test(tc, cost_of_a_look);
	tcase_add_test(tc, seen_in_time);
	suite_add_tcase(s, tc);
	return s;
}
