/* SPDX-License-Identifier: MIT */
/* Own group and mounts to places, from machines made in a few lines. */
#include <errno.h>

#include "base/compiler.h"
#include "base/root.h"
#include "discover/group.h"
#include "suite.h"
#include "tree.h"

START_TEST(own_group_first)
{
	own_v2("/a/b");
	mount_v2("/", "/sys/fs/cgroup");
	group_v2("sys/fs/cgroup/a/b", 0);
	FINDS("v2 [] /sys/fs/cgroup/a/b /sys/fs/cgroup/a /sys/fs/cgroup");
}
END_TEST

START_TEST(own_group_first_v1)
{
	own_v1("/a/b");
	mount_v1("/", "/sys/fs/cgroup/memory");
	group_v1("sys/fs/cgroup/memory/a/b", 0);
	put("sys/fs/cgroup/memory/cgroup.sane_behavior", "0\n");
	FINDS("v1 [] /sys/fs/cgroup/memory/a/b /sys/fs/cgroup/memory/a "
	      "/sys/fs/cgroup/memory");
}
END_TEST

START_TEST(namespace_root)
{
	own_v2("/");
	mount_v2("/", "/sys/fs/cgroup");
	group_v2("sys/fs/cgroup", 0);
	FINDS("v2 [hidden] /sys/fs/cgroup");
}
END_TEST

START_TEST(machine_root)
{
	own_v2("/");
	mount_v2("/", "/sys/fs/cgroup");
	FINDS("v2 [] /sys/fs/cgroup");
	own_v1("/");
	mount_v1("/", "/sys/fs/cgroup/memory");
	FINDS("v1 [hidden] /sys/fs/cgroup/memory");
	put("sys/fs/cgroup/memory/cgroup.sane_behavior", "0\n");
	FINDS("v1 [] /sys/fs/cgroup/memory");
}
END_TEST

START_TEST(mount_root_is_stripped)
{
	own_v2("/docker/id/sub");
	mount_v2("/docker/id", "/sys/fs/cgroup");
	group_v2("sys/fs/cgroup", 0);
	dir("sys/fs/cgroup/sub");
	FINDS("v2 [hidden] /sys/fs/cgroup/sub /sys/fs/cgroup");
}
END_TEST

START_TEST(string_prefix_is_no_group)
{
	own_v2("/foo/bar");
	mount_v2("/fo", "/sys/fs/cgroup");
	dir("sys/fs/cgroup/o/bar");
	FINDS("v2 [heuristic] /sys/fs/cgroup");
}
END_TEST

START_TEST(mount_point_in_odd_places)
{
	own_v2("/a");
	mount_v2("/", "/");
	group_v2("a", 0);
	FINDS("v2 [] /a /");
	put("proc/self/mountinfo", "%s", "");
	mount_v2("/", "/run/odd\\040place");
	group_v2("run/odd place/a", 0);
	dir("run/odd place/a");
	FINDS("v2 [] /run/odd place/a /run/odd place");
}
END_TEST

START_TEST(removed_group)
{
	own_v2("/a/b/c (deleted)");
	mount_v2("/", "/sys/fs/cgroup");
	dir("sys/fs/cgroup/a/b/c");
	FINDS("v2 [heuristic] /sys/fs/cgroup/a/b /sys/fs/cgroup/a "
	      "/sys/fs/cgroup");
	gone("sys/fs/cgroup/a");
	FINDS("v2 [heuristic] /sys/fs/cgroup");
	/* A file of the group's name is no group. */
	put("sys/fs/cgroup/a", "%s", "");
	FINDS("v2 [heuristic] /sys/fs/cgroup");
	/* The name may be just that. */
	gone("sys/fs/cgroup/a");
	dir("sys/fs/cgroup/a/b/c (deleted)");
	FINDS("v2 [] /sys/fs/cgroup/a/b/c (deleted) /sys/fs/cgroup/a/b "
	      "/sys/fs/cgroup/a /sys/fs/cgroup");
}
END_TEST

START_TEST(moved_out)
{
	mount_v2("/good", "/sys/fs/cgroup");
	dir("sys/bad");
	dir("bad");
	own_v2("/bad");
	FINDS("v2 [heuristic] /sys/fs/cgroup");
	own_v2("/../../bad");
	FINDS("v2 [heuristic] /sys/fs/cgroup");
	own_v2("/good/../bad");
	FINDS("v2 [heuristic] /sys/fs/cgroup");
}
END_TEST

/* The mount shows groups above the process's, which has no name there. */
START_TEST(mount_above)
{
	own_v2("/");
	mount_v2("/../..", "/sys/fs/cgroup");
	FINDS("v2 [heuristic] /sys/fs/cgroup");
	mount_v2("/", "/mnt/own");
	FINDS("v2 [hidden] /mnt/own /sys/fs/cgroup");
	mount_v2("/..", "/mnt/parent");
	FINDS("v2 [] /mnt/own /mnt/parent /sys/fs/cgroup");
	own_v2("/../a");
	dir("mnt/parent/a");
	FINDS("v2 [] /mnt/parent/a /mnt/parent /sys/fs/cgroup");
}
END_TEST

START_TEST(several_mounts)
{
	own_v2("/a/b");
	mount_v2("/other", "/mnt/other");
	mount_v2("/a", "/mnt/a");
	dir("mnt/a/b");
	FINDS("v2 [] /mnt/a/b /mnt/a");
	/* It has no directory of the group: not the one. */
	mount_v2("/", "/mnt/empty");
	FINDS("v2 [] /mnt/a/b /mnt/a");
	/* This one shows more than the first. */
	mount_v2("/", "/mnt/all");
	dir("mnt/all/a/b");
	FINDS("v2 [] /mnt/all/a/b /mnt/all/a /mnt/all");
	/* As much, and later: the first stays. */
	mount_v2("/", "/mnt/again");
	dir("mnt/again/a/b");
	FINDS("v2 [] /mnt/all/a/b /mnt/all/a /mnt/all");
	/* Gone since the table was written. */
	gone("mnt/all");
	FINDS("v2 [] /mnt/again/a/b /mnt/again/a /mnt/again");
}
END_TEST

START_TEST(overmounts)
{
	own_v2("/a");
	mount_v2("/a", "/sys/fs/cgroup");
	mount_v2("/", "/sys/fs/cgroup");
	dir("sys/fs/cgroup/a");
	FINDS("v2 [] /sys/fs/cgroup/a /sys/fs/cgroup");
	mount_v2("/a", "/sys/fs/cgroup");
	FINDS("v2 [] /sys/fs/cgroup");
	mount_other("/sys/fs/cgroup/deeper");
	mount_other("/sys/fs/cgrou");
	FINDS("v2 [] /sys/fs/cgroup");
	mount_other("/sys/fs/cgroup");
	FINDS("v0 [none]");
	mount_v2("/", "/sys/fs/cgroup");
	FINDS("v2 [] /sys/fs/cgroup/a /sys/fs/cgroup");
}
END_TEST

/* The memory controller is in one hierarchy. */
START_TEST(hybrid)
{
	put("proc/self/cgroup", "0::/b\n3:pids:/c\n2:cpu,memory:/a\n");
	mount_v2("/", "/sys/fs/cgroup/unified");
	dir("sys/fs/cgroup/unified/b");
	FINDS("v2 [] /sys/fs/cgroup/unified/b /sys/fs/cgroup/unified");
	mount_v1("/", "/sys/fs/cgroup/memory");
	put("sys/fs/cgroup/memory/cgroup.sane_behavior", "0\n");
	dir("sys/fs/cgroup/memory/a");
	FINDS("v1 [] /sys/fs/cgroup/memory/a /sys/fs/cgroup/memory");
	own_v2("/b");
	FINDS("v2 [] /sys/fs/cgroup/unified/b /sys/fs/cgroup/unified");
	put("proc/self/cgroup", "1:name=memory:/a\n");
	FINDS("v0 [none]");
}
END_TEST

/* Other hierarchies, whatever they and their directories are called. */
START_TEST(other_controllers)
{
	own_v1("/a");
	add("proc/self/mountinfo", "41 22 0:41 / /sys/fs/cgroup/memory rw - "
	    "cgroup memory rw,freezer\n");
	add("proc/self/mountinfo", "42 22 0:42 / /sys/fs/cgroup/b rw - "
	    "cgroup cgroup rw,name=memory\n");
	dir("sys/fs/cgroup/memory/a");
	dir("sys/fs/cgroup/b/a");
	FINDS("v0 [none]");
	add("proc/self/mountinfo", "43 22 0:43 / /sys/fs/cgroup/c rw - "
	    "cgroup x rw,cpu,memory\n");
	put("sys/fs/cgroup/c/cgroup.sane_behavior", "0\n");
	dir("sys/fs/cgroup/c/a");
	FINDS("v1 [] /sys/fs/cgroup/c/a /sys/fs/cgroup/c");
}
END_TEST

/* A parent with use_hierarchy 0 ends the chain. */
START_TEST(use_hierarchy)
{
	own_v1("/a/b/c");
	mount_v1("/", "/sys/fs/cgroup/memory");
	put("sys/fs/cgroup/memory/cgroup.sane_behavior", "0\n");
	group_v1("sys/fs/cgroup/memory/a/b/c", 0);
	group_v1("sys/fs/cgroup/memory/a/b", 0);
	group_v1("sys/fs/cgroup/memory/a", 0);
	put("sys/fs/cgroup/memory/memory.use_hierarchy", "0\n");
	FINDS("v1 [] /sys/fs/cgroup/memory/a/b/c /sys/fs/cgroup/memory/a/b "
	      "/sys/fs/cgroup/memory/a");
	put("sys/fs/cgroup/memory/a/b/memory.use_hierarchy", "0\n");
	FINDS("v1 [] /sys/fs/cgroup/memory/a/b/c");
	put("sys/fs/cgroup/memory/a/b/memory.use_hierarchy", "?\n");
	FINDS("v1 [] /sys/fs/cgroup/memory/a/b/c /sys/fs/cgroup/memory/a/b "
	      "/sys/fs/cgroup/memory/a");
}
END_TEST

START_TEST(nothing_at_all)
{
	FINDS("v0 [none]");
	put("proc/self/cgroup", "%s", "");
	put("proc/self/mountinfo", "%s", "");
	FINDS("v0 [none]");
	own_v2("/a");
	FINDS("v0 [none]");
	mount_other("/sys/fs/cgroup");
	dir("sys/fs/cgroup/a");
	FINDS("v0 [none]");
}
END_TEST

START_TEST(unnamed_group)
{
	mount_v2("/", "/sys/fs/cgroup");
	FINDS("v2 [heuristic] /sys/fs/cgroup");
	dir("proc/self/cgroup");
	FINDS("v2 [heuristic partial] /sys/fs/cgroup");
}
END_TEST

START_TEST(no_mount_table)
{
	own_v2("/a");
	dir("sys/fs/cgroup/a");
	FINDS("v0 [none]");
	put("sys/fs/cgroup/cgroup.controllers", "memory\n");
	FINDS("v2 [heuristic] /sys/fs/cgroup/a /sys/fs/cgroup");
	dir("proc/self/mountinfo");
	FINDS("v2 [heuristic partial] /sys/fs/cgroup/a /sys/fs/cgroup");
}
END_TEST

START_TEST(plain_files)
{
	put("proc/self/mountinfo", "%s", "");
	own_v1("/a");
	put("sys/fs/cgroup/memory/memory.limit_in_bytes", "1\n");
	FINDS("v1 plain [hidden heuristic unverified] /sys/fs/cgroup/memory");
	gone("sys/fs/cgroup/memory");
	put("sys/fs/cgroup/memory.max", "1\n");
	FINDS("v2 plain [hidden heuristic unverified] /sys/fs/cgroup");
}
END_TEST

START_TEST(odd_names)
{
	mount_v2("/", "/sys/fs/cgroup");
	own_v2("/a\r/b");
	dir("sys/fs/cgroup/a/b");
	FINDS("v2 [heuristic] /sys/fs/cgroup");
	own_v2("//a//./b/");
	FINDS("v2 [] /sys/fs/cgroup/a/b /sys/fs/cgroup/a /sys/fs/cgroup");
	own_v2("/x: y\\040z\\x2d");
	dir("sys/fs/cgroup/x: y\\040z\\x2d");
	FINDS("v2 [] /sys/fs/cgroup/x: y\\040z\\x2d /sys/fs/cgroup");
}
END_TEST

/* /proc/self/cgroup by itself, through a buffer of 5000 bytes. */
START_TEST(membership)
{
	static const struct {
		const char *content;
		int error[2];
		const char *path[2];
	} rows[] = {
		{ "", { 1, 1 }, { "", "" } },
		{ "0::/a\n", { 1, 0 }, { "", "/a" } },
		{ "0::/a", { 1, 0 }, { "", "/a" } },
		{ "5:memory:/a\n", { 0, 1 }, { "/a", "" } },
		{ "\n\nx\n5:cpu,memory:/a\n0::/b\n", { 0, 0 }, { "/a", "/b" } },
		/* The first line counts. */
		{ "0::/a\n0::/b\n5:memory:/c\n6:memory:/d\n", { 0, 0 },
		  { "/c", "/a" } },
		/* None of these is one. */
		{ "1::/a\n0:cpu:/a\n0:x\n0::a\n", { 1, 1 }, { "", "" } },
		{ "5:memoryx:/a\n6:name=memory:/a\n:memory:/a\n", { 1, 1 },
		  { "", "" } },
		/* Too long for us, and for the buffer. */
		{ "0::/%4094d\n", { 1, 0 }, { "", NULL } },
		{ "0::/%4095d\n", { 1, -ENAMETOOLONG }, { "", "" } },
		{ "0::/%5000d\n5:memory:/b\n", { 0, -ENAMETOOLONG },
		  { "/b", "" } },
		{ "5:memory,%4985d:/abcdefgh\n", { -ENAMETOOLONG, 1 },
		  { "", "" } },
		{ "5:memory:/%9999d\n0::/b\n", { -ENAMETOOLONG, 0 },
		  { "", "/b" } },
	};
	static struct mym__membership got;
	static char buffer[5000];
	struct mym__root root;

	ck_assert_int_eq(mym__root_open(&root, "."), 0);
	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		put("proc/self/cgroup", rows[i].content, 0);
		ck_assert_int_eq(mym__group_membership(&root, NULL, buffer,
						       sizeof(buffer), &got),
				 0);
		for (int j = 0; j < 2; j++) {
			ck_assert_msg(got.error[j] == rows[i].error[j],
				      "row %zu: v%d: %d", i, j + 1,
				      got.error[j]);
			if (rows[i].path[j])
				ck_assert_str_eq(got.path[j], rows[i].path[j]);
		}
	}
	gone("proc/self/cgroup");
	ck_assert_int_eq(mym__group_membership(&root, NULL, buffer, sizeof(buffer),
					       &got), 0);
	ck_assert_int_eq(got.error[0], -ENOENT);
	ck_assert_int_eq(got.error[1], -ENOENT);
	dir("proc/self/cgroup");
	ck_assert_int_eq(mym__group_membership(&root, NULL, buffer, sizeof(buffer),
					       &got), 0);
	ck_assert_int_eq(got.error[0], -EISDIR);
	mym__root_close(&root);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("discover");
	TCase *tc = tree_tcase("all");

	tcase_add_test(tc, own_group_first);
	tcase_add_test(tc, own_group_first_v1);
	tcase_add_test(tc, namespace_root);
	tcase_add_test(tc, machine_root);
	tcase_add_test(tc, mount_root_is_stripped);
	tcase_add_test(tc, string_prefix_is_no_group);
	tcase_add_test(tc, mount_point_in_odd_places);
	tcase_add_test(tc, removed_group);
	tcase_add_test(tc, moved_out);
	tcase_add_test(tc, mount_above);
	tcase_add_test(tc, several_mounts);
	tcase_add_test(tc, overmounts);
	tcase_add_test(tc, hybrid);
	tcase_add_test(tc, other_controllers);
	tcase_add_test(tc, use_hierarchy);
	tcase_add_test(tc, nothing_at_all);
	tcase_add_test(tc, unnamed_group);
	tcase_add_test(tc, no_mount_table);
	tcase_add_test(tc, plain_files);
	tcase_add_test(tc, odd_names);
	tcase_add_test(tc, membership);
	suite_add_tcase(s, tc);
	return s;
}
