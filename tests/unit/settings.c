/* SPDX-License-Identifier: MIT */
/* What a watch is asked for, and what it does where nothing is asked. */
#include <errno.h>

#include "base/compiler.h"
#include "mymem.h"
#include "suite.h"
#include "units.h"
#include "watch/settings.h"

static struct mym__settings settings;

START_TEST(defaults)
{
	const struct mym_watch_options none = { 0 };

	ck_assert_int_eq(mym__settings_take(&none, &settings), 0);
	ck_assert_int_eq(settings.cooldown, 10 * S);
	ck_assert_int_eq(settings.hold_off, 2 * S);
	ck_assert_int_eq(settings.event_window, 10 * S);
	ck_assert_int_eq(settings.interval_min, 50 * MS);
	ck_assert_int_eq(settings.interval_max, S);
	ck_assert(!settings.sealed);
	ck_assert_uint_eq(settings.rules.by,
			  MYM_PRESSURE_BY_HEADROOM | MYM_PRESSURE_BY_PSI |
			  MYM_PRESSURE_BY_EVENTS | MYM_PRESSURE_BY_GROWTH |
			  MYM_PRESSURE_BY_MANAGER);
}
END_TEST

START_TEST(flags)
{
	static const struct {
		uint64_t flags, rules;
		int result;
		uint64_t by; /* beside the others */
		bool sealed;
	} rows[] = {
		{ MYM_WATCH_SEALED, MYM_PRESSURE_BY_PSI, 0,
		  MYM_PRESSURE_BY_PSI, true },
		{ MYM_WATCH_NO_MANAGER,
		  MYM_PRESSURE_BY_PSI | MYM_PRESSURE_BY_MANAGER, 0,
		  MYM_PRESSURE_BY_PSI, false },
		{ 0, MYM_PRESSURE_BY_MANAGER, 0, MYM_PRESSURE_BY_MANAGER, false },
		{ UINT64_C(1) << 63, 0, -EINVAL, 0, false },
		{ 0, UINT64_C(1) << 63, -EINVAL, 0, false },
		{ MYM_WATCH_SEALED | UINT64_C(1) << 62, 0, -EINVAL, 0, false },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		const struct mym_watch_options options = {
			.flags = rows[i].flags, .rules = rows[i].rules,
		};

		ck_assert_int_eq(mym__settings_take(&options, &settings),
				 rows[i].result);
		if (rows[i].result < 0)
			continue;
		ck_assert_uint_eq(settings.rules.by, rows[i].by);
		ck_assert_int_eq(settings.sealed, rows[i].sealed);
	}
}
END_TEST

/* One that is asked for moves the other, if that is the default. */
START_TEST(intervals)
{
	static const struct {
		int64_t min, max;
		int result;
		int64_t is_min, is_max;
	} rows[] = {
		{ S, 2 * S, 0, S, 2 * S },
		{ S, S, 0, S, S },
		{ S + 1, S, -EINVAL, 0, 0 },
		{ 2 * S, 0, 0, 2 * S, 2 * S },
		{ 0, MS, 0, MS, MS },
		{ MS, 0, 0, MS, S },
		{ 0, 2 * S, 0, 50 * MS, 2 * S },
		{ -1, 0, -EINVAL, 0, 0 },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		const struct mym_watch_options options = {
			.interval_min = rows[i].min, .interval_max = rows[i].max,
		};

		ck_assert_int_eq(mym__settings_take(&options, &settings),
				 rows[i].result);
		if (rows[i].result < 0)
			continue;
		ck_assert_int_eq(settings.interval_min, rows[i].is_min);
		ck_assert_int_eq(settings.interval_max, rows[i].is_max);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("settings");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, defaults);
	tcase_add_test(tc, flags);
	tcase_add_test(tc, intervals);
	suite_add_tcase(s, tc);
	return s;
}
