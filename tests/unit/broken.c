/* SPDX-License-Identifier: MIT */
/* Rules whose files are broken: what is still known, what is flagged, and why. */
#include <errno.h>
#include <stdio.h>

#include "mymem.h"
#include "suite.h"
#include "tree.h"

static struct mym_ctx *ctx;

static void open_context(void)
{
	ram(1000);
	mount_v2("/", "/sys/fs/cgroup");
	own_v2("/");
	ck_assert_int_eq(mym_open(&ctx, ".", 0), 0);
}

static void close_context(void)
{
	ctx = mym_close(ctx);
}

#define LIMIT(expected) ck_assert_str_eq(limit_now(ctx), expected)

/* The constraint of a kind; there must be one. */
static struct mym_constraint the(uint64_t kind)
{
	struct mym_constraint c = { 0 };
	struct mym_snapshot s = look(ctx);
	unsigned int i = 0;

	while (i < s.constraints && c.kind != kind)
		ck_assert_int_eq(mym_constraint(ctx, i++, &c, sizeof(c)), 0);
	ck_assert_uint_eq(c.kind, kind);
	return c;
}

START_TEST(commit)
{
	const uint64_t parts = MYM_WANT_LIMIT | MYM_WANT_USED;
	struct mym_constraint c;

	put("proc/sys/vm/overcommit_memory", "2\n");
	c = the(MYM_KIND_COMMIT);
	ck_assert_uint_eq(c.valid & parts, 0);
	ck_assert_uint_eq(c.failed & parts, parts);
	ck_assert_int_eq(c.error, -ENODATA);
	add("proc/meminfo", "CommitLimit: 2048 kB\n");
	LIMIT("2 by /proc/sys/vm/overcommit_memory [partial]");
	c = the(MYM_KIND_COMMIT);
	ck_assert_uint_eq(c.valid & parts, MYM_WANT_LIMIT);
	ck_assert_uint_eq(c.failed & parts, MYM_WANT_USED);
	ck_assert_int_eq(c.error, -ENODATA);
}
END_TEST

static void node(int index, int size)
{
	char path[64];

	snprintf(path, sizeof(path), "sys/devices/system/node/node%d/meminfo",
		 index);
	put(path, "Node %d MemTotal: %d kB\nNode %d MemFree: %d kB\n", index,
	    size * 1024, index, size * 1024);
}

/* Two nodes, the process on the first of them. */
static void nodes(void)
{
	put("sys/devices/system/node/has_memory", "0-1\n");
	put("proc/self/status", "Mems_allowed_list:\t0\n");
	node(0, 400);
	node(1, 600);
}

START_TEST(node_without_numbers)
{
	struct mym_constraint c;

	nodes();
	LIMIT("400 by /proc/self/status []");
	gone("sys/devices/system/node/node0/meminfo");
	LIMIT("1000 by /proc/meminfo [partial]");
	c = the(MYM_KIND_NUMA);
	ck_assert_uint_eq(c.failed, MYM_WANT_LIMIT | MYM_WANT_AVAILABLE);
	ck_assert_int_eq(c.error, -ENOENT);
	put("sys/devices/system/node/node0/meminfo", "Node 0 MemTotal: 1 kB\n");
	ck_assert_int_eq(the(MYM_KIND_NUMA).error, -EBADMSG);
}
END_TEST

/* A kernel without NUMA has no such directory; something else may be there. */
START_TEST(no_nodes)
{
	put("sys/devices", "%s", "");
	LIMIT("1000 by /proc/meminfo []");
}
END_TEST

/* The policy of the stack, or else of the first mapping. */
START_TEST(policy_of_mappings)
{
	nodes();
	put("proc/self/status", "Mems_allowed_list:\t0-1\n");
	LIMIT("1000 by /proc/meminfo []");
	put("proc/self/numa_maps", "1000 bind:1 anon=1\n2000 default anon=1\n");
	LIMIT("600 by /proc/self/numa_maps []");
	put("proc/self/numa_maps", "1000 default anon=1\n2000 bind:1 anon=1\n");
	LIMIT("1000 by /proc/meminfo []");
	put("proc/self/numa_maps", "1000 bind:1 anon=1\n2000 bind:0 stack\n"
				   "3000 bind:1 anon=1\n");
	LIMIT("400 by /proc/self/numa_maps []");
	/* The kernel ignores one that names no node that is allowed. */
	put("proc/self/status", "Mems_allowed_list:\t0\n");
	put("proc/self/numa_maps", "1000 bind:1 stack\n");
	LIMIT("400 by /proc/self/status []");
}
END_TEST

/* Whatever else is there, without its size it is no machine. */
START_TEST(machine_without_size)
{
	struct mym_constraint c;

	own_v2("/a");
	group_v2("sys/fs/cgroup/a", 100);
	put("proc/meminfo", "MemFree: 1024 kB\nMemAvailable: 1024 kB\n");
	LIMIT("100 by /sys/fs/cgroup/a [partial]");
	c = the(MYM_KIND_HOST);
	ck_assert_uint_ne(c.failed & MYM_WANT_LIMIT, 0);
	ck_assert_int_eq(c.error, -EBADMSG);
}
END_TEST

/* That the group has no memory.high is known, where nothing else is. */
START_TEST(no_machine)
{
	struct mym_snapshot s;

	gone("proc/meminfo");
	group_v2("sys/fs/cgroup", 0);
	ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_HIGH, &s, sizeof(s)), 0);
	ck_assert_uint_eq(s.none, MYM_WANT_HIGH);
	ck_assert_uint_eq(s.valid, 0);
}
END_TEST

/* With what the slab had a moment before, the zones have more than there is. */
START_TEST(zones_of_another_moment)
{
	struct mym_constraint c;

	put("proc/meminfo", "MemTotal: 1024000 kB\nMemFree: 512000 kB\n"
	    "MemAvailable: 256000 kB\nActive(file): 0 kB\n"
	    "Inactive(file): 0 kB\nSReclaimable: 102400 kB\n");
	put("proc/zoneinfo", "Node 0, zone   Normal\n  pages free     250000\n"
	    "        min      16\n        low      20\n        high     24\n"
	    "        managed  256000\n        protection: (0)\n"
	    "      nr_zone_inactive_file 0\n      nr_zone_active_file 0\n");
	c = the(MYM_KIND_HOST);
	ck_assert_int_eq(c.limit, 1000 * MIB);
	ck_assert_int_eq(c.available, c.limit);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("broken");
	TCase *tc = tree_tcase("all");

	tcase_add_checked_fixture(tc, open_context, close_context);
	tcase_add_test(tc, commit);
	tcase_add_test(tc, node_without_numbers);
	tcase_add_test(tc, no_nodes);
	tcase_add_test(tc, policy_of_mappings);
	tcase_add_test(tc, machine_without_size);
	tcase_add_test(tc, no_machine);
	tcase_add_test(tc, zones_of_another_moment);
	suite_add_tcase(s, tc);
	return s;
}
