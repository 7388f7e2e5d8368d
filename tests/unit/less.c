/* SPDX-License-Identifier: MIT */
/*
 * What was known stays when a file cannot be read any more: the answer is never
 * more than it was.  Found by tests/fuzz, whose target `denied` looks for more.
 */
#include <stdio.h>
#include <unistd.h>

#include "mymem.h"
#include "suite.h"
#include "tree.h"

static struct mym_ctx *ctx;

static void open_context(void)
{
	ram(1000);
	ck_assert_int_eq(mym_open(&ctx, ".", 0), 0);
}

static void close_context(void)
{
	ctx = mym_close(ctx);
}

/* It is there, and cannot be read. */
static void deny(const char *path)
{
	gone(path);
	dir(path);
}

#define AVAILABLE(expected) \
	ck_assert_int_eq(look(ctx).available / MIB, (expected))
#define LIMIT(expected) ck_assert_int_eq(look(ctx).limit / MIB, (expected))
#define PARTIAL() ck_assert_uint_ne(look(ctx).flags & MYM_FLAG_PARTIAL, 0)

/* v1: limits of a group above the mount, of memory and of memory and swap. */
static void hidden(int memory, int both)
{
	own_v1("/a");
	mount_v1("/", "/sys/fs/cgroup/memory");
	group_v1("sys/fs/cgroup/memory/a", 0);
	put("sys/fs/cgroup/memory/a/memory.stat",
	    "total_active_file 0\ntotal_inactive_file 0\n"
	    "hierarchical_memory_limit %lld\nhierarchical_memsw_limit %lld\n",
	    memory * (long long)MIB, both * (long long)MIB);
	put("sys/fs/cgroup/memory/a/memory.memsw.usage_in_bytes", "%lld\n",
	    60 * (long long)MIB);
}

START_TEST(usage_of_hidden_memsw)
{
	hidden(500, 100);
	AVAILABLE(40);
	deny("sys/fs/cgroup/memory/a/memory.memsw.usage_in_bytes");
	AVAILABLE(40);
	PARTIAL();
}
END_TEST

/* With swappiness 0 swapping makes room under neither. */
START_TEST(two_hidden_limits)
{
	struct mym_constraint c;
	int seen = 0;

	ram(1000);
	add("proc/meminfo", "SwapTotal: 1024000 kB\nSwapFree: 1024000 kB\n");
	hidden(50, 100);
	put("sys/fs/cgroup/memory/a/memory.swappiness", "0\n");
	AVAILABLE(40);
	deny("sys/fs/cgroup/memory/a/memory.usage_in_bytes");
	deny("sys/fs/cgroup/memory/a/memory.memsw.usage_in_bytes");
	AVAILABLE(40);
	for (unsigned int i = 0; i < look(ctx).constraints; i++) {
		ck_assert_int_eq(mym_constraint(ctx, i, &c, sizeof(c)), 0);
		if (c.kind != MYM_KIND_CGROUP_HIDDEN)
			continue;
		ck_assert_int_eq(c.used / MIB, seen++ ? 60 : 10);
		ck_assert_int_eq(c.available / MIB, 40);
	}
	ck_assert_int_eq(seen, 2);
}
END_TEST

/* The group has no name that leads to it, so that it is looked for each time; the
 * address sanitizer sees a path that is kept too long. */
START_TEST(path_of_hidden_limit)
{
	const char *stat = "/sys/fs/cgroup/memory/a/memory.stat";

	hidden(100, 1000);
	own_v1("/a/gone");
	AVAILABLE(90);
	deny(stat + 1);
	AVAILABLE(90);
	AVAILABLE(90);
	ck_assert_str_eq(mym_constraint_path(ctx,
			 (unsigned int)look(ctx).limit_by), stat);
}
END_TEST

/* The cache is more than the allocator gives, by the min watermark. */
START_TEST(zoneinfo)
{
	put("proc/meminfo", "MemTotal: 1024000 kB\nMemFree: 512000 kB\n"
	    "MemAvailable: 819200 kB\nActive(file): 204800 kB\n"
	    "Inactive(file): 204800 kB\nSReclaimable: 0 kB\n");
	put("proc/zoneinfo", "Node 0, zone Normal\n pages free 128000\n"
	    " min 64000\n low 70000\n high 80000\n managed 256000\n"
	    " protection: (0, 0)\n nr_zone_inactive_file 51200\n"
	    " nr_zone_active_file 51200\n");
	AVAILABLE(650);
	deny("proc/zoneinfo");
	AVAILABLE(650);
	PARTIAL();
}
END_TEST

START_TEST(commit_limit)
{
	put("proc/sys/vm/overcommit_memory", "2\n");
	add("proc/meminfo", "CommitLimit: 102400 kB\n");
	LIMIT(100);
	deny("proc/meminfo");
	LIMIT(100);
}
END_TEST

/* What memory.min of another group keeps of the machine's cache. */
static void protected_sibling(void)
{
	put("proc/meminfo", "MemTotal: 1024000 kB\nMemFree: 102400 kB\n"
	    "MemAvailable: 614400 kB\nActive(file): 307200 kB\n"
	    "Inactive(file): 204800 kB\nSReclaimable: 0 kB\n");
	mount_v2("/", "/sys/fs/cgroup");
	put("sys/fs/cgroup/cgroup.controllers", "memory\n");
	own_v2("/a");
	group_v2("sys/fs/cgroup/a", 0);
	group_v2("sys/fs/cgroup/b", 0);
	put("sys/fs/cgroup/b/memory.min", "%lld\n", 200 * (long long)MIB);
	put("sys/fs/cgroup/b/memory.current", "%lld\n", 200 * (long long)MIB);
	put("sys/fs/cgroup/b/memory.stat", "active_file %lld\ninactive_file 0\n",
	    300 * (long long)MIB);
}

START_TEST(root_of_groups)
{
	protected_sibling();
	AVAILABLE(400);
	/* A link to itself. */
	ck_assert_int_eq(rename("sys/fs/cgroup", "sys/fs/moved"), 0);
	ck_assert_int_eq(symlink("cgroup", "sys/fs/cgroup"), 0);
	AVAILABLE(400);
	PARTIAL();
}
END_TEST

/* Its statistics tell of more than it uses. */
START_TEST(stat_of_sibling)
{
	protected_sibling();
	AVAILABLE(400);
	deny("sys/fs/cgroup/b/memory.stat");
	AVAILABLE(400);
}
END_TEST

START_TEST(sockets)
{
	mount_v2("/", "/sys/fs/cgroup");
	own_v2("/a");
	group_v2("sys/fs/cgroup/a", 100);
	put("sys/fs/cgroup/a/memory.stat",
	    "active_file 0\ninactive_file 0\nslab_reclaimable %lld\n",
	    10 * (long long)MIB);
	put("proc/net/sockstat", "sockets: used 5120\n");
	AVAILABLE(95);
	deny("proc/net/sockstat");
	AVAILABLE(95);
}
END_TEST

/* The name is too long, and then the mount cannot be opened either. */
START_TEST(long_name)
{
	char path[5000];

	snprintf(path, sizeof(path), "/a/%04200d", 0);
	mount_v2("/", "/sys/fs/cgroup");
	own_v2(path);
	group_v2("sys/fs/cgroup", 100);
	LIMIT(100);
	ck_assert_int_eq(rename("sys/fs/cgroup", "sys/fs/moved"), 0);
	ck_assert_int_eq(symlink("cgroup", "sys/fs/cgroup"), 0);
	LIMIT(100);
	PARTIAL();
}
END_TEST

/* Whether the parent's limit binds was unclear before, too. */
START_TEST(table_of_mounts)
{
	own_v1("/a/b");
	mount_v1("/", "/sys/fs/cgroup/memory");
	group_v1("sys/fs/cgroup/memory/a", 50);
	group_v1("sys/fs/cgroup/memory/a/b", 100);
	put("sys/fs/cgroup/memory/memory.use_hierarchy", "%0100d\n", 1);
	LIMIT(50);
	PARTIAL();
	gone("sys/fs/cgroup/memory/cgroup.procs");
	deny("proc/self/mountinfo");
	LIMIT(50);
}
END_TEST

/* Only MemTotal tells whether the zones are all that there are. */
START_TEST(total_for_nodes)
{
	put("sys/devices/system/node/has_memory", "0-1\n");
	put("sys/devices/system/node/node0/meminfo",
	    "Node 0 MemTotal: 512000 kB\nNode 0 MemFree: 256000 kB\n"
	    "Node 0 Active(file): 102400 kB\nNode 0 Inactive(file): 0 kB\n");
	put("proc/self/status", "Mems_allowed_list:\t0\n");
	for (int node = 0; node < 2; node++)
		add("proc/zoneinfo", "Node %d, zone Normal\n pages free 64000\n"
		    " min 12800\n low 12800\n high 12800\n managed 128000\n"
		    " protection: (0, 0)\n nr_zone_inactive_file 0\n"
		    " nr_zone_active_file 0\n", node);
	AVAILABLE(200);
	deny("proc/meminfo");
	AVAILABLE(200);
}
END_TEST

/* A policy for nodes that are not allowed is ignored (policy_nodemask()). */
START_TEST(allowed_nodes)
{
	put("sys/devices/system/node/has_memory", "0-1\n");
	for (int node = 0; node < 2; node++) {
		char path[64];

		snprintf(path, sizeof(path),
			 "sys/devices/system/node/node%d/meminfo", node);
		put(path, "Node %d MemTotal: 512000 kB\nNode %d MemFree: %d kB\n",
		    node, node, node ? 102400 : 204800);
	}
	put("proc/self/status", "Mems_allowed_list:\t1\n");
	put("proc/self/numa_maps", "00400000 bind=static:0 stack anon=1\n");
	AVAILABLE(100);
	deny("proc/self/status");
	AVAILABLE(100);
	PARTIAL();
}
END_TEST

START_TEST(dentries)
{
	put("proc/meminfo", "MemTotal: 1024000 kB\nMemFree: 512000 kB\n"
	    "MemAvailable: 819200 kB\nActive(file): 102400 kB\n"
	    "Inactive(file): 102400 kB\nSReclaimable: 204800 kB\n");
	put("proc/zoneinfo", "Node 0, zone Normal\n pages free 128000\n"
	    " min 12800\n low 14080\n high 15360\n managed 256000\n"
	    " protection: (0, 0)\n nr_zone_inactive_file 25600\n"
	    " nr_zone_active_file 25600\n");
	put("proc/sys/fs/dentry-state", "1000 100 45 0 0 0\n");
	AVAILABLE(670);
	deny("proc/sys/fs/dentry-state");
	AVAILABLE(670);
}
END_TEST

/* Nobody asks while there is none of it. */
START_TEST(slab_that_came_back)
{
	const char *stat = "sys/fs/cgroup/a/memory.stat",
		   *kept = "proc/sys/vm/vfs_cache_pressure",
		   *text = "active_file 0\ninactive_file 0\n"
			   "slab_reclaimable %lld\n";

	mount_v2("/", "/sys/fs/cgroup");
	own_v2("/a");
	group_v2("sys/fs/cgroup/a", 100);
	put(stat, text, 10 * (long long)MIB);
	put(kept, "0\n");
	AVAILABLE(90);
	put(stat, text, 0LL);
	AVAILABLE(90);
	put(stat, text, 10 * (long long)MIB);
	deny(kept);
	AVAILABLE(90);
}
END_TEST

static struct mym_snapshot ask(uint64_t want)
{
	struct mym_snapshot s;

	ck_assert_int_eq(mym_snapshot(ctx, want, &s, sizeof(s)), 0);
	ck_assert_uint_eq(s.valid, want);
	return s;
}

/* A fact that is asked for alone is what it is among all. */
START_TEST(alone)
{
	protected_sibling();
	ck_assert_int_eq(look(ctx).reclaimable / MIB, 300);
	ck_assert_int_eq(ask(MYM_WANT_RECLAIMABLE).reclaimable / MIB, 300);
}
END_TEST

START_TEST(shmem_alone)
{
	hidden(900, 900);
	put("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "%lld\n",
	    200 * (long long)MIB);
	put("sys/fs/cgroup/memory/a/memory.memsw.limit_in_bytes", "%lld\n",
	    100 * (long long)MIB);
	add("sys/fs/cgroup/memory/a/memory.stat", "total_shmem %lld\n",
	    5 * (long long)MIB);
	LIMIT(100);
	ck_assert_int_eq(look(ctx).shmem / MIB, 5);
	ck_assert_int_eq(ask(MYM_WANT_SHMEM).shmem / MIB, 5);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("less");
	TCase *tc = tree_tcase("all");

	tcase_add_checked_fixture(tc, open_context, close_context);
	tcase_add_test(tc, usage_of_hidden_memsw);
	tcase_add_test(tc, two_hidden_limits);
	tcase_add_test(tc, path_of_hidden_limit);
	tcase_add_test(tc, zoneinfo);
	tcase_add_test(tc, commit_limit);
	tcase_add_test(tc, root_of_groups);
	tcase_add_test(tc, stat_of_sibling);
	tcase_add_test(tc, sockets);
	tcase_add_test(tc, long_name);
	tcase_add_test(tc, table_of_mounts);
	tcase_add_test(tc, total_for_nodes);
	tcase_add_test(tc, allowed_nodes);
	tcase_add_test(tc, dentries);
	tcase_add_test(tc, slab_that_came_back);
	tcase_add_test(tc, alone);
	tcase_add_test(tc, shmem_alone);
	suite_add_tcase(s, tc);
	return s;
}
