/* SPDX-License-Identifier: MIT */

#include "around.h"
#include "fail.h"
#include "file.h"
#include "group.h"
#include "kernel-file.h"
#include "memory.h"
#include "setting.h"
#include "units.h"

#define VM "/proc/sys/vm/"

/* A generous limit on a machine that has less. */
static void use_machine(void)
{
	int64_t available = kernel_key("/proc/meminfo", "MemAvailable");

	if (available < 300 * MIB)
		fail("the machine is too small");
	memory_anonymous(available - 200 * MIB);
}

void around_short(struct stage *stage)
{
	around_unlimited(stage);
	if (stage->own)
		group_limit(stage->own, 400 * MIB);
	around_other(stage, NULL, use_machine);
}

void around_short_file(struct stage *stage)
{
	stage->file = file_big(FILE_SIZE);
	around_short(stage);
}

void around_unlimited_file(struct stage *stage)
{
	around_unlimited(stage);
	stage->file = file_big(FILE_SIZE);
}

/* A limit that nobody reaches. */
void around_huge(struct stage *stage)
{
	around_unlimited_file(stage);
	group_limit(stage->own, 40960 * MIB);
}

void around_hugetlb(struct stage *stage)
{
	around_unlimited_file(stage);
	setting_put(VM "nr_hugepages", "60");
	if (kernel_key("/proc/meminfo", "HugePages_Total") < 50)
		fail("no huge pages to be had");
}

/* Of a pool, and charged to who uses them. */
void around_hugetlb_charged(struct stage *stage)
{
	setting_mount("memory_hugetlb_accounting");
	around_limit(stage);
	setting_put(VM "nr_hugepages", "24");
	if (kernel_key("/proc/meminfo", "HugePages_Total") < 20)
		fail("no huge pages to be had");
}

/* What the kernel keeps free, and below which it refuses. */
void around_min_free_file(struct stage *stage)
{
	around_unlimited_file(stage);
	setting_put(VM "min_free_kbytes", "102400");
}

void around_min_free_short(struct stage *stage)
{
	around_short_file(stage);
	setting_put(VM "min_free_kbytes", "102400");
}

void around_scale_70_file(struct stage *stage)
{
	around_unlimited_file(stage);
	setting_put(VM "watermark_scale_factor", "70");
}

void around_scale_1000_file(struct stage *stage)
{
	around_unlimited_file(stage);
	setting_put(VM "watermark_scale_factor", "1000");
}

static void use_120_cache(void)
{
	memory_read(file_big(FILE_SIZE), FILE_SIZE, 1);
}

/* Another's cache, which reclaim leaves alone. */
void around_protected(struct stage *stage)
{
	const char *group;

	around_unlimited(stage);
	file_big(FILE_SIZE);
	group = group_make("protected", 0);
	group_set(group_base(), "memory.min", 100 * MIB);
	group_set(group, "memory.min", 100 * MIB);
	around_other(stage, group, use_120_cache);
}

/* What was used lately is not given back, and the killer comes instead. */
void around_time_to_live(struct stage *stage)
{
	around_unlimited_file(stage);
	setting_put("/sys/kernel/mm/lru_gen/enabled", "y");
	setting_put("/sys/kernel/mm/lru_gen/min_ttl_ms", "20000");
}

/* Neither names nor inodes are given back, so those that are there are forgotten
 * before. */
void around_inodes_kept(struct stage *stage)
{
	around_many(stage);
	file_forget();
	setting_put(VM "vfs_cache_pressure", "0");
}

void around_inodes_kept_machine(struct stage *stage)
{
	around_unlimited(stage);
	stage->many = file_many(MANY);
	file_forget();
	setting_put(VM "vfs_cache_pressure", "0");
}

void around_commit_ratio(struct stage *stage)
{
	around_unlimited(stage);
	setting_put(VM "overcommit_ratio", "40");
	setting_put(VM "overcommit_memory", "2");
}

void around_commit_kbytes(struct stage *stage)
{
	around_unlimited(stage);
	setting_put(VM "overcommit_kbytes", "204800");
	setting_put(VM "overcommit_memory", "2");
}

/* One of two nodes. */
void around_node(struct stage *stage)
{
	around_unlimited(stage);
	must_do(group_put(stage->own, "cpuset.mems", "1"), "cpuset.mems");
}

void around_node_file(struct stage *stage)
{
	around_node(stage);
	stage->file = file_big(FILE_SIZE);
}
