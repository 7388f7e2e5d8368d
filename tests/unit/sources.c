/* SPDX-License-Identifier: MIT */
/* What wakes a watch: the time, something else, or nothing. */
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/file.h"
#include "mymem.h"
#include "suite.h"
#include "units.h"
#include "watch/poll.h"
#include "watch/sources.h"
#include "watch/watch.h"

static struct mym_watch watch;

static void begin(void)
{
	watch = (struct mym_watch){ .settings.interval_min = 5 };
	ck_assert_int_eq(mym__sources_open(&watch), 0);
	ck_assert_int_eq(mym__poll_arm(&watch.timer, 3600 * S), 0);
}

static void end(void)
{
	mym__sources_close(&watch, false);
}

/* A poll(2) may have taken the event of a trigger: where there is one, a look is as
 * good as called for, but no more often than was asked for. */
START_TEST(nothing_is_ready)
{
	static const struct {
		int64_t due, not_before, looked_at;
		int trigger_scope, result;
	} rows[] = {
		{ 100, 0, 0, 0, MYM__CALLED },
		{ 101, 0, 0, 0, MYM__SLEEP },
		{ 101, 100, 95, MYM_SCOPE_HOST, MYM__CALLED },
		{ 101, 101, 95, MYM_SCOPE_HOST, MYM__SLEEP },
		{ 101, 100, 96, MYM_SCOPE_HOST, MYM__SLEEP },
		{ 101, 100, 95, 0, MYM__SLEEP },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		watch.due = rows[i].due;
		watch.not_before = rows[i].not_before;
		watch.looked_at = rows[i].looked_at;
		watch.trigger_scope = rows[i].trigger_scope;
		ck_assert_int_eq(mym__sources_handle(&watch, 100),
				 rows[i].result);
	}
	watch.trigger_scope = 0;
}
END_TEST

/* The timer alone is no call. */
START_TEST(ready)
{
	struct mym__file file = { 0 };

	watch.due = INT64_MAX;
	ck_assert_int_eq(mym__poll_arm(&watch.timer, 0), 0);
	while (mym__sources_handle(&watch, 100) == MYM__SLEEP)
		usleep(1000);
	ck_assert_int_eq(mym__sources_handle(&watch, 100), MYM__DUE);
	ck_assert_int_eq(mym__file_adopt(&file, eventfd(1, EFD_CLOEXEC)), 0);
	/* The number of a counter, of which there is none. */
	ck_assert_int_eq(mym__poll_add(&watch.set, &file, MYM__WAKE_COUNTER,
				       false), 0);
	ck_assert_int_eq(mym__sources_handle(&watch, 100), MYM__CALLED);
	ck_assert_int_eq(mym__poll_arm(&watch.timer, 3600 * S), 0);
	ck_assert_int_eq(mym__sources_handle(&watch, 100), MYM__CALLED);
	mym__poll_drop(&watch.set, &file, false);
	ck_assert_int_eq(mym__sources_handle(&watch, 100), MYM__SLEEP);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("sources");
	TCase *tc = tcase_create("all");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, nothing_is_ready);
	tcase_add_test(tc, ready);
	suite_add_tcase(s, tc);
	return s;
}
