/* SPDX-License-Identifier: MIT */
/* The list of mounts while memory is wanting: what is in it stays, and all of it is
 * given back. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "discover/dialect.h"
#include "discover/mounts.h"
#include "suite.h"

static bool looked_at; /* it is not check that allocates */
static unsigned int fails; /* the n-th allocation, from 1 on */
static int blocks; /* that have not been given back */

static bool is_refused(void)
{
	return looked_at && --fails == 0;
}

static void *count(void *block)
{
	blocks += looked_at && block;
	return block;
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
	return is_refused() ? NULL : count(__real_malloc(size));
}

void *__real_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size)
{
	void *block = is_refused() ? NULL : __real_realloc(old, size);

	return old ? block : count(block);
}

void __real_free(void *old);
void __wrap_free(void *old);
void __wrap_free(void *old)
{
	blocks -= looked_at && old;
	__real_free(old);
}

/* Adds a mount while the n-th allocation fails; 0: none does. */
static int add(struct mym__mounts *mounts, const char *root, const char *point,
	       unsigned int n)
{
	const struct mym__mount mount = {
		.root = { root, strlen(root) },
		.point = { point, strlen(point) },
		.type = MYM__TEXT("cgroup2"),
		.options = MYM__TEXT("rw"),
	};

	int r;

	fails = n;
	looked_at = true;
	r = mym__mounts_add(mounts, &mount);
	looked_at = false;
	return r;
}

static void check(const struct mym__mounts *mounts, size_t count, const char *root,
		  const char *point)
{
	ck_assert_uint_eq(mounts->count, count);
	ck_assert_str_eq(mounts->rows[count - 1].root, root);
	ck_assert_str_eq(mounts->rows[count - 1].point, point);
	ck_assert_int_eq(blocks, 2 * (int)count + 1);
}

START_TEST(wanting)
{
	struct mym__mounts mounts = { 0 };

	for (unsigned int n = 1; n <= 3; n++) {
		ck_assert_int_eq(add(&mounts, "/", "/a", n), -ENOMEM);
		ck_assert_uint_eq(mounts.count, 0);
		ck_assert_int_eq(blocks, 0);
	}
	ck_assert_int_eq(add(&mounts, "/", "/a", 4), 0);
	for (unsigned int n = 1; n <= 3; n++) {
		ck_assert_int_eq(add(&mounts, "/", "/b", n), -ENOMEM);
		check(&mounts, 1, "/", "/a");
	}
	/* One that hides another takes no more room. */
	for (unsigned int n = 1; n <= 2; n++) {
		ck_assert_int_eq(add(&mounts, "/else", "/a", n), -ENOMEM);
		check(&mounts, 1, "/", "/a");
	}
	ck_assert_int_eq(add(&mounts, "/else", "/a", 3), 0);
	check(&mounts, 1, "/else", "/a");
	ck_assert_int_eq(add(&mounts, "/", "/b", 0), 0);
	check(&mounts, 2, "/", "/b");
	looked_at = true;
	mym__mounts_clear(&mounts);
	looked_at = false;
	ck_assert_int_eq(blocks, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("mounts");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, wanting);
	suite_add_tcase(s, tc);
	return s;
}
