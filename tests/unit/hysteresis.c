/* SPDX-License-Identifier: MIT */
/* Which steps are told, and when. */
#include "mymem.h"
#include "suite.h"
#include "units.h"
#include "watch/hysteresis.h"

/* A letter for each look: which step is told, or '.' for none.  Looks are a
 * second apart; digits are the steps reached, held the same or one more. */
static const char *run(const char *reached, bool held_more)
{
	struct mym__hysteresis h = { .cooldown = 10 * S, .hold_off = 2 * S };
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
	struct mym__hysteresis h = { .cooldown = 1, .hold_off = 2 * S };
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

Suite *suite(void)
{
	Suite *s = suite_create("hysteresis");
	TCase *tc = tcase_create("time");

	tcase_add_test(tc, up_and_down);
	tcase_add_test(tc, hold_off);
	suite_add_tcase(s, tc);
	return s;
}
