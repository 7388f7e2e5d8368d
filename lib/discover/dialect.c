/* SPDX-License-Identifier: MIT */
/*
 * cgroup v1 and v2 say the same things in different files.  (Linux:
 * mm/memcontrol.c, mm/memcontrol-v1.c, kernel/cgroup/cgroup.c and
 * cgroup-v1.c for the files that only the root group has or lacks.)
 */
#include "../base/text.h"
#include "dialect.h"

const struct mym__dialect mym__dialect_v1 = {
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
	/* Without total_ the numbers leave out the groups below, which the
	 * usage counts. */
	.stats = {
		[MYM__STAT_ACTIVE_FILE] = MYM__TEXT_INIT("total_active_file"),
		[MYM__STAT_INACTIVE_FILE] = MYM__TEXT_INIT("total_inactive_file"),
		[MYM__STAT_MAPPED_FILE] = MYM__TEXT_INIT("total_mapped_file"),
		[MYM__STAT_SHMEM] = MYM__TEXT_INIT("total_shmem"),
		[MYM__STAT_HIERARCHICAL_LIMIT] =
			MYM__TEXT_INIT("hierarchical_memory_limit"),
		[MYM__STAT_HIERARCHICAL_MEMSW] =
			MYM__TEXT_INIT("hierarchical_memsw_limit"),
		[MYM__STAT_SWAP] = MYM__TEXT_INIT("total_swap"),
	},
	.marker = "cgroup.procs",
	.root_only = "cgroup.sane_behavior",
	.conventional = { "/sys/fs/cgroup/memory" },
	.lookalike = "/sys/fs/cgroup/memory",
};

const struct mym__dialect mym__dialect_v2 = {
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
	.descendants = "cgroup.stat", /* since 4.14 */
	.recursive = MYM__TEXT_INIT("memory_recursiveprot"), /* since 5.7 */
	/* shmem is on the anonymous lists, so these leave it out. */
	.stats = {
		[MYM__STAT_ACTIVE_FILE] = MYM__TEXT_INIT("active_file"),
		[MYM__STAT_INACTIVE_FILE] = MYM__TEXT_INIT("inactive_file"),
		[MYM__STAT_SLAB_RECLAIMABLE] = MYM__TEXT_INIT("slab_reclaimable"),
		[MYM__STAT_MAPPED_FILE] = MYM__TEXT_INIT("file_mapped"),
		[MYM__STAT_SHMEM] = MYM__TEXT_INIT("shmem"),
	},
	.marker = "cgroup.controllers",
	.never_root = "cgroup.events",
	.conventional = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" },
	.lookalike = "/sys/fs/cgroup",
};
