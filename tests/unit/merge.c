/* SPDX-License-Identifier: MIT */
/* Constraints to answers: tables, and the kernel's rules written out. */
#include <inttypes.h>

#include "answer/merge.h"
#include "base/compiler.h"
#include "base/saturate.h"
#include "mymem.h"
#include "random.h"
#include "suite.h"
#include "text.h"
#include "units.h"

/* Facts as a table has them; none of these is a number of bytes. */
#define UNKNOWN INT64_C(-1)
#define NONE INT64_C(-2)
#define FAILED INT64_C(-3)

struct rule {
	unsigned int kind;
	int64_t limit, available, high;
	int64_t swap_limit, swap_used;
	int64_t used, reclaimable;
	int64_t swap_high;
	bool dry; /* to swap makes no room */
};

static void put(struct mym_constraint *c, uint64_t bit, int64_t *member,
		int64_t fact)
{
	if (fact >= 0) {
		*member = fact;
		c->valid |= bit;
	} else if (fact == NONE) {
		c->none |= bit;
	} else if (fact == FAILED) {
		c->failed |= bit;
	}
}

static struct mym_constraint constraint(const struct rule *rule)
{
	struct mym_constraint c = { .kind = rule->kind };

	put(&c, MYM_WANT_LIMIT, &c.limit, rule->limit);
	put(&c, MYM_WANT_AVAILABLE, &c.available, rule->available);
	put(&c, MYM_WANT_HIGH, &c.high, rule->high);
	put(&c, MYM_WANT_SWAP_LIMIT, &c.swap_limit, rule->swap_limit);
	put(&c, MYM_WANT_SWAP_USED, &c.swap_used, rule->swap_used);
	put(&c, MYM_WANT_USED, &c.used, rule->used);
	put(&c, MYM_WANT_RECLAIMABLE, &c.reclaimable, rule->reclaimable);
	/* Only some tables have it: there 0 is none. */
	if (rule->swap_high > 0)
		put(&c, MYM_WANT_SWAP_HIGH, &c.swap_high, rule->swap_high);
	if (rule->dry)
		c.none |= MYM_WANT_SWAP_AVAILABLE;
	return c;
}

static int64_t fact(uint64_t bit, uint64_t valid, uint64_t none, int64_t value)
{
	return valid & bit ? value : none & bit ? NONE : UNKNOWN;
}

START_TEST(sums)
{
	ck_assert_int_eq(mym__add(0, 0), 0);
	ck_assert_int_eq(mym__add(INT64_MAX - 1, 1), INT64_MAX);
	ck_assert_int_eq(mym__add(INT64_MAX, 1), INT64_MAX);
	ck_assert_int_eq(mym__add(INT64_MAX, INT64_MAX), INT64_MAX);
	ck_assert_int_eq(mym__subtract(5, 3), 2);
	ck_assert_int_eq(mym__subtract(3, 3), 0);
	ck_assert_int_eq(mym__subtract(3, 5), 0);
	ck_assert_int_eq(mym__subtract(0, INT64_MAX), 0);
}
END_TEST

START_TEST(headroom)
{
	static const struct {
		int64_t limit, high, used, reclaimable, available;
	} rows[] = {
		{ 100, NONE, 40, 0, 60 },
		{ 100, NONE, 40, 10, 70 },
		{ 100, NONE, 40, 40, 100 },
		{ 100, NONE, 40, 50, 100 },
		{ 100, NONE, 100, 0, 0 },
		{ 100, NONE, 101, 0, 0 },
		{ 100, NONE, 150, 60, 10 },
		{ 100, NONE, INT64_MAX, 0, 0 },
		{ 100, NONE, INT64_MAX, INT64_MAX, 100 },
		{ 0, NONE, 0, 0, 0 },
		{ 0, NONE, 40, 40, 0 },
		{ INT64_MAX, NONE, 0, 0, INT64_MAX },
		/* What cannot be seen is not given back. */
		{ 100, NONE, 40, UNKNOWN, 60 },
		{ 100, NONE, 40, FAILED, 60 },
		{ 100, NONE, UNKNOWN, 10, UNKNOWN },
		{ 100, NONE, FAILED, 10, UNKNOWN },
		/* memory.high throttles. */
		{ 100, 80, 40, 10, 50 },
		{ 80, 100, 40, 10, 50 },
		{ NONE, 80, 40, 10, 50 },
		{ NONE, 80, 90, 0, 0 },
		{ NONE, 0, 0, 0, 0 },
		{ NONE, 80, UNKNOWN, 0, UNKNOWN },
		{ UNKNOWN, 80, 40, 10, 50 },
		{ FAILED, 80, 40, 10, 50 },
		{ 100, UNKNOWN, 40, 10, 70 },
		{ 100, FAILED, 40, 10, 70 },
		/* No limit at all is not an unknown one. */
		{ NONE, NONE, 40, 10, NONE },
		{ NONE, UNKNOWN, 40, 10, NONE },
		{ NONE, NONE, UNKNOWN, UNKNOWN, NONE },
		{ NONE, FAILED, 40, 10, UNKNOWN },
		{ UNKNOWN, NONE, 40, 10, UNKNOWN },
		{ FAILED, NONE, 40, 10, UNKNOWN },
		{ UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		const struct rule rule = {
			.kind = MYM_KIND_CGROUP,
			.limit = rows[i].limit,
			.high = rows[i].high,
			.used = rows[i].used,
			.reclaimable = rows[i].reclaimable,
			.available = UNKNOWN,
		};
		struct mym_constraint c = constraint(&rule);
		int64_t got;

		mym__merge_headroom(&c);
		got = fact(MYM_WANT_AVAILABLE, c.valid, c.none, c.available);
		ROW(got == rows[i].available, "row %zu: %" PRId64, i, got);
		ROW(got >= 0 || c.available == 0, "row %zu: written", i);
	}
	ROWS_DONE();
}
END_TEST

/* From where on what reclaim may not get makes an estimate of the whole. */
START_TEST(matters)
{
	static const struct rule throttled = {
		.kind = MYM_KIND_CGROUP, .limit = UNKNOWN, .high = UNKNOWN,
		.used = 90 * MIB, .reclaimable = INT64_MAX, .available = UNKNOWN,
		.swap_used = 2, .swap_high = 1,
	};
	struct mym_constraint without_limit = constraint(&throttled);
	static const struct {
		int64_t limit, high, used, reclaimable, part;
		bool matters;
	} rows[] = {
		/* 4 MiB, and 2 % of the limit */
		{ 100 * MIB, NONE, 90 * MIB, 80 * MIB, 4 * MIB, false },
		{ 100 * MIB, NONE, 90 * MIB, 80 * MIB, 4 * MIB + 1, true },
		{ 1000 * MIB, NONE, 90 * MIB, 80 * MIB, 20 * MIB, false },
		{ 1000 * MIB, NONE, 90 * MIB, 80 * MIB, 20 * MIB + 1, true },
		{ INT64_MAX, NONE, 90 * MIB, 80 * MIB, 80 * MIB, false },
		/* or of memory.high */
		{ 1000 * MIB, 900 * MIB, 90 * MIB, 80 * MIB, 18 * MIB + 1,
		  true },
		{ NONE, 900 * MIB, 90 * MIB, 80 * MIB, 18 * MIB, false },
		{ NONE, 900 * MIB, 90 * MIB, 80 * MIB, 18 * MIB + 1, true },
		/* What is protected is not counted. */
		{ 100 * MIB, NONE, 90 * MIB, 4 * MIB, 80 * MIB, false },
		{ 100 * MIB, NONE, 90 * MIB, UNKNOWN, 80 * MIB, false },
		{ 100 * MIB, NONE, UNKNOWN, 80 * MIB, 80 * MIB, false },
		{ NONE, NONE, 90 * MIB, 80 * MIB, 80 * MIB, false },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		const struct rule rule = {
			.kind = MYM_KIND_CGROUP,
			.limit = rows[i].limit,
			.high = rows[i].high,
			.used = rows[i].used,
			.reclaimable = rows[i].reclaimable,
			.available = UNKNOWN,
		};
		struct mym_constraint c = constraint(&rule);

		mym__merge_headroom(&c);
		ROW(mym__merge_matters(&c, rows[i].part) == rows[i].matters,
		    "row %zu", i);
	}
	mym__merge_headroom(&without_limit);
	ck_assert_int_eq(without_limit.available, 0);
	ck_assert(without_limit.valid & MYM_WANT_AVAILABLE);
	ck_assert(!mym__merge_matters(&without_limit, INT64_MAX));
	ROWS_DONE();
}
END_TEST

START_TEST(protected_by_minimum)
{
	static const struct {
		int64_t minimum, used, reclaimable, protected;
	} rows[] = {
		{ 0, 100, 40, 0 },
		{ 60, 100, 40, 0 },
		{ 61, 100, 40, 1 },
		{ 80, 100, 40, 20 },
		{ 100, 100, 40, 40 },
		{ 101, 100, 40, 40 },
		{ INT64_MAX, 100, 40, 40 },
		{ 80, 100, 0, 0 },
		{ 80, 0, 0, 0 },
		{ 0, INT64_MAX, INT64_MAX, 0 },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		int64_t got = mym__merge_protected(rows[i].minimum,
						   rows[i].used,
						   rows[i].reclaimable);

		ROW(got == rows[i].protected, "row %zu: %" PRId64, i, got);
	}
	ROWS_DONE();
}
END_TEST

#define GROUP(...) { .kind = MYM_KIND_CGROUP, __VA_ARGS__ }
#define HOST(...) { .kind = MYM_KIND_HOST, __VA_ARGS__ }

START_TEST(answers)
{
	static const struct {
		const char *what;
		struct rule rules[4];
		int64_t limit, available;
		unsigned int limit_by, available_by;
	} rows[] = {
		{ "nothing", { { .kind = 0 } }, UNKNOWN, UNKNOWN, 0, 0 },
		{ "the machine alone", { HOST(100, 60) }, 100, 60, 0, 0 },
		{ "one each", { GROUP(50, 40), HOST(100, 20) }, 50, 20, 0, 1 },
		{ "the parent", { GROUP(50, 40), GROUP(45, 5), HOST(100, 90) },
		  45, 5, 1, 1 },
		{ "the machine wins ties", { GROUP(100, 60), HOST(100, 60) },
		  100, 60, 1, 1 },
		{ "wherever it stands",
		  { HOST(100, 60), GROUP(100, 60), GROUP(100, 60) },
		  100, 60, 0, 0 },
		{ "then the nearest",
		  { GROUP(50, 9), GROUP(50, 9), HOST(100, 60) }, 50, 9, 0, 0 },
		{ "the nearest of two kinds",
		  { GROUP(50, 9), { .kind = MYM_KIND_NUMA, 50, 9 } },
		  50, 9, 0, 0 },
		{ "clamped", { GROUP(50, UNKNOWN), HOST(100, 60) }, 50, 50, 0,
		  0 },
		{ "not clamped", { GROUP(50, UNKNOWN), HOST(100, 50) }, 50, 50,
		  0, 1 },
		{ "clamped to itself", { HOST(100, 200) }, 100, 100, 0, 0 },
		{ "none hides nothing",
		  { GROUP(NONE, NONE), GROUP(50, 40), HOST(100, 60) },
		  50, 40, 1, 1 },
		{ "unknown hides nothing",
		  { GROUP(UNKNOWN, UNKNOWN), GROUP(50, 40), HOST(100, 60) },
		  50, 40, 1, 1 },
		{ "failed hides nothing",
		  { GROUP(50, 40), GROUP(FAILED, FAILED), HOST(100, 60) },
		  50, 40, 0, 0 },
		{ "unknown is no 0", { GROUP(UNKNOWN, UNKNOWN) }, UNKNOWN,
		  UNKNOWN, 0, 0 },
		{ "none is no infinity", { GROUP(NONE, NONE) }, UNKNOWN,
		  UNKNOWN, 0, 0 },
		{ "0 is a number", { GROUP(0, 0), HOST(100, 60) }, 0, 0, 0, 0 },
		{ "no limit, yet available", { GROUP(NONE, 40) }, UNKNOWN, 40,
		  0, 0 },
		{ "a limit above the machine",
		  { GROUP(INT64_MAX, INT64_MAX), HOST(100, 60) }, 100, 60, 1,
		  1 },
		{ "nothing of the machine",
		  { GROUP(50, 40), HOST(FAILED, FAILED) }, 50, 40, 0, 0 },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct mym_constraint c[4];
		struct mym_snapshot s = { 0 };
		unsigned int n = 0;

		for (; n < 4 && rows[i].rules[n].kind; n++)
			c[n] = constraint(&rows[i].rules[n]);
		mym__merge(c, n, &s);
		ROW(fact(MYM_WANT_LIMIT, s.valid, 0, s.limit) ==
		    rows[i].limit && s.limit_by == rows[i].limit_by,
		    "%s: limit %" PRId64 " by %" PRIu64, rows[i].what, s.limit,
		    s.limit_by);
		ROW(fact(MYM_WANT_AVAILABLE, s.valid, 0, s.available) ==
		    rows[i].available && s.available_by == rows[i].available_by,
		    "%s: available %" PRId64 " by %" PRIu64, rows[i].what,
		    s.available, s.available_by);
		ROW(!(s.none & (MYM_WANT_LIMIT | MYM_WANT_AVAILABLE)),
		    "%s: none", rows[i].what);
	}
	ROWS_DONE();
}
END_TEST

START_TEST(high_and_swap)
{
	static const struct {
		const char *what;
		struct rule rules[3];
		int64_t high, swap_limit, swap_available;
	} rows[] = {
		{ "nothing asked", { HOST(9, 9, NONE, UNKNOWN, UNKNOWN) }, NONE,
		  UNKNOWN, UNKNOWN },
		{ "the machine's swap", { HOST(9, 9, NONE, 100, 30) }, NONE,
		  100, 70 },
		{ "the smallest high",
		  { GROUP(9, 9, 50, NONE, NONE), GROUP(9, 9, 40, NONE, NONE),
		    HOST(9, 9, NONE, 100, 30) }, 40, 100, 70 },
		{ "one failed high",
		  { GROUP(9, 9, FAILED, NONE, NONE),
		    HOST(9, 9, NONE, 100, 30) }, UNKNOWN, 100, 70 },
		{ "one failed, one known",
		  { GROUP(9, 9, FAILED, NONE, NONE),
		    GROUP(9, 9, 0, NONE, NONE) }, 0, UNKNOWN, UNKNOWN },
		{ "absent high", { GROUP(9, 9, UNKNOWN, 0, 0) }, NONE, 0, 0 },
		{ "two levels of swap",
		  { GROUP(9, 9, NONE, 80, 10), GROUP(9, 9, NONE, 90, 85),
		    HOST(9, 9, NONE, 100, 30) }, NONE, 80, 5 },
		{ "more used than allowed", { GROUP(9, 9, NONE, 80, 90) }, NONE,
		  80, 0 },
		{ "usage unknown", { GROUP(9, 9, NONE, 20, FAILED),
		  HOST(9, 9, NONE, 100, 30) }, NONE, 20, 20 },
		{ "all usage unknown", { GROUP(9, 9, NONE, 20, FAILED) }, NONE,
		  20, UNKNOWN },
		{ "usage without a limit", { GROUP(9, 9, NONE, NONE, 5) }, NONE,
		  UNKNOWN, UNKNOWN },
		{ "a failed level", { GROUP(9, 9, NONE, FAILED, FAILED),
		  HOST(9, 9, NONE, 100, 30) }, NONE, 100, 70 },
		{ "no swap", { HOST(9, 9, NONE, 0, 0) }, NONE, 0, 0 },
		{ "up to where the kernel throttles",
		  { GROUP(9, 9, NONE, 80, 10, .swap_high = 30) }, NONE, 80, 20 },
		{ "above that", { GROUP(9, 0, NONE, 80, 40, .swap_high = 30) },
		  NONE, 80, 0 },
		{ "throttled without a limit",
		  { GROUP(9, 9, NONE, NONE, 10, .swap_high = 30),
		    HOST(20, 20, NONE, 100, 30) }, NONE, 100, 20 },
		{ "swap makes no room in the group",
		  { GROUP(9, 9, NONE, NONE, 5, .dry = true),
		    HOST(20, 20, NONE, 100, 30) }, NONE, 100, 0 },
		{ "but on the machine",
		  { GROUP(50, 45, NONE, NONE, 5, .dry = true),
		    HOST(60, 20, NONE, 100, 30) }, NONE, 100, 25 },
		{ "as much as there is",
		  { GROUP(500, 450, NONE, NONE, 5, .dry = true),
		    HOST(60, 20, NONE, 100, 30) }, NONE, 100, 70 },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct mym_constraint c[3];
		struct mym_snapshot s = { 0 };
		unsigned int n = 0;
		int64_t high, limit, available;

		for (; n < 3 && rows[i].rules[n].kind; n++)
			c[n] = constraint(&rows[i].rules[n]);
		mym__merge(c, n, &s);
		high = fact(MYM_WANT_HIGH, s.valid, s.none, s.high);
		limit = fact(MYM_WANT_SWAP_LIMIT, s.valid, s.none,
			     s.swap_limit);
		available = fact(MYM_WANT_SWAP_AVAILABLE, s.valid, s.none,
				 s.swap_available);
		ROW(high == rows[i].high && limit == rows[i].swap_limit &&
		    available == rows[i].swap_available,
		    "%s: %" PRId64 " %" PRId64 " %" PRId64, rows[i].what, high,
		    limit, available);
	}
	ROWS_DONE();
}
END_TEST

/* `used` and its parts are those of the constraint that gave the limit. */
START_TEST(usage_of_the_limit)
{
	struct mym_constraint c[2] = {
		{ .kind = MYM_KIND_CGROUP, .limit = 50, .used = 7, .shmem = 3,
		  .valid = MYM_WANT_LIMIT | MYM_WANT_USED | MYM_WANT_SHMEM },
		{ .kind = MYM_KIND_HOST, .limit = 100, .available = 60,
		  .used = 40, .reclaimable = 5, .shmem = 4,
		  .valid = MYM_WANT_LIMIT | MYM_WANT_AVAILABLE | MYM_WANT_USED |
			   MYM_WANT_RECLAIMABLE | MYM_WANT_SHMEM },
	};
	struct mym_snapshot s = { 0 };

	mym__merge(c, 2, &s);
	ck_assert_int_eq(s.used, 7);
	ck_assert_int_eq(s.shmem, 3);
	ck_assert_int_eq(s.reclaimable, 0);
	ck_assert_uint_eq(s.valid, MYM_WANT_LIMIT | MYM_WANT_AVAILABLE |
				   MYM_WANT_USED | MYM_WANT_SHMEM);
}
END_TEST

/* The largest x that the kernel grants: with what is granted total_vm grows,
 * and with that the reserve min(total_vm / 32, user_reserve). */
static int64_t commit_by_trying(int64_t left, int64_t user, int64_t vm)
{
	int64_t x = left;

	while (x > 0) {
		int64_t reserve = vm + x < 32 * user ? vm + x : 32 * user;

		if (32 * x + reserve <= 32 * left)
			break;
		x--;
	}
	return x > 0 ? x : 0;
}

START_TEST(commit)
{
	struct chance chance = chance_new();

	for (int i = 0; i < 100000; i++) {
		int64_t limit = chance_below(&chance, 300);
		int64_t used = chance_below(&chance, i % 2 ? 300 : 3);
		int64_t admin = chance_below(&chance, i % 3 ? 30 : 1);
		int64_t user = chance_below(&chance, i % 5 ? 20 : 300);
		int64_t vm = chance_below(&chance, i % 7 ? 600 : 20000);
		int64_t left = limit - used - admin;
		int64_t x = commit_by_trying(left < 0 ? 0 : left, user, vm);
		int64_t got = mym__merge_commit(limit, used, admin, user, vm);

		DEMAND(got == x, "seed %" PRIu64 ": %d %d %d %d %d: %d, not %d",
		       chance.seed, (int)limit, (int)used, (int)admin,
		       (int)user, (int)vm, (int)got, (int)x);
	}
}
END_TEST

START_TEST(commit_of_extremes)
{
	const int64_t most = INT64_MAX;

	ck_assert_int_eq(mym__merge_commit(most, 0, 0, 0, 0), most);
	ck_assert_int_eq(mym__merge_commit(most, 0, 0, most, 0), most / 33);
	ck_assert_int_eq(mym__merge_commit(most, 0, 0, most, most), 0);
	ck_assert_int_eq(mym__merge_commit(most, most, 0, 0, 0), 0);
	ck_assert_int_eq(mym__merge_commit(most, 0, most, 0, 0), 0);
	ck_assert_int_eq(mym__merge_commit(0, most, most, most, most), 0);
	/* A large process: the user reserve is held back in full. */
	ck_assert_int_eq(mym__merge_commit(most / 2, most / 4, 8, 128, most),
			 most / 2 - most / 4 - 8 - 128);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("merge");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, sums);
	tcase_add_test(tc, headroom);
	tcase_add_test(tc, matters);
	tcase_add_test(tc, protected_by_minimum);
	tcase_add_test(tc, answers);
	tcase_add_test(tc, high_and_swap);
	tcase_add_test(tc, usage_of_the_limit);
	tcase_add_test(tc, commit);
	tcase_add_test(tc, commit_of_extremes);
	suite_add_tcase(s, tc);
	return s;
}
