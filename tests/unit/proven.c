/* SPDX-License-Identifier: MIT */
/* The process's group by the kernel's word (PIDFD_GET_INFO), which is given
 * here: the inode of a directory. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/root.h"
#include "context.h"
#include "mymem.h"
#include "snapshot.h"
#include "suite.h"
#include "tree.h"

int __wrap_mym__sys_group_id(const struct mym__root *root,
			     struct mym__file *file, uint64_t *id);

static uint64_t kernels_word;

int __wrap_mym__sys_group_id(const struct mym__root *root,
			     struct mym__file *file, uint64_t *id)
{
	(void)root;
	(void)file;
	/* Where nothing is known, nothing is written. */
	if (kernels_word == 0)
		return 1;
	*id = kernels_word;
	return 0;
}

static void own_is(const char *path)
{
	struct stat st;

	dir(path);
	ck_assert_int_eq(stat(path, &st), 0);
	kernels_word = st.st_ino;
}

static void forget(void)
{
	kernels_word = 0;
}

START_TEST(unnamed)
{
	mount_v2("/", "/sys/fs/cgroup");
	group_v2("sys/fs/cgroup", 100);
	FINDS("v2 [hidden heuristic] /sys/fs/cgroup");
	own_is("sys/fs/cgroup");
	FINDS("v2 [hidden] /sys/fs/cgroup");
	/* Below it, where nobody knows. */
	own_is("sys/fs/cgroup/a");
	FINDS("v2 [hidden heuristic] /sys/fs/cgroup");
	/* The mount table is no more than another name. */
	gone("proc/self/mountinfo");
	own_is("sys/fs/cgroup");
	FINDS("v2 [hidden] /sys/fs/cgroup");
}
END_TEST

START_TEST(one_of_two_mounts)
{
	mount_v2("/stranger", "/sys/fs/cgroup");
	mount_v2("/pod/own", "/mnt");
	group_v2("sys/fs/cgroup", 100);
	group_v2("mnt", 200);
	own_is("mnt");
	FINDS("v2 [hidden] /mnt");
	own_v2("/moved/out");
	FINDS("v2 [hidden] /mnt");
	/* What is above it is found from there. */
	mount_v2("/..", "/above");
	group_v2("above", 300);
	FINDS("v2 [hidden] /mnt /above");
	/* The name would be beside or above that. */
	own_v2("/../stranger");
	FINDS("v2 [hidden] /mnt /above");
}
END_TEST

START_TEST(most_above)
{
	mount_v2("/a/b", "/low");
	mount_v2("/a", "/high");
	group_v2("high", 0);
	group_v2("high/b", 100);
	group_v2("low", 100);
	own_v2("/a/b/c");
	own_is("high/b");
	FINDS("v2 [hidden] /high/b /high");
	own_is("low");
	FINDS("v2 [hidden] /low");
	/* Both show it. */
	gone("low");
	ck_assert_int_eq(symlink("high/b", "low"), 0);
	own_is("high/b");
	FINDS("v2 [hidden] /high/b /high");
}
END_TEST

/* A name that is not there: the group that it was in is the process's, or not. */
START_TEST(name_too_long)
{
	mount_v2("/", "/sys/fs/cgroup");
	own_v2("/a/b/c (deleted)");
	dir("sys/fs/cgroup/a/b/c");
	own_is("sys/fs/cgroup/a/b");
	FINDS("v2 [] /sys/fs/cgroup/a/b /sys/fs/cgroup/a /sys/fs/cgroup");
	own_is("sys/fs/cgroup/a");
	FINDS("v2 [] /sys/fs/cgroup/a /sys/fs/cgroup");
	own_is("elsewhere");
	FINDS("v2 [heuristic] /sys/fs/cgroup/a/b /sys/fs/cgroup/a "
	      "/sys/fs/cgroup");
}
END_TEST

START_TEST(above_the_mount)
{
	mount_v2("/..", "/sys/fs/cgroup");
	own_v2("/");
	FINDS("v2 [heuristic] /sys/fs/cgroup");
	own_is("sys/fs/cgroup");
	FINDS("v2 [] /sys/fs/cgroup");
}
END_TEST

/* The name is there, and names another group. */
START_TEST(wrong_name)
{
	mount_v2("/", "/sys/fs/cgroup");
	own_v2("/a");
	group_v2("sys/fs/cgroup/a", 100);
	own_is("sys/fs/cgroup/a");
	FINDS("v2 [] /sys/fs/cgroup/a /sys/fs/cgroup");
	own_is("sys/fs/cgroup/b");
	FINDS("v2 [heuristic] /sys/fs/cgroup/a /sys/fs/cgroup");
}
END_TEST

/* It speaks of v2 only. */
START_TEST(beside_v1)
{
	own_v1("/");
	mount_v1("/", "/sys/fs/cgroup/memory");
	add("proc/self/cgroup", "0::/a\n");
	mount_v2("/", "/sys/fs/cgroup/unified");
	group_v1("sys/fs/cgroup/memory", 100);
	own_is("sys/fs/cgroup/memory/x");
	FINDS("v1 [hidden] /sys/fs/cgroup/memory");
}
END_TEST

/* Of a process in a group a, beside which there is a group b. */
static struct mym_ctx *opened_in_a(void)
{
	struct mym_ctx *ctx;

	ram(1000);
	mount_v2("/", "/sys/fs/cgroup");
	group_v2("sys/fs/cgroup/a", 100);
	group_v2("sys/fs/cgroup/b", 200);
	own_v2("/a");
	own_is("sys/fs/cgroup/a");
	ck_assert_int_eq(mym_open(&ctx, ".", 0), 0);
	return ctx;
}

/* The same name, and another group. */
START_TEST(made_anew)
{
	struct mym_ctx *ctx = opened_in_a();

	ck_assert_str_eq(limit_now(ctx), "100 by /sys/fs/cgroup/a []");
	own_is("elsewhere");
	ck_assert_str_eq(limit_now(ctx), "100 by /sys/fs/cgroup/a [heuristic]");
	mym_close(ctx);
}
END_TEST

/* A word from before the move does not count. */
START_TEST(silent_by_now)
{
	struct mym_ctx *ctx = opened_in_a();

	ck_assert_str_eq(limit_now(ctx), "100 by /sys/fs/cgroup/a []");
	own_v2("/b");
	forget();
	ck_assert_str_eq(limit_now(ctx), "200 by /sys/fs/cgroup/b []");
	mym_close(ctx);
}
END_TEST

/* A light pass that is told. */
START_TEST(moves)
{
	struct mym_snapshot last, again;
	struct mym_ctx *ctx = opened_in_a();

	last = look(ctx);
	ck_assert_int_eq(last.limit, 100 * MIB);
	ck_assert_int_eq(
		mym__snapshot_light(ctx, MYM_WANT_LIMIT, last.time + 1, &again),
		0);
	ck_assert_int_eq(ctx->known_at, last.time);
	/* Without it this is seen by the next whole pass. */
	own_v2("/b");
	own_is("sys/fs/cgroup/b");
	ck_assert_int_eq(
		mym__snapshot_light(ctx, MYM_WANT_LIMIT, last.time + 2, &again),
		0);
	ck_assert_int_eq(again.limit, 200 * MIB);
	ck_assert_int_ne(ctx->known_at, last.time);
	mym_close(ctx);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("proven");
	TCase *tc = tree_tcase("all");

	tcase_add_checked_fixture(tc, NULL, forget);
	tcase_add_test(tc, unnamed);
	tcase_add_test(tc, one_of_two_mounts);
	tcase_add_test(tc, most_above);
	tcase_add_test(tc, name_too_long);
	tcase_add_test(tc, above_the_mount);
	tcase_add_test(tc, wrong_name);
	tcase_add_test(tc, beside_v1);
	tcase_add_test(tc, made_anew);
	tcase_add_test(tc, silent_by_now);
	tcase_add_test(tc, moves);
	suite_add_tcase(s, tc);
	return s;
}
