/* SPDX-License-Identifier: MIT */
/* Discovery in trees that are deep, long or crowded. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "base/lines.h"
#include "base/root.h"
#include "discover/dialect.h"
#include "discover/group.h"
#include "discover/mounts.h"
#include "discover/places.h"
#include "mymem.h"
#include "suite.h"
#include "tree.h"

/* Not where libmount is not wanted. */
#pragma weak mym__mounts_libmount

/* "/n/n/n", or with longer names. */
static char *nested(size_t levels, size_t name)
{
	char *path = malloc(levels * (name + 1) + 1);

	memset(path, 'n', levels * (name + 1));
	for (size_t i = 0; i < levels; i++)
		path[i * (name + 1)] = '/';
	path[levels * (name + 1)] = '\0';
	return path;
}

static char *joined(const char *front, const char *back)
{
	char *path = malloc(strlen(front) + strlen(back) + 1);

	return strcat(strcpy(path, front), back);
}

static void check_depth(size_t levels, size_t name, const char *point,
			uint64_t flags)
{
	static char buffer[MYM__LINES_SIZE];
	static struct mym__membership membership;
	char *below = nested(levels, name), *group = joined(point, below);
	struct mym__places places;
	struct mym__root root;

	own_v2(below);
	put("proc/self/mountinfo", "%s", "");
	mount_v2("/", point);
	dir(group + 1);
	ck_assert_int_eq(mym__root_open(&root, "."), 0);
	ck_assert_int_eq(mym__group_membership(&root, NULL, buffer, sizeof(buffer),
					       &membership), 0);
	ck_assert_int_eq(mym__discover(&root, buffer, sizeof(buffer),
				       &membership, true, &places), 0);
	ck_assert_uint_eq(places.flags, flags);
	if (flags == 0) {
		ck_assert_uint_eq(places.count, levels + 1);
		for (size_t i = 0; i <= levels; i++) {
			ck_assert_str_eq(places.at[i].path, group);
			*strrchr(group, '/') = '\0';
		}
	} else {
		ck_assert_uint_eq(places.count, 1);
		ck_assert_str_eq(places.at[0].path, point);
		ck_assert_int_eq(places.error, -ENAMETOOLONG);
	}
	mym__places_clear(&places);
	mym__root_close(&root);
	free(below);
	free(group);
}

START_TEST(levels_64)
{
	check_depth(64, 12, "/sys/fs/cgroup", 0);
}
END_TEST

START_TEST(levels_300)
{
	check_depth(300, 1, "/sys/fs/cgroup", 0);
}
END_TEST

/* The group's name fits, with the mount point it is longer than PATH_MAX. */
START_TEST(longer_than_path_max)
{
	char *point = nested(3, 255);

	check_depth(15, 255, point, 0);
	check_depth(63, 64, point, 0);
	free(point);
}
END_TEST

START_TEST(longest_name)
{
	/* 4095 bytes, the most that the kernel prints, and one more. */
	check_depth(819, 4, "/sys/fs/cgroup", 0);
	check_depth(16, 255, "/sys/fs/cgroup",
		    MYM_FLAG_HEURISTIC | MYM_FLAG_PARTIAL);
}
END_TEST

/* A table of so many rows, the own mount last. */
static void crowd(int rows)
{
	FILE *out;

	dir("proc/self");
	out = fopen("proc/self/mountinfo", "w");
	for (int i = 0; i < rows - 2; i++)
		fprintf(out, "%d 22 0:%d / /var/lib/c/%d/merged rw shared:%d - "
			"overlay overlay rw,lowerdir=/l/%d:/l/%d,memory\n",
			i + 100, i + 100, i, i, i, i + 1);
	/* A bad line costs itself. */
	fputs("garbage\n\n1 2 3:4 / /sys/fs/cgroup\n", out);
	/* Longer than any buffer. */
	fputs("50 22 0:50 / /mnt/long rw - overlay overlay rw,lowerdir=", out);
	for (int i = 0; i < 30000; i++)
		fprintf(out, "/layer/%d:", i);
	fputc('\n', out);
	fclose(out);
	mount_v2("/", "/sys/fs/cgroup");
}

static void check_row(const struct mym__mounts *mounts)
{
	ck_assert_uint_eq(mounts->count, 1);
	ck_assert_str_eq(mounts->rows[0].root, "/");
	ck_assert_str_eq(mounts->rows[0].point, "/sys/fs/cgroup");
	ck_assert_ptr_eq(mounts->rows[0].dialect, &mym__dialect_v2);
}

START_TEST(crowded_table)
{
	static const size_t sizes[] = { 256, 4096, MYM__LINES_SIZE };
	static char buffer[MYM__LINES_SIZE];
	struct mym__root root;

	own_v2("/a");
	crowd(10000);
	dir("sys/fs/cgroup/a");
	ck_assert_int_eq(mym__root_open(&root, "."), 0);
	for (size_t i = 0; i < MYM__COUNT(sizes); i++) {
		struct mym__mounts mounts = { 0 };

		ck_assert_int_eq(mym__mounts_reader(&root, buffer, sizes[i],
						    NULL, mym__mounts_add,
						    &mounts), 0);
		check_row(&mounts);
		mym__mounts_clear(&mounts);
	}
	mym__root_close(&root);
	FINDS("v2 [] /sys/fs/cgroup/a /sys/fs/cgroup");
}
END_TEST

START_TEST(crowded_table_by_libmount)
{
	static char buffer[MYM__LINES_SIZE];
	struct mym__mounts mounts = { 0 };
	struct mym__root root;
	int r;

	if (!mym__mounts_libmount)
		return;
	crowd(10000);
	ck_assert_int_eq(mym__root_open(&root, "."), 0);
	r = mym__mounts_libmount(&root, buffer, sizeof(buffer), NULL,
				 mym__mounts_add, &mounts);
	/* 1: it is not installed. */
	if (r != 1) {
		ck_assert_int_eq(r, 0);
		check_row(&mounts);
	}
	mym__mounts_clear(&mounts);
	mym__root_close(&root);
}
END_TEST

/* Both readers must make the same of what the kernel writes rarely. */
START_TEST(deleted_mount_point)
{
	own_v2("/a");
	mount_v2("/", "/sys/fs/cgroup");
	dir("sys/fs/cgroup/a");
	/* Its directory is gone: it hides nothing. */
	add("proc/self/mountinfo", "99 22 0:99 / /sys/fs/cgroup//deleted rw - "
	    "tmpfs tmpfs rw\n");
	FINDS("v2 [] /sys/fs/cgroup/a /sys/fs/cgroup");
}
END_TEST

/* One after the other on the same point: the last one is seen. */
START_TEST(piled_up_mounts)
{
	own_v2("/a/b");
	for (int i = 0; i < 1000; i++) {
		mount_other("/sys/fs/cgroup");
		mount_v2(i < 999 ? "/" : "/a", "/sys/fs/cgroup");
	}
	dir("sys/fs/cgroup/b");
	FINDS("v2 [] /sys/fs/cgroup/b /sys/fs/cgroup");
}
END_TEST

START_TEST(many_cgroup_mounts)
{
	char point[64];

	own_v2("/a");
	for (int i = 0; i < 1000; i++) {
		sprintf(point, "/mnt/%d", i);
		mount_v2("/other", point);
	}
	mount_v2("/", "/mnt/own");
	dir("mnt/own/a");
	FINDS("v2 [] /mnt/own/a /mnt/own");
}
END_TEST

/* So many rows, at so many points. */
static int read_many(int rows, int points, size_t *kept)
{
	static char buffer[MYM__LINES_SIZE];
	struct mym__mounts mounts = { 0 };
	struct mym__root root;
	FILE *out;
	int r;

	dir("proc/self");
	out = fopen("proc/self/mountinfo", "w");
	for (int i = 0; i < rows; i++)
		fprintf(out, "%d 22 0:30 / /mnt/%d rw - cgroup2 cgroup2 rw\n",
			i + 100, i % points);
	fclose(out);
	ck_assert_int_eq(mym__root_open(&root, "."), 0);
	r = mym__mounts_table(&root, buffer, sizeof(buffer), &mounts);
	*kept = mounts.count;
	for (size_t i = 0; i < mounts.count; i++)
		ck_assert_uint_eq(mounts.rows[i].is & MYM__MOUNT_HIDDEN, 0);
	mym__mounts_clear(&mounts);
	mym__root_close(&root);
	return r;
}

/* The rows at one point count once; too many points are no mount table. */
START_TEST(too_many_points)
{
	size_t kept;

	ck_assert_int_eq(read_many(200000, 7, &kept), 0);
	ck_assert_uint_eq(kept, 7);
	ck_assert_int_eq(read_many(200000, MYM__MOUNTS_MAX, &kept), 0);
	ck_assert_uint_eq(kept, MYM__MOUNTS_MAX);
	ck_assert_int_eq(read_many(MYM__MOUNTS_MAX + 1, 100000, &kept), -EFBIG);
	ck_assert_int_eq(read_many(1000000, 100000, &kept), -EFBIG);
	ck_assert_uint_eq(kept, MYM__MOUNTS_MAX);
	/* The conventional mounts are looked for instead. */
	own_v2("/a");
	dir("sys/fs/cgroup/a");
	put("sys/fs/cgroup/cgroup.controllers", "memory\n");
	put("sys/fs/cgroup/a/memory.max", "1\n");
	FINDS("v2 [heuristic partial] /sys/fs/cgroup/a /sys/fs/cgroup");
}
END_TEST

/* libmount would keep hundreds of bytes for each row. */
START_TEST(too_much_for_libmount)
{
	static char buffer[MYM__LINES_SIZE];
	struct mym__mounts mounts = { 0 };
	struct mym__root root;
	size_t kept;

	if (!mym__mounts_libmount)
		return;
	ck_assert_int_eq(read_many(100000, 7, &kept), 0);
	ck_assert_int_eq(mym__root_open(&root, "."), 0);
	ck_assert_int_eq(mym__mounts_libmount(&root, buffer, sizeof(buffer),
					      NULL, mym__mounts_add, &mounts), 1);
	ck_assert_uint_eq(mounts.count, 0);
	mym__root_close(&root);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("deep");
	TCase *tc = tree_tcase("all");

	tcase_add_test(tc, levels_64);
	tcase_add_test(tc, levels_300);
	tcase_add_test(tc, longer_than_path_max);
	tcase_add_test(tc, longest_name);
	tcase_add_test(tc, crowded_table);
	tcase_add_test(tc, crowded_table_by_libmount);
	tcase_add_test(tc, deleted_mount_point);
	tcase_add_test(tc, piled_up_mounts);
	tcase_add_test(tc, many_cgroup_mounts);
	tcase_add_test(tc, too_many_points);
	tcase_add_test(tc, too_much_for_libmount);
	suite_add_tcase(s, tc);
	return s;
}
