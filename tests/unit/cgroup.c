/* SPDX-License-Identifier: MIT */
/* When the directory of a group is looked for, and what is known of a group without
 * one. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "answer/findings.h"
#include "base/file.h"
#include "base/lines.h"
#include "mymem.h"
#include "read/level.h"
#include "read/readers.h"
#include "suite.h"
#include "tree.h"

static unsigned int looks; /* how often a name was looked for */
static const char *broken; /* this one cannot be opened, */
static int error;          /* and why */

int __real_mym__root_below(const struct mym__root *root, int dir, const char *path,
			   enum mym__root_kind kind, bool *crossed_mount);
int __wrap_mym__root_below(const struct mym__root *root, int dir, const char *path,
			   enum mym__root_kind kind, bool *crossed_mount);

int __wrap_mym__root_below(const struct mym__root *root, int dir, const char *path,
			   enum mym__root_kind kind, bool *crossed_mount)
{
	looks++;
	if (broken && strcmp(path, broken) == 0)
		return error;
	return __real_mym__root_below(root, dir, path, kind, crossed_mount);
}

static char buffer[MYM__LINES_SIZE];
static struct mym__root root;
static struct mym__place own;
static struct mym__places places;
static struct mym_constraint row;
static const char *path;
static struct mym__findings findings;
static struct mym__file files[MYM__GROUP_FILES];
static unsigned int count;
static struct mym__pass pass;

/* A pass that asks only for the limit of one group, of 100 MiB. */
static void begin(void)
{
	group_v2("own", 100);
	ck_assert_int_eq(mym__root_open(&root, "."), 0);
	own = (struct mym__place){
		.mount = (char *)"/", .below = (char *)"own",
		.path = (char *)"/own",
	};
	places = (struct mym__places){
		.dialect = &mym__dialect_v2, .at = &own, .count = 1,
		.are = MYM__PLACES_LOOKALIKE,
	};
	findings = (struct mym__findings){ .rows = &row, .paths = &path };
	pass = (struct mym__pass){
		.root = &root,
		.places = &places,
		.buffer = buffer,
		.size = sizeof(buffer),
		.want = MYM_WANT_LIMIT,
		.found = &findings,
		.kept = &count,
		.groups = files,
	};
}

static void end(void)
{
	mym__group_mount_close(&pass.mount);
	mym__file_forget(files, MYM__GROUP_FILES);
	mym__root_close(&root);
}

static void check(uint64_t valid, uint64_t failed, unsigned int expected)
{
	mym__cgroup_read(&pass);
	ck_assert_uint_eq(findings.count, 1);
	ck_assert_uint_eq(row.valid, valid);
	ck_assert_uint_eq(row.failed, failed);
	ck_assert_int_eq(row.error, failed ? -ENOENT : 0);
	if (valid)
		ck_assert_int_eq(row.limit, 100 * MIB);
	ck_assert_uint_eq(findings.flags, failed ? MYM_FLAG_PARTIAL : 0);
	ck_assert_uint_eq(looks, expected);
}

START_TEST(present)
{
	check(MYM_WANT_LIMIT, 0, 2);
}
END_TEST

/* Its descriptor is the lowest that there is. */
START_TEST(first_descriptor)
{
	pass.mount = (struct mym__group_mount){
		.point = own.mount, .fd = open(".", O_PATH | O_CLOEXEC),
	};
	close(STDIN_FILENO);
	check(MYM_WANT_LIMIT, 0, 2);
}
END_TEST

/* What is available is asked for: what is used of a swap that nothing limits is no
 * part of that. */
START_TEST(swap_is_not_asked_for)
{
	put("own/memory.swap.current", "1\n");
	pass.want |= MYM_WANT_AVAILABLE | MYM_WANT_HIGH;
	mym__cgroup_read(&pass);
	ck_assert_uint_ne(row.valid & MYM_WANT_AVAILABLE, 0);
	ck_assert_uint_eq(row.valid & MYM_WANT_SWAP_USED, 0);
	findings.count = 0;
	put("own/memory.swap.high", "1048576\n");
	mym__cgroup_read(&pass);
	ck_assert_uint_ne(row.valid & MYM_WANT_SWAP_USED, 0);
}
END_TEST

/* A file that has no device any more is that of a group that was removed. */
START_TEST(file_is_broken)
{
	static const struct {
		int error;
		bool stale;
	} rows[] = { { -ENODEV, true }, { -EIO, false }, { -EACCES, false } };

	broken = "memory.max";
	error = rows[_i].error;
	mym__cgroup_read(&pass);
	ck_assert_uint_eq(row.failed, MYM_WANT_LIMIT);
	ck_assert_int_eq(row.error, error);
	ck_assert_uint_eq(findings.flags, MYM_FLAG_PARTIAL);
	ck_assert_uint_eq(pass.trouble, rows[_i].stale ? MYM__PASS_STALE : 0);
}
END_TEST

/* It was there a moment ago: what limits there is unknown, kept files or not. */
START_TEST(gone_meanwhile)
{
	if (_i)
		pass.groups = NULL;
	gone("own");
	check(0, MYM_WANT_LIMIT | MYM_WANT_HIGH, 1);
	ck_assert_uint_ne(pass.trouble & MYM__PASS_STALE, 0);
}
END_TEST

/* What is open tells, and so does what is known to be absent: then only whether the
 * group has the controller at all is looked for. */
START_TEST(kept)
{
	struct mym__file *file = &files[LEVEL_LIMIT];

	if (_i) {
		file->fd = -1;
	} else {
		ck_assert_int_ge(mym__file_adopt(file, open("own/memory.max",
							    O_RDONLY)), 0);
		ck_assert_int_gt(file->fd, 0);
	}
	gone("own");
	check(_i ? 0 : MYM_WANT_LIMIT, 0, _i ? 1 : 0);
}
END_TEST

/* A light pass takes the limit from the last whole one. */
START_TEST(light)
{
	struct mym_constraint last = {
		.limit = 100 * MIB, .valid = MYM_WANT_LIMIT,
	};
	const struct mym__findings known = { .rows = &last, .count = 1 };

	pass.known = &known;
	pass.quiet = true;
	gone("own");
	check(MYM_WANT_LIMIT, 0, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("cgroup");
	TCase *tc = tree_tcase("all");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, present);
	tcase_add_test(tc, first_descriptor);
	tcase_add_test(tc, swap_is_not_asked_for);
	tcase_add_loop_test(tc, file_is_broken, 0, 3);
	tcase_add_loop_test(tc, gone_meanwhile, 0, 2);
	tcase_add_loop_test(tc, kept, 0, 2);
	tcase_add_test(tc, light);
	suite_add_tcase(s, tc);
	return s;
}
