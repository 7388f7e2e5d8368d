/* SPDX-License-Identifier: MIT */
/* The lists of mounts and of places while memory is wanting: what is in them stays,
 * and all of it is given back. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "discover/dialect.h"
#include "discover/mounts.h"
#include "discover/places.h"
#include "discover/search.h"
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

char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);
char *__wrap_strdup(const char *text)
{
	return is_refused() ? NULL : count(__real_strdup(text));
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

START_TEST(mounts)
{
	struct mym__mounts list = { 0 };

	for (unsigned int n = 1; n <= 3; n++) {
		ck_assert_int_eq(add(&list, "/", "/a", n), -ENOMEM);
		ck_assert_uint_eq(list.count, 0);
		ck_assert_int_eq(blocks, 0);
	}
	ck_assert_int_eq(add(&list, "/", "/a", 4), 0);
	for (unsigned int n = 1; n <= 3; n++) {
		ck_assert_int_eq(add(&list, "/", "/b", n), -ENOMEM);
		check(&list, 1, "/", "/a");
	}
	/* One that hides another takes no more room. */
	for (unsigned int n = 1; n <= 2; n++) {
		ck_assert_int_eq(add(&list, "/else", "/a", n), -ENOMEM);
		check(&list, 1, "/", "/a");
	}
	ck_assert_int_eq(add(&list, "/else", "/a", 3), 0);
	check(&list, 1, "/else", "/a");
	ck_assert_int_eq(add(&list, "/", "/b", 0), 0);
	check(&list, 2, "/", "/b");
	looked_at = true;
	mym__mounts_clear(&list);
	looked_at = false;
	ck_assert_int_eq(blocks, 0);
}
END_TEST

static int add_place(struct mym__places *places, const char *below, unsigned int n)
{
	int r;

	fails = n;
	looked_at = true;
	r = mym__places_add(places, "/mnt", below);
	looked_at = false;
	return r;
}

/* The list itself, three names of each, and the file of the first that shows a hidden
 * limit. */
START_TEST(places)
{
	struct mym__places list = { .dialect = &mym__dialect_v1 };

	for (unsigned int n = 1; n <= 5; n++) {
		ck_assert_int_eq(add_place(&list, "a/b", n), -ENOMEM);
		ck_assert_uint_eq(list.count, 0);
		ck_assert_int_eq(blocks, list.at ? 1 : 0);
	}
	ck_assert_int_eq(add_place(&list, "a/b", 6), 0);
	for (unsigned int n = 1; n <= 4; n++) {
		ck_assert_int_eq(add_place(&list, "a", n), -ENOMEM);
		ck_assert_uint_eq(list.count, 1);
		ck_assert_str_eq(list.at[0].path, "/mnt/a/b");
		ck_assert_int_eq(blocks, 5);
	}
	ck_assert_int_eq(add_place(&list, "a", 5), 0);
	ck_assert_uint_eq(list.count, 2);
	ck_assert_str_eq(list.at[1].path, "/mnt/a");
	ck_assert_str_eq(list.hidden, "/mnt/a/b/memory.stat");
	looked_at = true;
	mym__places_clear(&list);
	looked_at = false;
	ck_assert_int_eq(blocks, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("memory");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, mounts);
	tcase_add_test(tc, places);
	suite_add_tcase(s, tc);
	return s;
}
