/* SPDX-License-Identifier: MIT */
#include <sys/mman.h>

#include "around.h"
#include "fail.h"
#include "file.h"
#include "group.h"
#include "kernel-file.h"
#include "memory.h"
#include "setting.h"
#include "units.h"

static bool v1(void)
{
	return group_version() == 1;
}

static void swap(int64_t bytes)
{
	setting_swap(file_path("swap"), bytes);
}

void around_swap(struct stage *stage)
{
	around_limit(stage);
	swap(96 * MIB);
}

static void limit_swap(const char *dir, int64_t limit, int64_t swap)
{
	if (v1())
		group_set(dir, "memory.memsw.limit_in_bytes", limit + swap);
	else
		group_set(dir, "memory.swap.max", swap);
}

void around_swap_limited(struct stage *stage)
{
	around_swap(stage);
	limit_swap(stage->own, LIMIT, 40 * MIB);
}

void around_swap_parent(struct stage *stage)
{
	around_parent(stage);
	group_limit(stage->own, LIMIT);
	swap(96 * MIB);
	limit_swap(stage->own, LIMIT, 64 * MIB);
}

void around_swap_off(struct stage *stage)
{
	around_swap(stage);
	limit_swap(stage->own, LIMIT, 0);
}

static void fill_swap(void)
{
	const int64_t size = 110 * MIB;
	char *memory = memory_anonymous(size);

	must(madvise(memory, (size_t)size, MADV_PAGEOUT), "MADV_PAGEOUT");
	if (kernel_key("/proc/meminfo", "SwapFree") > 2 * MIB)
		fail("the swap is not full");
}

void around_swap_full(struct stage *stage)
{
	around_swap(stage);
	around_other(stage, NULL, fill_swap);
}

/* v1: memory and swap together, of which much is swapped out already. */
void around_memsw(struct stage *stage)
{
	around_limit(stage);
	swap(160 * MIB);
	limit_swap(stage->own, LIMIT, 60 * MIB);
}

void around_memsw_equal(struct stage *stage)
{
	around_limit(stage);
	swap(128 * MIB);
	limit_swap(stage->own, LIMIT, 0);
}

/* The same, of the group above, which a container does not see. */
void around_memsw_parent(struct stage *stage)
{
	around_parent(stage);
	group_limit(stage->own, LIMIT);
	swap(128 * MIB);
	limit_swap(stage->parent, LIMIT, 20 * MIB);
}

/* Reclaim at the group's limit does not swap. */
void around_swappiness_0(struct stage *stage)
{
	around_swap(stage);
	if (v1())
		group_set(stage->own, "memory.swappiness", 0);
	else
		setting_put("/proc/sys/vm/swappiness", "0");
}

/* v1 goes by the swappiness of the group that has the pages, and not by that of
 * the group whose limit is reached. */
void around_swappiness_parent(struct stage *stage)
{
	around_parent(stage);
	swap(96 * MIB);
	group_set(stage->parent, "memory.swappiness", 0);
	group_set(stage->own, "memory.swappiness", 60);
}

void around_swappiness_machine(struct stage *stage)
{
	around_unlimited(stage);
	swap(96 * MIB);
	setting_put("/proc/sys/vm/swappiness", "0");
}

void around_swap_high(struct stage *stage)
{
	around_swap(stage);
	group_set(stage->own, "memory.swap.high", 40 * MIB);
	stage->throttles = true;
}

void around_swap_high_low(struct stage *stage)
{
	around_swap(stage);
	group_set(stage->own, "memory.swap.high", 20 * MIB);
	stage->throttles = true;
}

void around_swap_high_parent(struct stage *stage)
{
	around_parent(stage);
	swap(96 * MIB);
	group_set(stage->parent, "memory.swap.high", 40 * MIB);
	stage->throttles = true;
}

/* Swap in memory, for pages that cannot be compressed. */
void around_zram(struct stage *stage)
{
	around_limit(stage);
	setting_zram(96 * MIB);
	stage->incompressible = true;
}

void around_zram_machine(struct stage *stage)
{
	around_unlimited(stage);
	setting_zram(496 * MIB);
	stage->incompressible = true;
}

static void zswap(struct stage *stage)
{
	swap(160 * MIB);
	setting_put("/sys/module/zswap/parameters/enabled", "Y");
	stage->incompressible = true;
}

void around_zswap(struct stage *stage)
{
	around_limit(stage);
	zswap(stage);
}

void around_zswap_machine(struct stage *stage)
{
	around_unlimited(stage);
	zswap(stage);
}

/* Nothing may be kept, and nothing written. */
void around_zswap_none(struct stage *stage)
{
	around_zswap_only(stage);
	group_set(stage->own, "memory.zswap.max", 0);
}

/* What is kept is never written. */
void around_zswap_only(struct stage *stage)
{
	around_zswap(stage);
	group_set(stage->own, "memory.zswap.writeback", 0);
}

static void shrink_zswap(void)
{
	setting_put("/sys/module/zswap/parameters/max_pool_percent", "1");
}

void around_zswap_full(struct stage *stage)
{
	around_zswap(stage);
	shrink_zswap();
}

void around_zswap_full_only(struct stage *stage)
{
	around_zswap_only(stage);
	shrink_zswap();
}
