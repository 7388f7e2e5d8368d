/* SPDX-License-Identifier: MIT */
/* What a watch makes of a look, whatever this machine has to show: what a snapshot
 * knows is said here. */
#include <string.h>

#include "answer/findings.h"
#include "base/compiler.h"
#include "mymem.h"
#include "snapshot.h"
#include "suite.h"
#include "units.h"
#include "watch/counters.h"
#include "watch/sources.h"
#include "watch/watch.h"

static uint64_t hidden; /* MYM_WANT_* bits that no snapshot has */
static struct mym_constraint *rows; /* in place of what it found, or NULL */
static unsigned int count;

static struct mym_watch *watch;
static struct mym__findings saved;

int __real_mym__snapshot(struct mym_ctx *ctx, uint64_t want,
			 struct mym_snapshot *out);
int __wrap_mym__snapshot(struct mym_ctx *ctx, uint64_t want,
			 struct mym_snapshot *out);
int __wrap_mym__snapshot(struct mym_ctx *ctx, uint64_t want,
			 struct mym_snapshot *out)
{
	int r = __real_mym__snapshot(ctx, want, out);

	ck_assert_int_eq(r, 0);
	out->valid &= ~hidden;
	saved = ctx->result->last;
	if (rows) {
		ctx->result->last.rows = rows;
		ctx->result->last.count = count;
	}
	return r;
}

static unsigned int armed; /* how often */
static bool armed_anew;

void __real_mym__sources_arm(struct mym_watch *w, bool anew);
void __wrap_mym__sources_arm(struct mym_watch *w, bool anew);
void __wrap_mym__sources_arm(struct mym_watch *w, bool anew)
{
	armed++;
	armed_anew = anew;
	__real_mym__sources_arm(w, anew);
}

bool __wrap_mym__counters_known(const struct mym__counters *counters);
bool __wrap_mym__counters_known(const struct mym__counters *counters)
{
	(void)counters;
	return true;
}

static void open_watch(uint64_t rules)
{
	const struct mym_watch_options options = {
		.flags = MYM_WATCH_NO_MANAGER,
		.rules = rules,
		.interval_min = MS,
		.interval_max = 600 * S,
	};

	ck_assert_int_eq(mym_watch_open(&watch, &options, sizeof(options)), 0);
}

static void close_watch(void)
{
	mym_watch_close(watch);
}

/* A look, and the last of its events; kind 0: there was none. */
static struct mym_event look(void)
{
	struct mym_event event = { 0 };

	watch->queued = 0;
	watch->calm = false;
	watch->due = watch->not_before = watch->looked_at = 0;
	armed = 0;
	while (mym_watch_next(watch, &event, sizeof(event)) == 1)
		;
	/* It did look. */
	ck_assert_int_gt(watch->looked_at, 0);
	watch->ctx.result->last.rows = saved.rows;
	watch->ctx.result->last.count = saved.count;
	return event;
}

START_TEST(room_is_unknown)
{
	static const uint64_t facts[] = {
		MYM_WANT_LIMIT, MYM_WANT_AVAILABLE,
		MYM_WANT_LIMIT | MYM_WANT_AVAILABLE,
	};

	open_watch(MYM_PRESSURE_BY_HEADROOM);
	for (size_t i = 0; i < MYM__COUNT(facts); i++) {
		hidden = facts[i];
		look();
		ck_assert_uint_eq(watch->sources & MYM_SOURCE_HEADROOM, 0);
		hidden = 0;
		look();
		ck_assert_uint_ne(watch->sources & MYM_SOURCE_HEADROOM, 0);
	}
}
END_TEST

/* As many groups as are watched, and whatever else there is. */
START_TEST(followed)
{
	struct mym_constraint given[MYM__GROUPS_WATCHED + 2];

	for (unsigned int i = 0; i < MYM__COUNT(given); i++)
		given[i] = (struct mym_constraint){
			.kind = i + 1 < MYM__COUNT(given) ? MYM_KIND_CGROUP :
							    MYM_KIND_HOST,
			.valid = MYM_WANT_LIMIT | MYM_WANT_AVAILABLE,
			.limit = 100 * MIB,
			.available = 90 * MIB,
		};
	open_watch(MYM_PRESSURE_BY_HEADROOM);
	rows = given;
	count = MYM__COUNT(given);
	look();
	ck_assert_uint_eq(watch->falling, MYM__GROUPS_WATCHED + 1);
	for (unsigned int i = 0; i < MYM__GROUPS_WATCHED; i++)
		ck_assert_uint_eq(watch->growth[i].by, i);
	ck_assert_uint_eq(watch->growth[MYM__GROUPS_WATCHED].by,
			  MYM__GROUPS_WATCHED + 1);
	ck_assert_uint_eq(watch->counters.limited,
			  (1U << MYM__GROUPS_WATCHED) - 1);
	/* What limits nothing does not count. */
	given[1].valid = MYM_WANT_AVAILABLE;
	given[2].kind = MYM_KIND_CGROUP_MEMSW;
	given[3].valid = MYM_WANT_HIGH | MYM_WANT_AVAILABLE;
	look();
	ck_assert_uint_eq(watch->counters.limited,
			  (1U << MYM__GROUPS_WATCHED) - 1 - 2 - 4);
}
END_TEST

/* Where nothing calls for more, the next look comes when it was asked for. */
START_TEST(unhurried)
{
	static struct mym_constraint none[1];

	open_watch(MYM_PRESSURE_BY_HEADROOM);
	hidden = MYM_WANT_LIMIT | MYM_WANT_AVAILABLE;
	rows = none;
	count = 0;
	look();
	ck_assert_int_eq(watch->due - watch->looked_at, 600 * S);
}
END_TEST

/* What is missing is armed from time to time, and all of it where one has gone. */
START_TEST(armed_again)
{
	open_watch(0);
	watch->retry = INT64_MAX;
	look();
	ck_assert_uint_eq(armed, 0);
	watch->retry = 0;
	look();
	ck_assert_uint_eq(armed, 1);
	ck_assert(!armed_anew);
	watch->stale = true;
	watch->armed_at = 0;
	look();
	ck_assert_uint_eq(armed, 1);
	ck_assert(armed_anew);
	/* But not at once, if that was armed just now. */
	watch->stale = true;
	watch->armed_at = watch->retry = INT64_MAX;
	look();
	ck_assert_uint_eq(armed, 0);
}
END_TEST

/* A kill in the group and one above it are told apart. */
START_TEST(events)
{
	const bool above = _i;
	struct mym_event event;

	open_watch(MYM_PRESSURE_BY_EVENTS);
	(above ? watch->counters.grew_above_at : watch->counters.grew_at)
		[MYM__COUNT_OOM] = INT64_MAX;
	event = look();
	ck_assert_uint_eq(event.kind, MYM_EVENT_PRESSURE);
	ck_assert_uint_eq(event.cause, MYM_PRESSURE_BY_EVENTS);
	ck_assert_int_eq(event.scope,
			 above ? MYM_SCOPE_ABOVE : MYM_SCOPE_CGROUP);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("look");
	TCase *tc = tcase_create("all");

	tcase_add_checked_fixture(tc, NULL, close_watch);
	tcase_add_test(tc, room_is_unknown);
	tcase_add_test(tc, followed);
	tcase_add_test(tc, unhurried);
	tcase_add_test(tc, armed_again);
	tcase_add_loop_test(tc, events, 0, 2);
	suite_add_tcase(s, tc);
	return s;
}
