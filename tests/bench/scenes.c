/* SPDX-License-Identifier: MIT */
/* The table of what is measured where. */
#include "row.h"

enum {
	DEPTH_1, DEPTH_4, DEPTH_16, DEPTH_64, THREADS,
	SCENES
};

#define DEPTH(levels) \
	.name = "depth " #levels, .enter = depth_enter, .number = (levels)

const struct scene scenes[SCENES + 1] = {
	[DEPTH_1] = { DEPTH(1),
		      .lists = { kernel_rows, raw_rows, simple_rows,
				 snapshot_rows, peer_rows, cold_rows } },
	[DEPTH_4] = { DEPTH(4), .lists = { depth_rows } },
	[DEPTH_16] = { DEPTH(16), .lists = { depth_rows } },
	[DEPTH_64] = { DEPTH(64), .lists = { depth_rows } },
	[THREADS] = { .name = "threads", .enter = thread_enter,
		      .lists = { thread_rows } },
};
