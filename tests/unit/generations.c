/* SPDX-License-Identifier: MIT */
/* Whether the multi-generational LRU is on, by what the kernel writes and by what it
 * does not. */
#include "answer/findings.h"
#include "base/compiler.h"
#include "base/lines.h"
#include "read/pass.h"
#include "read/reclaim.h"
#include "suite.h"
#include "tree.h"

#define GENERATIONS "sys/kernel/mm/lru_gen/"

static char buffer[MYM__LINES_SIZE];
static struct mym__root root;
static struct mym__findings findings;
static struct mym__pass pass;

static void begin(void)
{
	dir(GENERATIONS);
	ck_assert_int_eq(mym__root_open(&root, "."), 0);
}

static void end(void)
{
	mym__root_close(&root);
}

static bool asked(bool (*question)(struct mym__pass *pass))
{
	pass = (struct mym__pass){
		.root = &root,
		.buffer = buffer,
		.size = sizeof(buffer),
		.found = &findings,
	};
	return question(&pass);
}

/* Bit 0 is the LRU, the others are its parts. */
START_TEST(on)
{
	static const struct {
		const char *text;
		bool on;
	} rows[] = {
		{ "0x0007\n", true },  { "0x0001\n", true },
		{ "0x1\n", true },     { "0x0000\n", false },
		{ "0x0006\n", false }, { "0x000g\n", false },
		{ "0x\n", false },     { "0y0001\n", false },
		{ "1x0001\n", false }, { "1\n", false },
		{ "", false },
	};

	ck_assert(!asked(mym__generations));
	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		put(GENERATIONS "enabled", "%s", rows[i].text);
		ck_assert_msg(asked(mym__generations) == rows[i].on, "%s",
			      rows[i].text);
		/* It is asked once. */
		put(GENERATIONS "enabled", "%s", rows[i].on ? "0x0\n" : "0x1\n");
		ck_assert(mym__generations(&pass) == rows[i].on);
	}
}
END_TEST

START_TEST(keep)
{
	static const struct {
		const char *ms, *enabled;
		bool keep;
	} rows[] = {
		{ "1000\n", "0x0007\n", true }, { "1\n", "0x0007\n", true },
		{ "0\n", "0x0007\n", false },   { "1000\n", "0x0000\n", false },
		{ "x\n", "0x0007\n", false },
	};

	put(GENERATIONS "enabled", "0x0007\n");
	ck_assert(!asked(mym__generations_keep));
	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		put(GENERATIONS "min_ttl_ms", "%s", rows[i].ms);
		put(GENERATIONS "enabled", "%s", rows[i].enabled);
		ck_assert_msg(asked(mym__generations_keep) == rows[i].keep,
			      "%s %s", rows[i].ms, rows[i].enabled);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("generations");
	TCase *tc = tree_tcase("all");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, on);
	tcase_add_test(tc, keep);
	suite_add_tcase(s, tc);
	return s;
}
