/* SPDX-License-Identifier: MIT */
/* What the filter leaves out of a mount table makes no difference. */
#include <stdio.h>
#include <string.h>

#include "base/compiler.h"
#include "base/lines.h"
#include "base/parse.h"
#include "base/root.h"
#include "discover/mounts.h"
#include "random.h"
#include "suite.h"
#include "tree.h"

/* Not where libmount is not wanted. */
#pragma weak mym__mounts_libmount

#define TABLES 3000

static char buffer[MYM__LINES_SIZE];
static struct mym__root root;

static const char *pick(struct chance *chance, const char *const *words,
			unsigned int count)
{
	return words[chance_below(chance, count)];
}

#define PICK(chance, words) pick((chance), (words), MYM__COUNT(words))

/* As the kernel writes it, and as nobody does. */
static void write_row(struct chance *chance, FILE *out, bool odd)
{
	static const char *const points[] = {
		"/a", "/a/b", "/sys/fs/cgroup", "/sys/fs/cgroup/memory",
		"/-", "/a\\040b", "/sys/fs/cgroup\\040(deleted)",
	};
	static const char *const odd_points[] = { "/\\141", "", "/a\tb", "-" };
	static const char *const types[] = {
		"tmpfs", "ext4", "cgroup", "cgroup2", "fuse.cgroup", "cgroupx",
	};
	static const char *const odd_types[] = { "", "c", "-", "cgro\\165p2" };
	static const char *const optional[] = {
		"", "shared:1 ", "master:2 shared:1 ",
	};
	static const char *const odd_optional[] = { " ", "- ", "x - y ", "-x " };
	static const char *const options[] = { "rw", "rw,memory", "ro,cpu" };

	if (odd && chance_below(chance, 16) == 0) {
		fputs("36 35 0:1 / /a rw - cgr\n", out);
		return;
	}
	fprintf(out, "36 %s 0:1 / %s %s %s- %s none %s",
		odd && chance_below(chance, 8) == 0 ? "x" : "35",
		odd && chance_below(chance, 4) == 0 ?
			PICK(chance, odd_points) : PICK(chance, points),
		odd && chance_below(chance, 8) == 0 ? "-" : "rw",
		odd && chance_below(chance, 4) == 0 ?
			PICK(chance, odd_optional) : PICK(chance, optional),
		odd && chance_below(chance, 4) == 0 ?
			PICK(chance, odd_types) : PICK(chance, types),
		PICK(chance, options));
	if (!odd || chance_below(chance, 8) > 0)
		fputc('\n', out);
}

static void describe(char *text, size_t size, int r,
		     struct mym__mounts *mounts)
{
	int length = snprintf(text, size, "%d", r);

	for (size_t i = 0; i < mounts->count; i++)
		length += snprintf(
			text + length, size - (size_t)length, "\n%d %s %s %d",
			mounts->rows[i].dialect->version, mounts->rows[i].root,
			mounts->rows[i].point,
			mounts->rows[i].is & MYM__MOUNT_HIDDEN ? 1 : 0);
	mym__mounts_clear(mounts);
}

static void check_tables(bool odd, bool by_libmount)
{
	struct chance chance = chance_new();
	unsigned int rows_found = 0, rows_hidden = 0;

	ck_assert_int_eq(mym__root_open(&root, "."), 0);
	dir("proc/self");
	for (int i = 0; i < TABLES; i++) {
		struct mym__filter filters[2] = { { .count = 0 } };
		FILE *out = fopen("proc/self/mountinfo", "w");
		unsigned int rows = chance_below(&chance, 12);
		char text[2][8192];

		ck_assert_ptr_nonnull(out);
		while (rows-- > 0)
			write_row(&chance, out, odd);
		fclose(out);
		for (int filtered = 0; filtered < 2; filtered++) {
			struct mym__filter *filter = filtered ? filters : NULL;
			struct mym__mounts mounts = { 0 };
			int r = 1;

			if (by_libmount)
				r = mym__mounts_libmount(&root, buffer,
					sizeof(buffer), filter,
					mym__mounts_add, &mounts);
			if (r == 1)
				r = mym__mounts_reader(&root, buffer,
					sizeof(buffer),
					filter ? &filters[1] : NULL,
					mym__mounts_add, &mounts);
			for (size_t j = 0; j < mounts.count; j++) {
				rows_found++;
				rows_hidden +=
					mounts.rows[j].is & MYM__MOUNT_HIDDEN
						? 1
						: 0;
			}
			describe(text[filtered], sizeof(text[0]), r, &mounts);
		}
		ck_assert_str_eq(text[0], text[1]);
	}
	/* Or nothing was compared. */
	ck_assert_uint_gt(rows_hidden, TABLES / 10);
	ck_assert_uint_gt(rows_found, rows_hidden);
	mym__root_close(&root);
}

START_TEST(own_reader)
{
	check_tables(false, false);
	check_tables(true, false);
}
END_TEST

/* Of what no kernel writes libmount makes what it likes. */
START_TEST(libmount)
{
	if (mym__mounts_libmount)
		check_tables(false, true);
}
END_TEST

/* More mount points than are remembered, and a long one. */
START_TEST(many_points)
{
	struct mym__filter filter = { .count = 0 };
	struct mym__mounts mounts = { 0 };
	FILE *out;

	dir("proc/self");
	out = fopen("proc/self/mountinfo", "w");
	ck_assert_ptr_nonnull(out);
	for (int again = 0; again < 2; again++) {
		for (int i = 0; i < 100; i++)
			fprintf(out, "36 35 0:1 / /%0*d rw - %s none rw\n",
				i == 20 ? 2000 : 3, i,
				again ? "tmpfs" : "cgroup2");
	}
	fclose(out);
	ck_assert_int_eq(mym__root_open(&root, "."), 0);
	ck_assert_int_eq(mym__mounts_reader(&root, buffer, sizeof(buffer),
					    &filter, mym__mounts_add, &mounts),
			 0);
	ck_assert_uint_eq(mounts.count, 100);
	for (size_t i = 0; i < mounts.count; i++)
		ck_assert(mounts.rows[i].is & MYM__MOUNT_HIDDEN);
	mym__mounts_clear(&mounts);
	mym__root_close(&root);
}
END_TEST

/* The readers are spared the others. */
static int count_rows(void *count, const struct mym__mount *mount)
{
	(void)mount;
	++*(unsigned int *)count;
	return 0;
}

START_TEST(few_rows)
{
	struct mym__filter filters[2] = { { .count = 0 } };
	unsigned int rows = 0;
	int r = 1;

	for (int i = 0; i < 1000; i++) {
		mount_other("/elsewhere");
		if (i == 500)
			mount_v2("/", "/sys/fs/cgroup");
	}
	mount_other("/sys/fs/cgroup");
	ck_assert_int_eq(mym__root_open(&root, "."), 0);
	ck_assert_int_eq(mym__mounts_reader(&root, buffer, sizeof(buffer),
					    &filters[0], count_rows, &rows), 0);
	ck_assert_uint_eq(rows, 2);
	rows = 0;
	if (mym__mounts_libmount)
		r = mym__mounts_libmount(&root, buffer, sizeof(buffer),
					 &filters[1], count_rows, &rows);
	/* 1: it is not installed. */
	ck_assert_uint_eq(rows, r == 0 ? 2 : 0);
	mym__root_close(&root);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("filter");
	TCase *tc = tree_tcase("mount table");

	tcase_add_test(tc, own_reader);
	tcase_add_test(tc, libmount);
	tcase_add_test(tc, many_points);
	tcase_add_test(tc, few_rows);
	suite_add_tcase(s, tc);
	return s;
}
