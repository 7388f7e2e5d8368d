/* SPDX-License-Identifier: MIT */
/*
 * cgroup v1 and v2 say the same things in different files.  (Linux:
 * mm/memcontrol.c, mm/memcontrol-v1.c, kernel/cgroup/cgroup.c and
 * cgroup-v1.c for the files that only the root group has or lacks.)
 */
#include "../base/text.h"
#include "dialect.h"

const struct mym__dialect mym__dialects[2] = {
	{
		.version = 1,
		.type = "cgroup",
		.controller = "memory",
		.file = {
			[LEVEL_LIMIT] = "memory.limit_in_bytes",
			[LEVEL_USAGE] = "memory.usage_in_bytes",
			[LEVEL_STAT] = "memory.stat",
			[LEVEL_SWAP_LIMIT] = "memory.memsw.limit_in_bytes",
			[LEVEL_SWAP_USAGE] = "memory.memsw.usage_in_bytes",
			[LEVEL_EVENTS] = "memory.oom_control",
			[LEVEL_SELF] = ".",
		},
		.swap_with_memory = true,
		.hierarchy = "memory.use_hierarchy",
		.marker = "cgroup.procs",
		.root_only = "cgroup.sane_behavior",
		.conventional = { "/sys/fs/cgroup/memory" },
		/* Without total_ the numbers leave out the groups below, which
		 * the usage counts. */
		.stats = {
			[MYM__STAT_ACTIVE_FILE] = MYM__NAME("total_active_file"),
			[MYM__STAT_INACTIVE_FILE] =
				MYM__NAME("total_inactive_file"),
			[MYM__STAT_MAPPED_FILE] = MYM__NAME("total_mapped_file"),
			[MYM__STAT_SHMEM] = MYM__NAME("total_shmem"),
			[MYM__STAT_HIERARCHICAL_LIMIT] =
				MYM__NAME("hierarchical_memory_limit"),
			[MYM__STAT_HIERARCHICAL_MEMSW] =
				MYM__NAME("hierarchical_memsw_limit"),
			[MYM__STAT_SWAP] = MYM__NAME("total_swap"),
		},
	},
	{
		.version = 2,
		.type = "cgroup2",
		.file = {
			[LEVEL_LIMIT] = "memory.max",
			[LEVEL_HIGH] = "memory.high",
			[LEVEL_USAGE] = "memory.current",
			[LEVEL_STAT] = "memory.stat",
			[LEVEL_SWAP_LIMIT] = "memory.swap.max",
			[LEVEL_SWAP_HIGH] = "memory.swap.high",
			[LEVEL_SWAP_USAGE] = "memory.swap.current",
			[LEVEL_EVENTS] = "memory.events",
			[LEVEL_PRESSURE] = "memory.pressure",
			[LEVEL_SELF] = ".",
		},
		.protection = "memory.min",
		.recursive = "memory_recursiveprot", /* since 5.7 */
		.marker = "cgroup.controllers",
		.never_root = "cgroup.events",
		.conventional = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" },
		/* shmem is on the anonymous lists, so these leave it out. */
		.stats = {
			[MYM__STAT_ACTIVE_FILE] = MYM__NAME("active_file"),
			[MYM__STAT_INACTIVE_FILE] = MYM__NAME("inactive_file"),
			[MYM__STAT_SLAB_RECLAIMABLE] =
				MYM__NAME("slab_reclaimable"),
			[MYM__STAT_MAPPED_FILE] = MYM__NAME("file_mapped"),
			[MYM__STAT_SHMEM] = MYM__NAME("shmem"),
		},
	},
};
