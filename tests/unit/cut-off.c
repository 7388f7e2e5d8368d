/* SPDX-License-Identifier: MIT */
/* Files that cannot be read to their end: what was read before is not all of them. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/lines.h"
#include "base/root.h"
#include "discover/group.h"
#include "discover/mounts.h"
#include "mymem.h"
#include "pread.h"
#include "suite.h"
#include "tree.h"

/* Not where libmount is not wanted. */
#pragma weak mym__mounts_libmount

/* Which file fails after what it holds, and how. */
static const char *cut;
static int error;

static bool fails(int fd)
{
	char name[32], file[PATH_MAX] = "";
	size_t length, end = cut ? strlen(cut) : 0;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	if (!cut || readlink(name, file, sizeof(file) - 1) < 0)
		return false;
	length = strlen(file);
	return length >= end && strcmp(file + length - end, cut) == 0;
}

static ssize_t after_pread(ssize_t n, int fd, void *buffer, size_t size)
{
	if (n != 0 || !fails(fd))
		return n;
	errno = error;
	return -1;
}

static char buffer[MYM__LINES_SIZE];
static struct mym__membership membership;

static int ask(const struct mym__root *root, struct mym__file *files)
{
	return mym__group_membership(root, files, buffer, sizeof(buffer),
				     &membership);
}

/* Of the two lines one may have been read, and the other not. */
START_TEST(membership_below_a_sysroot)
{
	static const struct {
		const char *text;
		int errors[2];
		int whole[2]; /* where it ends as it should */
	} rows[] = {
		{ "", { -EIO, -EIO }, { 1, 1 } },
		{ "9:cpu:/\n", { -EIO, -EIO }, { 1, 1 } },
		{ "4:memory:/a\n", { 0, -EIO }, { 0, 1 } },
		{ "0::/a\n", { -EIO, 0 }, { 1, 0 } },
		{ "4:memory:/a\n0::/a\n", { 0, 0 }, { 0, 0 } },
	};
	struct mym__root root;

	ck_assert_int_eq(mym__root_open(&root, "."), 0);
	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		put("proc/self/cgroup", "%s", rows[i].text);
		cut = NULL;
		ck_assert_int_eq(ask(&root, NULL), 0);
		ck_assert_int_eq(membership.error[0], rows[i].whole[0]);
		ck_assert_int_eq(membership.error[1], rows[i].whole[1]);
		cut = "/cgroup";
		error = EIO;
		ck_assert_int_eq(ask(&root, NULL), 0);
		ck_assert_int_eq(membership.error[0], rows[i].errors[0]);
		ck_assert_int_eq(membership.error[1], rows[i].errors[1]);
	}
	put("proc/self/cgroup", "4:memory:/a\n");
	error = ENOMEM;
	ck_assert_int_eq(ask(&root, NULL), -ENOMEM);
	mym__root_close(&root);
}
END_TEST

static int keep_text(struct mym__file *file, const char *name,
		     const char *text)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (int)strlen(text));
	ck_assert_int_eq(mym__file_adopt(file, fd), 0);
	return file->fd;
}

/* A kept descriptor that fails, or is another file by now, is given up, and what it
 * said is asked again. */
START_TEST(membership_is_kept)
{
	const struct mym__root root = { .fd = -1 };
	struct mym__file files[MYM__FILES] = { { 0 } }, other = { 0 };
	struct mym__file *file = &files[MYM__FILE_CGROUP];
	int fd = keep_text(file, "kept", "4:memory:/a\n");

	ck_assert_int_eq(ask(&root, files), 0);
	ck_assert_int_eq(membership.error[0], 0);
	ck_assert_str_eq(membership.path[0], "/a");
	ck_assert_int_eq(file->fd, fd);
	/* No id of v2 is asked for. */
	ck_assert_int_eq(files[MYM__FILE_PROCESS].fd, 0);
	ck_assert_uint_eq(membership.id, 0);
	cut = "/memfd:kept (deleted)";
	error = EIO;
	ck_assert_int_eq(ask(&root, files), 1);
	ck_assert_int_eq(file->fd, 0);
	cut = NULL;
	fd = keep_text(file, "kept", "4:memory:/a\n");
	keep_text(&other, "other", "4:memory:/b\n");
	ck_assert_int_eq(dup2(other.fd, fd), fd);
	ck_assert_int_eq(ask(&root, files), 1);
	ck_assert_int_eq(file->fd, 0);
	close(fd);
	mym__file_forget(&other, 1);
	/* What is behind the line of v2 is not asked for, unless it is there. */
	keep_text(file, "v2", "0::/a\n");
	cut = "/memfd:v2 (deleted)";
	ck_assert_int_eq(ask(&root, files), 0);
	ck_assert_int_eq(membership.error[0], 1);
	ck_assert_int_eq(membership.error[1], 0);
	ck_assert_str_eq(membership.path[1], "/a");
	mym__file_forget(file, 1);
	keep_text(file, "both", "0::/a\n4:memory:/b\n");
	ck_assert_int_eq(ask(&root, files), 0);
	ck_assert_int_eq(membership.error[0], 0);
	ck_assert_str_eq(membership.path[0], "/b");
	ck_assert_int_eq(membership.error[1], 0);
	cut = NULL;
	mym__file_forget(files, MYM__FILES);
}
END_TEST

/* Half a node's numbers are none. */
START_TEST(node)
{
	struct mym_constraint c;
	struct mym_ctx *ctx;

	ram(1000);
	put("sys/devices/system/node/has_memory", "0-1\n");
	put("proc/self/status", "Mems_allowed_list:\t0\n");
	put("sys/devices/system/node/node0/meminfo",
	    "Node 0 MemTotal: 409600 kB\nNode 0 MemFree: 204800 kB\n");
	ck_assert_int_eq(mym_open(&ctx, ".", 0), 0);
	ck_assert_str_eq(limit_now(ctx), "400 by /proc/self/status [none]");
	mym_close(ctx);
	cut = "/node0/meminfo";
	error = EIO;
	ck_assert_int_eq(mym_open(&ctx, ".", 0), 0);
	ck_assert_str_eq(limit_now(ctx),
			 "1000 by /proc/meminfo [partial none]");
	for (unsigned int i = 0; i == 0 || c.kind != MYM_KIND_NUMA; i++)
		ck_assert_int_eq(mym_constraint(ctx, i, &c, sizeof(c)), 0);
	ck_assert_int_eq(c.error, -EIO);
	mym_close(ctx);
}
END_TEST

static int read_mounts(const struct mym__root *root, bool by_libmount,
		       unsigned int count)
{
	struct mym__mounts mounts = { 0 };
	int r = (by_libmount ? mym__mounts_libmount : mym__mounts_reader)(
		root, buffer, sizeof(buffer), NULL, mym__mounts_add, &mounts);

	if (r == 0)
		ck_assert_uint_eq(mounts.count, count);
	mym__mounts_clear(&mounts);
	return r;
}

/* Nor are the mounts that were read all that there are. */
START_TEST(mount_table)
{
	static const int errors[] = { EIO, ENOMEM };
	const bool by_libmount = _i;
	struct mym__root root;

	if (by_libmount && !mym__mounts_libmount)
		return;
	ck_assert_int_eq(mym__root_open(&root, "."), 0);
	put("proc/self/mountinfo", "%s", "");
	/* 1: it is not installed. */
	for (unsigned int count = 0;
	     count < 2 && read_mounts(&root, by_libmount, count) != 1; count++) {
		cut = "/mountinfo";
		for (size_t i = 0; i < MYM__COUNT(errors); i++) {
			error = errors[i];
			ck_assert_int_eq(read_mounts(&root, by_libmount, 0),
					 -error);
		}
		cut = NULL;
		ck_assert_int_eq(read_mounts(&root, by_libmount, count), 0);
		mount_v2("/", "/sys/fs/cgroup");
	}
	mym__root_close(&root);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("cut-off");
	TCase *tc = tree_tcase("all");

	tcase_add_test(tc, membership_below_a_sysroot);
	tcase_add_test(tc, membership_is_kept);
	tcase_add_test(tc, node);
	tcase_add_loop_test(tc, mount_table, 0, 2);
	suite_add_tcase(s, tc);
	return s;
}
