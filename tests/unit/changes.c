/* SPDX-License-Identifier: MIT */
/* What changes between two snapshots of one context, or is broken in one. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "context.h"
#include "mymem.h"
#include "snapshot.h"
#include "suite.h"
#include "tree.h"

static struct mym_ctx *ctx;
static const char *denied; /* this file */

int __real_mym__file_get(const struct mym__root *root, struct mym__file *file,
			 const char *path);
int __wrap_mym__file_get(const struct mym__root *root, struct mym__file *file,
			 const char *path);
int __wrap_mym__file_get(const struct mym__root *root, struct mym__file *file,
			 const char *path)
{
	return denied && strcmp(path, denied) == 0 ?
		       -EACCES : __real_mym__file_get(root, file, path);
}

static void open_context(void)
{
	ram(1000);
	mount_v2("/", "/sys/fs/cgroup");
	ck_assert_int_eq(mym_open(&ctx, ".", 0), 0);
}

static void close_context(void)
{
	ctx = mym_close(ctx);
}

#define LIMIT(expected) ck_assert_str_eq(limit_now(ctx), expected)

/* The limit that a light pass finds right after the last whole one. */
static int light_limit(void)
{
	struct mym_snapshot s;

	ck_assert_int_eq(mym__snapshot_light(ctx, MYM_WANT_LIMIT,
					     ctx->known_at + 1, &s), 0);
	return (int)(s.limit / MIB);
}

START_TEST(limit_changes)
{
	own_v2("/a");
	group_v2("sys/fs/cgroup/a", 100);
	LIMIT("100 by /sys/fs/cgroup/a []");
	group_v2("sys/fs/cgroup/a", 50);
	LIMIT("50 by /sys/fs/cgroup/a []");
	group_v2("sys/fs/cgroup/a", 0);
	LIMIT("1000 by /proc/meminfo []");
	ram(500);
	LIMIT("500 by /proc/meminfo []");
	put("sys/fs/cgroup/a/memory.max", "5O\n");
	LIMIT("500 by /proc/meminfo [partial]");
	put("sys/fs/cgroup/a/memory.max", "0\n");
	LIMIT("0 by /sys/fs/cgroup/a []");
}
END_TEST

START_TEST(process_moves)
{
	own_v2("/a");
	group_v2("sys/fs/cgroup/a", 100);
	group_v2("sys/fs/cgroup/b/c", 200);
	group_v2("sys/fs/cgroup/b", 150);
	LIMIT("100 by /sys/fs/cgroup/a []");
	ck_assert_str_eq(mym_cgroup_path(ctx), "/a");
	/* Both groups are still there. */
	own_v2("/b/c");
	LIMIT("150 by /sys/fs/cgroup/b []");
	ck_assert_str_eq(mym_cgroup_path(ctx), "/b/c");
	ck_assert_str_eq(mym_constraint_path(ctx, 0), "/sys/fs/cgroup/b/c");
	ck_assert_str_eq(mym_constraint_path(ctx, 2), "/sys/fs/cgroup");
	own_v2("/b");
	LIMIT("150 by /sys/fs/cgroup/b []");
	ck_assert_str_eq(mym_constraint_path(ctx, 0), "/sys/fs/cgroup/b");
	own_v2("/");
	LIMIT("1000 by /proc/meminfo []");
	own_v2("/a");
	LIMIT("100 by /sys/fs/cgroup/a []");
}
END_TEST

START_TEST(process_moves_deeper)
{
	own_v2("/");
	LIMIT("1000 by /proc/meminfo []");
	/* More constraints than there was room for. */
	own_v2("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16");
	group_v2("sys/fs/cgroup/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", 0);
	group_v2("sys/fs/cgroup/1/2/3", 30);
	LIMIT("30 by /sys/fs/cgroup/1/2/3 []");
	ck_assert_uint_eq(look(ctx).constraints, 18);
	ck_assert_str_eq(mym_constraint_path(ctx, 16), "/sys/fs/cgroup");
	ck_assert_str_eq(mym_constraint_path(ctx, 17), "/proc/meminfo");
	ck_assert_ptr_null(mym_constraint_path(ctx, 18));
}
END_TEST

START_TEST(controller_moves)
{
	own_v2("/a");
	group_v2("sys/fs/cgroup/a", 100);
	ck_assert_int_eq(look(ctx).cgroup_version, 2);
	own_v1("/b");
	mount_v1("/", "/sys/fs/cgroup/memory");
	group_v1("sys/fs/cgroup/memory/b", 70);
	put("sys/fs/cgroup/memory/cgroup.sane_behavior", "0\n");
	LIMIT("70 by /sys/fs/cgroup/memory/b []");
	ck_assert_int_eq(look(ctx).cgroup_version, 1);
	ck_assert_str_eq(mym_cgroup_path(ctx), "/b");
}
END_TEST

/* The memory controller is on a v1 hierarchy that nobody has mounted yet. */
START_TEST(hierarchy_is_mounted_later)
{
	own_v1("/b");
	dir("sys/fs/cgroup/else/where");
	put("sys/fs/cgroup/cgroup.controllers", "cpu pids\n");
	LIMIT("1000 by /proc/meminfo [none]");
	LIMIT("1000 by /proc/meminfo [none]");
	mount_v1("/", "/mnt/memory");
	group_v1("mnt/memory/b", 70);
	put("mnt/memory/cgroup.sane_behavior", "0\n");
	LIMIT("70 by /mnt/memory/b []");
	gone("mnt");
	LIMIT("1000 by /proc/meminfo [none]");
	group_v1("mnt/memory/b", 60);
	put("mnt/memory/cgroup.sane_behavior", "0\n");
	LIMIT("60 by /mnt/memory/b []");
}
END_TEST

START_TEST(group_is_removed)
{
	own_v2("/a/b");
	group_v2("sys/fs/cgroup/a/b", 50);
	group_v2("sys/fs/cgroup/a", 100);
	LIMIT("50 by /sys/fs/cgroup/a/b []");
	gone("sys/fs/cgroup/a/b");
	LIMIT("100 by /sys/fs/cgroup/a [heuristic]");
	ck_assert_str_eq(mym_constraint_path(ctx, 0), "/sys/fs/cgroup/a");
	LIMIT("100 by /sys/fs/cgroup/a [heuristic]");
	gone("sys/fs/cgroup/a");
	LIMIT("1000 by /proc/meminfo [heuristic]");
	/* What was a guess is looked for anew each time. */
	group_v2("sys/fs/cgroup/a/b", 60);
	LIMIT("60 by /sys/fs/cgroup/a/b []");
	gone("sys/fs/cgroup");
	LIMIT("1000 by /proc/meminfo [none]");
	ck_assert_int_eq(look(ctx).cgroup_version, 0);
	group_v2("sys/fs/cgroup/a/b", 40);
	LIMIT("40 by /sys/fs/cgroup/a/b []");
}
END_TEST

START_TEST(parent_is_removed)
{
	own_v2("/a/b");
	group_v2("sys/fs/cgroup/a/b", 50);
	LIMIT("50 by /sys/fs/cgroup/a/b []");
	gone("sys/fs/cgroup/a");
	put("sys/fs/cgroup/a", "%s", "");
	LIMIT("1000 by /proc/meminfo [heuristic]");
}
END_TEST

START_TEST(membership_vanishes)
{
	own_v2("/a");
	group_v2("sys/fs/cgroup/a", 50);
	group_v2("sys/fs/cgroup", 90);
	LIMIT("50 by /sys/fs/cgroup/a [hidden]");
	gone("proc/self/cgroup");
	LIMIT("90 by /sys/fs/cgroup [hidden heuristic]");
	ck_assert_int_eq(look(ctx).cgroup_error, -ENOENT);
	ck_assert_ptr_null(mym_cgroup_path(ctx));
	own_v2("/a");
	LIMIT("50 by /sys/fs/cgroup/a [hidden]");
	ck_assert_int_eq(look(ctx).cgroup_error, 0);
}
END_TEST

START_TEST(mount_table_vanishes)
{
	own_v2("/a");
	group_v2("sys/fs/cgroup/a", 50);
	put("sys/fs/cgroup/cgroup.controllers", "memory\n");
	gone("proc/self/mountinfo");
	LIMIT("50 by /sys/fs/cgroup/a [heuristic]");
	ck_assert_int_eq(look(ctx).cgroup_error, -ENOENT);
	/* Both are broken: the table comes first. */
	dir("proc/self/mountinfo");
	gone("proc/self/cgroup");
	LIMIT("1000 by /proc/meminfo [heuristic partial]");
	ck_assert_int_eq(look(ctx).cgroup_error, -EISDIR);
}
END_TEST

/* What the last good snapshot found is there until the next good one. */
START_TEST(failure_keeps_the_last)
{
	struct mym_snapshot s = { .limit = 77 };

	own_v2("/a");
	group_v2("sys/fs/cgroup/a", 50);
	LIMIT("50 by /sys/fs/cgroup/a []");
	gone("proc");
	gone("sys");
	ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_LIMIT, &s, sizeof(s)),
			 -ENODATA);
	ck_assert_int_eq(s.limit, 77);
	ck_assert_str_eq(mym_constraint_path(ctx, 0), "/sys/fs/cgroup/a");
}
END_TEST

/* A place that cannot be entered hides its limits, all of them. */
START_TEST(group_is_barred)
{
	struct mym_constraint c;
	struct mym_snapshot s;

	own_v2("/a");
	dir("elsewhere");
	group_v2("elsewhere", 5);
	dir("sys/fs/cgroup");
	ck_assert_int_eq(symlink("../../../elsewhere", "sys/fs/cgroup/a"), 0);
	LIMIT("1000 by /proc/meminfo [partial]");
	ck_assert_int_eq(mym_constraint(ctx, 0, &c, sizeof(c)), 0);
	ck_assert_uint_eq(c.valid | c.none, 0);
	ck_assert(c.failed & MYM_WANT_LIMIT);
	ck_assert_int_eq(c.error, -ELOOP);
	s = look(ctx);
	ck_assert(!(s.valid & MYM_WANT_HIGH));
	ck_assert_msg(!(s.none & MYM_WANT_HIGH), "unknown became none");
}
END_TEST

static int limit_of_sysroot(void)
{
	struct mym_snapshot s = { .limit = 77 };
	int r = mym_snapshot(ctx, MYM_WANT_LIMIT, &s, sizeof(s));

	ck_assert_int_eq(s.limit, r == 0 ? 1000 * MIB : 77);
	return r;
}

/* The program closes the sysroot's descriptor, and has another directory there, in
 * which nothing is looked for. */
START_TEST(sysroot_is_closed)
{
	int fd = ctx->root.fd, same = open(".", O_PATH | O_CLOEXEC), other;

	own_v2("/");
	ck_assert_int_eq(limit_of_sysroot(), 0);
	ck_assert_int_eq(close(fd), 0);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(limit_of_sysroot(), -EIO);
	dir("other/proc");
	put("other/proc/meminfo", "MemTotal: 1 kB\nMemFree: 1 kB\n");
	other = open("other", O_PATH | O_CLOEXEC);
	ck_assert_int_eq(dup2(other, fd), fd);
	ck_assert_int_eq(limit_of_sysroot(), -EIO);
	ck_assert_int_eq(dup2(same, fd), fd);
	ck_assert_int_eq(limit_of_sysroot(), 0);
	ck_assert_int_eq(dup2(other, fd), fd);
	close_context();
	ck_assert_int_ge(fcntl(fd, F_GETFD), 0);
	close(fd);
	close(same);
	close(other);
}
END_TEST

/* A program that may have few descriptors has the sysroot's among the low ones. */
START_TEST(sysroot_is_low)
{
	struct rlimit before, few;

	own_v2("/");
	close_context();
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = (struct rlimit){ 32, before.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	ck_assert_int_eq(mym_open(&ctx, ".", 0), 0);
	ck_assert_int_eq(limit_of_sysroot(), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
	ck_assert_int_lt(ctx->root.fd, 32);
}
END_TEST

/* The roots of procfs and of sysfs have the same number. */
START_TEST(sysroot_is_on_another_device)
{
	struct mym_snapshot s;
	int sys = open("/sys", O_PATH | O_CLOEXEC);
	struct stat proc, other;

	ck_assert_int_eq(stat("/proc", &proc), 0);
	if (fstat(sys, &other) < 0 || proc.st_ino != other.st_ino) {
		printf("# skipped: /sys is not numbered as /proc is\n");
		fflush(stdout);
		return;
	}
	close_context();
	ck_assert_int_eq(mym_open(&ctx, "/proc", 0), 0);
	ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_LIMIT, &s, sizeof(s)),
			 -ENODATA);
	ck_assert_int_eq(dup2(sys, ctx->root.fd), ctx->root.fd);
	ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_LIMIT, &s, sizeof(s)), -EIO);
	close(sys);
}
END_TEST

/* Another mount, which cannot be entered, may show more groups: those that are seen
 * have no memory.high, and others may have one. */
START_TEST(mount_is_barred)
{
	struct mym_snapshot s;

	own_v2("/a");
	group_v2("sys/fs/cgroup/a", 100);
	LIMIT("100 by /sys/fs/cgroup/a []");
	ck_assert_uint_ne(look(ctx).none & MYM_WANT_HIGH, 0);
	mount_v2("/a", "/loop");
	gone("loop");
	ck_assert_int_eq(symlink("loop", "loop"), 0);
	mym_close(ctx);
	ck_assert_int_eq(mym_open(&ctx, ".", 0), 0);
	LIMIT("100 by /sys/fs/cgroup/a [partial]");
	s = look(ctx);
	ck_assert_uint_eq(s.none & MYM_WANT_HIGH, 0);
	ck_assert_uint_eq(s.none & s.valid, 0);
}
END_TEST

/* A light pass asks only for the rules that a whole one found.  Where that could
 * not read one, there may be one. */
START_TEST(rule_is_broken)
{
	own_v2("/");
	put("proc/sys/vm/overcommit_memory", "?\n");
	LIMIT("1000 by /proc/meminfo [partial]");
	put("proc/sys/vm/overcommit_memory", "2\n");
	add("proc/meminfo", "CommitLimit: %d kB\nCommitted_AS: 0 kB\n",
	    300 * 1024);
	ck_assert_int_eq(light_limit(), 300);
}
END_TEST

/* A light pass is one on top of a whole one that is not older than it may be; there
 * is none when the machine has just begun. */
START_TEST(whole_pass_is_too_old)
{
	struct mym_snapshot s;
	int64_t since;

	own_v2("/a");
	group_v2("sys/fs/cgroup/a", 100);
	ck_assert_int_eq(mym__snapshot_light(ctx, MYM_WANT_LIMIT, 1, &s), 0);
	ck_assert_int_eq(s.limit, 100 * MIB);
	since = ctx->known_at;
	ck_assert_int_eq(mym__snapshot_light(ctx, MYM_WANT_LIMIT,
					     since + MYM__SELDOM - 1, &s), 0);
	ck_assert_int_eq(ctx->known_at, since);
	ck_assert_int_eq(mym__snapshot_light(ctx, MYM_WANT_LIMIT,
					     since + MYM__SELDOM, &s), 0);
	ck_assert_int_ne(ctx->known_at, since);
	/* By the clock of another time namespace it is yet to come. */
	since = ctx->known_at;
	ck_assert_int_eq(mym__snapshot_light(ctx, MYM_WANT_LIMIT, since - 1, &s),
			 0);
	ck_assert_int_ne(ctx->known_at, since);
}
END_TEST

/* For a limit alone the machine's numbers are not read again. */
START_TEST(numbers_of_the_machine_break)
{
	int64_t since;

	own_v2("/a");
	group_v2("sys/fs/cgroup/a", 100);
	LIMIT("100 by /sys/fs/cgroup/a []");
	since = ctx->known_at;
	put("proc/meminfo", "?\n");
	ck_assert_int_eq(light_limit(), 100);
	ck_assert_int_eq(ctx->known_at, since);
}
END_TEST

/* Where no mount table tells of changes, nothing is kept. */
START_TEST(no_mount_table)
{
	struct mym_snapshot s;

	close_context();
	ck_assert_int_eq(mym_open(&ctx, NULL, 0), 0);
	denied = "/proc/self/mountinfo";
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_LIMIT, &s,
					      sizeof(s)), 0);
		for (unsigned int j = 0; j < MYM__FILES; j++)
			ck_assert_int_le(ctx->files[j].fd, 0);
	}
	denied = NULL;
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_LIMIT, &s,
					      sizeof(s)), 0);
	ck_assert_int_gt(ctx->files[MYM__FILE_MEMINFO].fd, 0);
}
END_TEST

/* What a light pass cannot read, a whole one looks for. */
START_TEST(file_breaks)
{
	int64_t since;

	own_v2("/a");
	group_v2("sys/fs/cgroup/a", 100);
	LIMIT("100 by /sys/fs/cgroup/a []");
	since = ctx->known_at;
	ck_assert_int_eq(light_limit(), 100);
	ck_assert_int_eq(ctx->known_at, since);
	put("sys/fs/cgroup/a/memory.max", "?\n");
	ck_assert_int_eq(light_limit(), 100);
	ck_assert_int_ne(ctx->known_at, since);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("changes");
	TCase *tc = tree_tcase("all");

	tcase_add_checked_fixture(tc, open_context, close_context);
	tcase_add_test(tc, limit_changes);
	tcase_add_test(tc, process_moves);
	tcase_add_test(tc, process_moves_deeper);
	tcase_add_test(tc, controller_moves);
	tcase_add_test(tc, hierarchy_is_mounted_later);
	tcase_add_test(tc, group_is_removed);
	tcase_add_test(tc, parent_is_removed);
	tcase_add_test(tc, membership_vanishes);
	tcase_add_test(tc, mount_table_vanishes);
	tcase_add_test(tc, failure_keeps_the_last);
	tcase_add_test(tc, group_is_barred);
	tcase_add_test(tc, sysroot_is_closed);
	tcase_add_test(tc, sysroot_is_low);
	tcase_add_test(tc, sysroot_is_on_another_device);
	tcase_add_test(tc, mount_is_barred);
	tcase_add_test(tc, rule_is_broken);
	tcase_add_test(tc, whole_pass_is_too_old);
	tcase_add_test(tc, numbers_of_the_machine_break);
	tcase_add_test(tc, no_mount_table);
	tcase_add_test(tc, file_breaks);
	suite_add_tcase(s, tc);
	return s;
}
