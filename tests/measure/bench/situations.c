/* SPDX-License-Identifier: MIT */
/* The table of what is measured where. */
#include "row.h"

enum {
	DEPTH_1, DEPTH_4, DEPTH_16, DEPTH_64, WATCH, THREADS,
	STATMOUNT_50, STATMOUNT_10000, LIBMOUNT_50, LIBMOUNT_10000, READER_50,
	READER_10000, DIRTY_1, DIRTY_100, DIRTY_1000, SIBLINGS_1, SIBLINGS_10,
	SIBLINGS_100, SIBLINGS_1000, NUMA_1, NUMA_8, NUMA_64, SPARSE, START_UP,
	SITUATIONS
};

#define DEPTH(levels) \
	.name = "depth " #levels, .enter = depth_enter, .number = (levels)
#define MOUNTS(mounts, how) \
	.name = mounts " mounts, " how, .enter = mounts_enter
#define DIRTY(count, siblings) \
	.name = #count " dirty " siblings, .enter = dirty_enter, \
	.number = (count), .lists = { dirty_rows }
#define SIBLINGS(count, groups) \
	.name = #count " " groups " below a limit", .enter = siblings_enter, \
	.number = (count), .lists = { siblings_rows, look_rows }

#define NUMA(count, all) \
	.name = #count " of " #all " NUMA nodes", .enter = numa_enter, \
	.number = (count), .lists = { numa_rows }

const struct situation situations[SITUATIONS + 1] = {
	[DEPTH_1] = { DEPTH(1),
		      .lists = { kernel_rows, raw_rows, simple_rows,
				 snapshot_rows, first_rows, peer_rows,
				 cold_rows } },
	[DEPTH_4] = { DEPTH(4), .lists = { depth_rows } },
	[DEPTH_16] = { DEPTH(16), .lists = { depth_rows } },
	[DEPTH_64] = { DEPTH(64), .lists = { depth_rows } },
	[WATCH] = { .name = "watch", .enter = watch_enter,
		    .lists = { look_rows, watch_rows, idle_rows } },
	[THREADS] = { .name = "threads", .enter = thread_enter,
		      .lists = { thread_rows } },
	[STATMOUNT_50] = { MOUNTS("50", "statmount"), .number = 50,
			   .lists = { statmount_rows } },
	[STATMOUNT_10000] = { MOUNTS("10000", "statmount"), .number = 10000,
			      .lists = { statmount_rows } },
	/* In the same namespaces, without statmount(2); 1: with libmount. */
	[LIBMOUNT_50] = { MOUNTS("50", "libmount"), .number = 1,
			  .lists = { mountinfo_rows },
			  .beside = &situations[STATMOUNT_50] },
	[LIBMOUNT_10000] = { MOUNTS("10000", "libmount"), .number = 1,
			     .lists = { mountinfo_rows },
			     .beside = &situations[STATMOUNT_10000] },
	[READER_50] = { MOUNTS("50", "own reader"), .number = 0,
			.lists = { mountinfo_rows },
			.beside = &situations[STATMOUNT_50] },
	[READER_10000] = { MOUNTS("10000", "own reader"), .number = 0,
			   .lists = { mountinfo_rows },
			   .beside = &situations[STATMOUNT_10000] },
	[DIRTY_1] = { DIRTY(1, "sibling") },
	[DIRTY_100] = { DIRTY(100, "siblings") },
	[DIRTY_1000] = { DIRTY(1000, "siblings") },
	[SIBLINGS_1] = { SIBLINGS(1, "group") },
	[SIBLINGS_10] = { SIBLINGS(10, "groups") },
	[SIBLINGS_100] = { SIBLINGS(100, "groups") },
	[SIBLINGS_1000] = { SIBLINGS(1000, "groups") },
	[NUMA_1] = { NUMA(1, 2) },
	[NUMA_8] = { NUMA(8, 9) },
	[NUMA_64] = { NUMA(64, 65) },
	[SPARSE] = { .name = "sparse callers", .enter = sparse_enter,
		     .lists = { sparse_rows } },
	[START_UP] = { .name = "start-up", .lists = { start_rows } },
};
