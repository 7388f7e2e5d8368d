/* SPDX-License-Identifier: MIT */
/*
 * cgroup v1 and v2 say the same things in different files.  (Linux:
 * mm/memcontrol.c, mm/memcontrol-v1.c, kernel/cgroup/cgroup.c and
 * cgroup-v1.c for the files that only the root group has or lacks.)
 */
#include "../base/text.h"
#include "dialect.h"

/* Without total_ the numbers leave out the groups below, which the usage
 * counts. */
static const struct mym__name stats_of_v1[MYM__STATS] = {
	[MYM__STAT_ACTIVE_FILE] = MYM__NAME("total_active_file"),
	[MYM__STAT_INACTIVE_FILE] = MYM__NAME("total_inactive_file"),
	[MYM__STAT_MAPPED_FILE] = MYM__NAME("total_mapped_file"),
	[MYM__STAT_SHMEM] = MYM__NAME("total_shmem"),
	[MYM__STAT_HIERARCHICAL_LIMIT] =
		MYM__NAME("hierarchical_memory_limit"),
	[MYM__STAT_HIERARCHICAL_MEMSW] =
		MYM__NAME("hierarchical_memsw_limit"),
	[MYM__STAT_SWAP] = MYM__NAME("total_swap"),
};

/* shmem is on the anonymous lists, so these leave it out. */
static const struct mym__name stats_of_v2[MYM__STATS] = {
	[MYM__STAT_ACTIVE_FILE] = MYM__NAME("active_file"),
	[MYM__STAT_INACTIVE_FILE] = MYM__NAME("inactive_file"),
	[MYM__STAT_SLAB_RECLAIMABLE] = MYM__NAME("slab_reclaimable"),
	[MYM__STAT_MAPPED_FILE] = MYM__NAME("file_mapped"),
	[MYM__STAT_SHMEM] = MYM__NAME("shmem"),
};

const struct mym__dialect mym__dialects[2] = {
	{
		.version = 1,
		.type = MYM__TEXT_INIT("cgroup"),
		.controller = MYM__TEXT_INIT("memory"),
		.limit = "memory.limit_in_bytes",
		.usage = "memory.usage_in_bytes",
		.stat = "memory.stat",
		.swap_limit = "memory.memsw.limit_in_bytes",
		.swap_usage = "memory.memsw.usage_in_bytes",
		.swap_with_memory = true,
		.events = "memory.oom_control",
		.hierarchy = "memory.use_hierarchy",
		.stats = stats_of_v1,
		.marker = "cgroup.procs",
		.root_only = "cgroup.sane_behavior",
		.conventional = { "/sys/fs/cgroup/memory" },
	},
	{
		.version = 2,
		.type = MYM__TEXT_INIT("cgroup2"),
		.limit = "memory.max",
		.high = "memory.high",
		.usage = "memory.current",
		.stat = "memory.stat",
		.swap_limit = "memory.swap.max",
		.swap_high = "memory.swap.high",
		.swap_usage = "memory.swap.current",
		.events = "memory.events",
		.pressure = "memory.pressure",
		.protection = "memory.min",
		.recursive = MYM__TEXT_INIT("memory_recursiveprot"), /* since 5.7 */
		.stats = stats_of_v2,
		.marker = "cgroup.controllers",
		.never_root = "cgroup.events",
		.conventional = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" },
	},
};
