/* SPDX-License-Identifier: MIT */
/* Whether a thread is still there, as its stat says, which is given here, and whether
 * a process that is asked for is this one. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/lines.h"
#include "base/root.h"
#include "base/self.h"
#include "suite.h"
#include "text.h"

static struct mym__text first, second; /* of the first asked for, and the next */
static int error;
static unsigned int asked;

int __wrap_mym__lines_all(int fd, char *buffer, size_t size,
			  struct mym__text *all);
int __wrap_mym__lines_all(int fd, char *buffer, size_t size,
			  struct mym__text *all)
{
	struct mym__text text = asked++ == 0 ? first : second;

	ck_assert_int_ge(fd, 0);
	ck_assert_uint_le(text.length, size);
	if (error)
		return error;
	memcpy(buffer, text.at, text.length);
	*all = (struct mym__text){ buffer, text.length };
	return 0;
}

static unsigned int number; /* of this process; 0: it has none */

unsigned int __wrap_mym__fork_number(void);
unsigned int __wrap_mym__fork_number(void)
{
	return number;
}

static struct mym__root root;

static int follow(struct mym__text leader, struct mym__text next)
{
	static char buffer[65536];

	first = leader;
	second = next;
	asked = 0;
	root = (struct mym__root){ .fd = -1 };
	return mym__self_follow(&root, buffer, sizeof(buffer));
}

#define HERE "4711 (name) S 1 1 1 0 -1 4194304 96 0 0 0 0 0 0 0\n"
#define LEFT "4711 (name) Z 1 1 1 0 -1 4194308 96 0 0 0 0 0 0 0\n"

START_TEST(flags)
{
	static const struct {
		struct mym__text stat;
		bool there;
	} rows[] = {
		{ T(HERE), true },
		{ T(LEFT), false },
		{ T("1 (n) R 1 1 1 0 -1 4 96\n"), false },
		/* All others but that of the end. */
		{ T("1 (n) R 1 1 1 0 -1 4294967291 96\n"), true },
		{ T("1 (n) R 1 1 1 0 -1 0 96\n"), true },
		/* The words around it do not matter. */
		{ T("1 (n) R 4 4 4 4 4 0 4\n"), true },
		/* The name may hold anything. */
		{ T("1 () S 1 1 1 0 -1 4 96\n"), false },
		{ T("1 (a b) c) S 1 1 1 0 -1 0 96\n"), true },
		{ T("1 () R 1 1 1 0 -1 4 96) S 1 1 1 0 -1 0 96\n"), true },
		{ T("1 () R 1 1 1 0 -1 0 96) S 1 1 1 0 -1 4 96\n"), false },
		/* What says nothing is about nobody. */
		{ T("1 (n) S 1 1 1 0 -1\n"), false },
		{ T("1 (n) S 1 1 1 0 -1 x 96\n"), false },
		{ T(""), false },
		{ T("rubbish"), false },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		int r = follow(rows[i].stat, (struct mym__text)T(LEFT));

		ROW(r == (rows[i].there ? 0 : 2), "row %zu: %d", i, r);
		ROW(root.thread == 0, "row %zu: thread %d", i, root.thread);
	}
	ROWS_DONE();
}
END_TEST

/* The first of those that are there speaks: here the only one. */
START_TEST(next)
{
	ck_assert_int_eq(follow((struct mym__text)T(LEFT),
				(struct mym__text)T(HERE)), 1);
	ck_assert_int_eq(root.thread, getpid());
	ck_assert_uint_eq(asked, 2);
	error = -ENOMEM;
	ck_assert_int_eq(follow((struct mym__text)T(HERE),
				(struct mym__text)T(HERE)), -ENOMEM);
	error = -EIO;
	ck_assert_int_eq(follow((struct mym__text)T(HERE),
				(struct mym__text)T(HERE)), 2);
}
END_TEST

/* Without a number a child could not be told from it: it is another one, then. */
START_TEST(this_process)
{
	const unsigned int numbers[] = { 7, 0 };

	for (size_t i = 0; i < MYM__COUNT(numbers); i++) {
		number = numbers[i];
		ck_assert_int_eq(mym__root_process(&root, getpid()), 0);
		ck_assert_int_eq(root.other, number == 0);
		ck_assert_uint_eq(root.self, number ? number : UINT_MAX);
		mym__root_close(&root);
		ck_assert_int_eq(mym__root_process(&root, getppid()), 0);
		ck_assert(root.other);
		mym__root_close(&root);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("self");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, flags);
	tcase_add_test(tc, next);
	tcase_add_test(tc, this_process);
	suite_add_tcase(s, tc);
	return s;
}
