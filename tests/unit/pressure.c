/* SPDX-License-Identifier: MIT */
/* Which level of pressure, and why: what one look tells, then what takes two. */
#include <inttypes.h>

#include "answer/findings.h"
#include "answer/pressure.h"
#include "base/compiler.h"
#include "mymem.h"
#include "suite.h"
#include "text.h"
#include "units.h"

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
		{ 10240 * MIB, 2048 * MIB, MYM_PRESSURE_NONE },
		{ 10240 * MIB, 2048 * MIB - 1, MYM_PRESSURE_LOW },
		{ 10240 * MIB, 1024 * MIB, MYM_PRESSURE_LOW },
		{ 10240 * MIB, 1024 * MIB - 1, MYM_PRESSURE_MEDIUM },
		{ 10240 * MIB, 512 * MIB, MYM_PRESSURE_MEDIUM },
		{ 10240 * MIB, 512 * MIB - 1, MYM_PRESSURE_CRITICAL },
		{ (1 << 20) * MIB, 2048 * MIB, MYM_PRESSURE_NONE },
		{ (1 << 20) * MIB, 2048 * MIB - 1, MYM_PRESSURE_LOW },
		{ (1 << 20) * MIB, 1024 * MIB - 1, MYM_PRESSURE_MEDIUM },
		{ (1 << 20) * MIB, 512 * MIB - 1, MYM_PRESSURE_CRITICAL },
		{ INT64_MAX, 2048 * MIB, MYM_PRESSURE_NONE },
		{ INT64_MAX, 2048 * MIB - 1, MYM_PRESSURE_LOW },
		/* Just below 10 GiB: the share still. */
		{ 10230 * MIB, 2046 * MIB, MYM_PRESSURE_NONE },
		{ 10230 * MIB, 2046 * MIB - 1, MYM_PRESSURE_LOW },
		{ 10230 * MIB, 1023 * MIB - 1, MYM_PRESSURE_MEDIUM },
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

static struct mym__assessment assessed(const struct mym__inputs *inputs,
				       bool eased)
{
	struct mym__assessment assessment;

	mym__pressure_assess(&mym__pressure_rules, eased, inputs, &assessment);
	return assessment;
}

START_TEST(events)
{
	enum { HIGH = MYM__GREW_HIGH, MAX = MYM__GREW_MAX, OOM = MYM__GREW_OOM,
	       SOCKETS = MYM__GREW_SOCKETS };
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
		/* It is throttled, and will be. */
		{ HIGH, 100, 1,
		  MYM_PRESSURE_BY_EVENTS | MYM_PRESSURE_BY_HEADROOM },
		{ HIGH, 99, 2,
		  MYM_PRESSURE_BY_EVENTS | MYM_PRESSURE_BY_HEADROOM },
		{ HIGH, -1, 1, MYM_PRESSURE_BY_EVENTS },
		{ MAX, 100, 1, MYM_PRESSURE_BY_HEADROOM },
		{ MAX, 99, 2,
		  MYM_PRESSURE_BY_EVENTS | MYM_PRESSURE_BY_HEADROOM },
		{ MAX, 49, 3,
		  MYM_PRESSURE_BY_EVENTS | MYM_PRESSURE_BY_HEADROOM },
		{ MAX, -1, 0, 0 },
		{ HIGH | MAX, 900, 1, MYM_PRESSURE_BY_EVENTS },
		/* Whatever else there is room for. */
		{ SOCKETS, 900, 2, MYM_PRESSURE_BY_EVENTS },
		{ SOCKETS, -1, 2, MYM_PRESSURE_BY_EVENTS },
		{ HIGH | MAX | SOCKETS, 900, 2, MYM_PRESSURE_BY_EVENTS },
		{ SOCKETS | OOM, 900, 3, MYM_PRESSURE_BY_EVENTS },
		{ OOM, 900, 3, MYM_PRESSURE_BY_EVENTS },
		{ OOM, -1, 3, MYM_PRESSURE_BY_EVENTS },
		{ HIGH | MAX | OOM, 900, 3, MYM_PRESSURE_BY_EVENTS },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct mym__inputs inputs = {
			.room = rows[i].available >= 0,
			.limit = 1000 * MIB,
			.available = rows[i].available * MIB,
			.counted = true,
			.grew = rows[i].grew,
			.grew_scope = MYM_SCOPE_ABOVE,
		};
		struct mym__assessment v = assessed(&inputs, false);

		ROW(v.step == rows[i].step && v.cause == rows[i].cause,
		    "row %zu: %u by %" PRIx64, i, v.step, v.cause);
		ROW(v.sources & MYM_PRESSURE_BY_EVENTS, "row %zu: sources", i);
		inputs.counted = false;
		v = assessed(&inputs, false);
		ROW(!((v.sources | v.cause) & MYM_PRESSURE_BY_EVENTS),
		    "row %zu: not counted", i);
	}
	ROWS_DONE();
}
END_TEST

/* What falls so that it will last for so long. */
static struct mym__fall falling(int64_t limit, int64_t available, int64_t left)
{
	return (struct mym__fall){
		.limit = limit,
		.available = available,
		.before = available,
		.left = left,
		.soon = left,
		.scope = MYM_SCOPE_CGROUP,
	};
}

START_TEST(growth_levels)
{
	static const struct {
		int64_t before, available, left;
		unsigned int step;
		bool again;
	} rows[] = {
		{ 450, 400, 20 * S, 0, false },
		{ 450, 400, 10 * S, 0, false },
		{ 450, 400, 10 * S - 1, 1, false },
		{ 450, 400, 4 * S, 1, false },
		{ 450, 400, 4 * S - 1, 2, false },
		{ 450, 400, 2 * S, 2, false },
		{ 450, 400, 0, 2, false },
		{ 450, 400, INT64_MAX, 0, false },
		{ 550, 500, 0, 2, false },
		/* A program that starts takes what it needs in one go, */
		{ 550, 501, 0, 0, false },
		/* even if it needs nearly all. */
		{ 900, 120, 0, 2, false },
		{ 200, 120, 2 * S - 1, 2, false },
		/* Little was left, and it goes on. */
		{ 199, 120, 2 * S - 1, 3, false },
		{ 199, 120, 2 * S, 2, false },
		{ 199, 120, 4 * S, 1, false },
		{ 199, 120, INT64_MAX, 0, false },
		/* As it was before, or little is left. */
		{ 450, 200, 0, 0, true },
		{ 450, 199, 0, 2, true },
		{ 199, 120, 0, 3, true },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct mym__fall fall = falling(1000 * MIB,
						rows[i].available * MIB,
						rows[i].left);
		/* Whatever else there is room for. */
		const struct mym__inputs inputs = {
			.room = true,
			.limit = 64 * MIB,
			.available = 64 * MIB,
			.falls = &fall,
			.falling = 1,
		};
		struct mym__assessment v;

		fall.before = rows[i].before * MIB;
		fall.again = rows[i].again;
		v = assessed(&inputs, false);
		ROW(v.step == rows[i].step && v.cause ==
		    (rows[i].step ? MYM_PRESSURE_BY_GROWTH : 0) &&
		    v.scope == (rows[i].step ? MYM_SCOPE_CGROUP : 0),
		    "row %zu: %u by %" PRIx64, i, v.step, v.cause);
		ROW(v.sources & MYM_PRESSURE_BY_GROWTH, "row %zu: sources", i);
	}
	ROWS_DONE();
}
END_TEST

/* The one that is soonest at its end gives the level, and its scope. */
START_TEST(growth_of_each)
{
	struct mym__fall falls[] = {
		falling(64 * MIB, 60 * MIB, INT64_MAX),
		falling(256 * MIB, 100 * MIB, 9 * S),
		falling(640 * MIB, 200 * MIB, 2 * S - 1),
	};
	struct mym__inputs inputs = { .falls = falls, .falling = 3 };
	struct mym__assessment v;

	falls[1].scope = MYM_SCOPE_ABOVE;
	falls[2].scope = MYM_SCOPE_HOST;
	v = assessed(&inputs, false);
	ck_assert_uint_eq(v.step, 2);
	ck_assert_int_eq(v.scope, MYM_SCOPE_HOST);
	inputs.falling = 2;
	v = assessed(&inputs, false);
	ck_assert_uint_eq(v.step, 1);
	ck_assert_int_eq(v.scope, MYM_SCOPE_ABOVE);
	inputs.falling = 0;
	v = assessed(&inputs, false);
	ck_assert_uint_eq(v.step, 0);
	ck_assert_uint_eq(v.sources & MYM_PRESSURE_BY_GROWTH, 0);
}
END_TEST

/* What the process's group or the machine reads again, of 64 MiB of files. */
struct reread {
	bool known, reclaimed;
	int64_t files, swapped; /* KiB a second */
};

static struct mym__again reread(const struct reread *r)
{
	return (struct mym__again){
		.known = r->known,
		.reclaimed = r->reclaimed,
		.files = r->files << 10,
		.swapped = r->swapped << 10,
		.cache = 64 * MIB,
	};
}

START_TEST(read_again)
{
	static const struct {
		struct reread group, machine;
		unsigned int step;
		int scope;
	} rows[] = {
		{ { true, true, 0, 0 }, { true, true, 0, 0 }, 0, 0 },
		/* 2 MiB a second, and a little. */
		{ { true, true, 2303, 0 }, { 0 }, 0, 0 },
		{ { true, true, 2304, 0 }, { 0 }, 2, MYM_SCOPE_CGROUP },
		{ { false, true, 9999, 0 }, { 0 }, 0, 0 },
		/* Swapped memory has no such measure. */
		{ { true, true, 0, 9999 }, { 0 }, 0, 0 },
		/* Of the machine, where it is short itself. */
		{ { 0 }, { true, true, 2304, 0 }, 2, MYM_SCOPE_HOST },
		{ { 0 }, { true, false, 2304, 0 }, 0, 0 },
		{ { true, true, 0, 0 }, { true, true, 9999, 0 }, 2,
		  MYM_SCOPE_HOST },
		{ { true, true, 9999, 0 }, { true, true, 9999, 0 }, 2,
		  MYM_SCOPE_CGROUP },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		const struct mym__again again[MYM__AGAINS] = {
			reread(&rows[i].group), reread(&rows[i].machine),
		};
		const struct mym__inputs inputs = { .again = again };
		struct mym__assessment v = assessed(&inputs, false);

		ROW(v.step == rows[i].step && v.scope == rows[i].scope &&
		    v.cause == (v.step ? MYM_PRESSURE_BY_EVENTS : 0),
		    "row %zu: %u of %d by %" PRIx64, i, v.step, v.scope,
		    v.cause);
	}
	ROWS_DONE();
}
END_TEST

/* The machine's stalls are ours if we read again, nobody's trouble if nobody
 * does, and else as much ours as anybody's. */
START_TEST(stalls_of_all)
{
	static const struct {
		struct reread group, machine;
		int64_t some, full;
		unsigned int step;
	} rows[] = {
		{ { 0 }, { 0 }, 9000, 999, 1 },
		{ { 0 }, { 0 }, 9000, 9000, 2 },
		{ { true, true, 0, 0 }, { true, true, 0, 0 }, 999, 0, 0 },
		{ { true, true, 0, 0 }, { true, true, 0, 0 }, 9000, 999, 1 },
		{ { true, true, 0, 0 }, { true, true, 0, 0 }, 9000, 9000, 1 },
		{ { 0 }, { true, true, 0, 0 }, 9000, 9000, 1 },
		{ { true, true, 0, 0 }, { 0 }, 9000, 9000, 2 },
		/* 320 KiB a second. */
		{ { 0 }, { true, false, 319, 0 }, 9000, 9000, 1 },
		{ { 0 }, { true, false, 320, 0 }, 9000, 9000, 2 },
		{ { 0 }, { true, false, 0, 320 }, 9000, 9000, 2 },
		{ { 0 }, { true, false, 320, 0 }, 9000, 999, 1 },
		{ { true, true, 160, 160 }, { 0 }, 500, 0, 1 },
		{ { true, true, 160, 160 }, { 0 }, 1000, 0, 2 },
		{ { true, true, 160, 160 }, { 0 }, 9000, 9000, 2 },
		{ { true, true, 160, 159 }, { 0 }, 1000, 0, 1 },
		{ { true, true, 160, 160 }, { 0 }, 499, 0, 0 },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		const struct mym__again again[MYM__AGAINS] = {
			reread(&rows[i].group), reread(&rows[i].machine),
		};
		struct mym__psi psi = {
			.scope = MYM_SCOPE_HOST,
			.some = rows[i].some,
			.full = rows[i].full,
		};
		const struct mym__inputs inputs = {
			.psi = &psi,
			.psis = 1,
			.again = again,
		};
		struct mym__assessment v = assessed(&inputs, false);

		ROW(v.step == rows[i].step, "row %zu: %u", i, v.step);
		/* Those of the process's group need no witness. */
		psi.scope = MYM_SCOPE_CGROUP;
		v = assessed(&inputs, false);
		ROW(v.step == (rows[i].full >= 1000 ? 3 :
			       rows[i].some >= 1000 ? 2 :
			       rows[i].some >= 500 ? 1 : 0),
		    "row %zu: %u of its own", i, v.step);
	}
	ROWS_DONE();
}
END_TEST

START_TEST(manager)
{
	struct mym__inputs inputs = { .managed = true };
	struct mym__assessment v = assessed(&inputs, false);

	ck_assert_uint_eq(v.step, 0);
	ck_assert_uint_eq(v.sources, MYM_PRESSURE_BY_MANAGER);
	inputs.called = true;
	v = assessed(&inputs, false);
	ck_assert_uint_eq(v.step, 2);
	ck_assert_uint_eq(v.cause, MYM_PRESSURE_BY_MANAGER);
	inputs.managed = false;
	ck_assert_uint_eq(assessed(&inputs, false).step, 0);
}
END_TEST

/* Two points more of the share, a tenth more of what stands for 20 %. */
START_TEST(eased)
{
	static const struct {
		int64_t limit, available;
		unsigned int reached, held;
	} rows[] = {
		{ 1000 * MIB, 199 * MIB, 1, 1 },
		{ 1000 * MIB, 200 * MIB, 0, 1 },
		{ 1000 * MIB, 219 * MIB, 0, 1 },
		{ 1000 * MIB, 220 * MIB, 0, 0 },
		{ 1000 * MIB, 100 * MIB, 1, 2 },
		{ 1000 * MIB, 120 * MIB, 1, 1 },
		{ 1000 * MIB, 69 * MIB, 2, 3 },
		{ 1000 * MIB, 70 * MIB, 2, 2 },
		{ (1 << 20) * MIB, 2048 * MIB, 0, 1 },
		{ (1 << 20) * MIB, 2252 * MIB, 0, 1 },
		{ (1 << 20) * MIB, 2253 * MIB, 0, 0 },
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
		const struct mym__inputs inputs = {
			.room = true,
			.limit = rows[i].limit,
			.available = rows[i].available,
		};

		ROW(assessed(&inputs, false).step == rows[i].reached &&
			    assessed(&inputs, true).step == rows[i].held,
		    "row %zu: %u, %u", i, assessed(&inputs, false).step,
		    assessed(&inputs, true).step);
	}
	for (size_t i = 0; i < MYM__COUNT(stalls); i++) {
		const struct mym__psi psi = {
			.scope = MYM_SCOPE_CGROUP,
			.some = stalls[i].some,
			.full = stalls[i].full,
		};
		const struct mym__inputs inputs = { .psi = &psi, .psis = 1 };

		ROW(assessed(&inputs, false).step == stalls[i].reached &&
			    assessed(&inputs, true).step == stalls[i].held,
		    "stall %zu: %u, %u", i, assessed(&inputs, false).step,
		    assessed(&inputs, true).step);
	}
	ROWS_DONE();
}
END_TEST

/* Only the rules that are in use speak, and are sources. */
START_TEST(rules_in_use)
{
	const struct mym__psi psi = { .scope = MYM_SCOPE_CGROUP, .full = 9000 };
	const struct mym__fall fall = falling(100 * MIB, 5 * MIB, 0);
	const struct mym__inputs inputs = {
		.room = true,
		.limit = 100,
		.psi = &psi,
		.psis = 1,
		.falls = &fall,
		.falling = 1,
		.counted = true,
		.grew = MYM__GREW_OOM,
		.managed = true,
		.called = true,
	};
	struct mym__rules rules = mym__pressure_rules;
	struct mym__assessment v;

	for (unsigned int bit = 0; bit < 5; bit++) {
		rules.by = UINT64_C(1) << bit;
		mym__pressure_assess(&rules, false, &inputs, &v);
		ck_assert_uint_eq(v.cause, rules.by);
		ck_assert_uint_eq(v.sources, rules.by);
		ck_assert_uint_ge(v.step, 2);
	}
}
END_TEST

START_TEST(scopes)
{
	const struct mym__psi psi = { .scope = MYM_SCOPE_ABOVE, .some = 2000 };
	struct mym__inputs inputs = {
		.room = true,
		.limit = 1000,
		.available = 1000,
		.room_scope = MYM_SCOPE_HOST,
		.psi = &psi,
		.psis = 1,
	};

	ck_assert_int_eq(assessed(&inputs, false).scope, MYM_SCOPE_ABOVE);
	/* Of the first rule that gives the level. */
	inputs.available = 150;
	ck_assert_int_eq(assessed(&inputs, false).scope, MYM_SCOPE_HOST);
	inputs.available = 1000;
	inputs.psis = 0;
	ck_assert_int_eq(assessed(&inputs, false).scope, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("pressure");
	TCase *tc = tcase_create("snapshot");

	tcase_add_test(tc, headroom_levels);
	tcase_add_test(tc, psi_levels);
	tcase_add_test(tc, whose_stalls);
	tcase_add_test(tc, highest_of_the_rules);
	suite_add_tcase(s, tc);
	tc = tcase_create("rules");
	tcase_add_test(tc, events);
	tcase_add_test(tc, growth_levels);
	tcase_add_test(tc, growth_of_each);
	tcase_add_test(tc, read_again);
	tcase_add_test(tc, stalls_of_all);
	tcase_add_test(tc, manager);
	tcase_add_test(tc, eased);
	tcase_add_test(tc, rules_in_use);
	tcase_add_test(tc, scopes);
	suite_add_tcase(s, tc);
	return s;
}
