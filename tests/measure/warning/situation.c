/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "group.h"
#include "kernel-file.h"
#include "situation.h"
#include "units.h"

#define SMALL (2048 * MIB)
#define MB INT64_C(1000000)

#define ROOM (96 * MIB)
#define WIDE (512 * MIB)
#define OWN (64 * MIB)
#define ABOVE (256 * MIB)
/* What it takes to get there is no trouble yet. */
#define STEADY (MYM_PRESSURE_BY_HEADROOM | MYM_PRESSURE_BY_PSI | \
		MYM_PRESSURE_BY_EVENTS)
#define FIRST 1000 /* to be killed */

const struct situation situations[] = {
	{ .name = "ramp-10", .score = FIRST, .limit = ROOM, .rate = 10 * MB,
	  .full = { 25, 60 }, .quick = { 1, 60 }, .inside = inside_ramp,
	  .outside = outside_ramp },
	{ .name = "ramp-40", .score = FIRST, .limit = ROOM, .rate = 40 * MB,
	  .full = { 25, 60 }, .quick = { 3, 60 }, .inside = inside_ramp,
	  .outside = outside_ramp },
	{ .name = "ramp-200", .score = FIRST, .limit = ROOM, .rate = 200 * MB,
	  .full = { 25, 60 }, .quick = { 3, 60 }, .inside = inside_ramp,
	  .outside = outside_ramp },
	{ .name = "ramp-1000", .score = FIRST, .limit = ROOM,
	  .rate = 1000 * MB, .full = { 25, 60 }, .quick = { 1, 60 },
	  .inside = inside_ramp, .outside = outside_ramp },
	/* What others fill, while our own group has room. */
	{ .name = "above-100", .needs = NEEDS_GROUP, .limit = OWN,
	  .above = ABOVE, .rate = 100 * MB, .full = { 25, 60 },
	  .quick = { 0, 0 }, .inside = inside_wait, .outside = outside_hog },
	{ .name = "above-200", .needs = NEEDS_GROUP, .limit = OWN,
	  .above = ABOVE, .rate = 200 * MB, .full = { 25, 60 },
	  .quick = { 3, 60 }, .inside = inside_wait, .outside = outside_hog },
	{ .name = "above-400", .needs = NEEDS_GROUP, .limit = OWN,
	  .above = ABOVE, .rate = 400 * MB, .full = { 25, 60 },
	  .quick = { 0, 0 }, .inside = inside_wait, .outside = outside_hog },
	{ .name = "machine-100", .needs = NEEDS_GROUP | NEEDS_SMALL,
	  .limit = OWN, .rate = 100 * MB, .full = { 9, 60 },
	  .quick = { 0, 0 }, .inside = inside_wait, .outside = outside_hog },
	{ .name = "machine-200", .needs = NEEDS_GROUP | NEEDS_SMALL,
	  .limit = OWN, .rate = 200 * MB, .full = { 9, 60 },
	  .quick = { 2, 60 }, .inside = inside_wait, .outside = outside_hog },
	{ .name = "machine-400", .needs = NEEDS_GROUP | NEEDS_SMALL,
	  .limit = OWN, .rate = 400 * MB, .full = { 9, 60 },
	  .quick = { 0, 0 }, .inside = inside_wait, .outside = outside_hog },
	{ .name = "sawtooth", .score = FIRST, .limit = ROOM,
	  .full = { 1, 60 }, .quick = { 1, 6 }, .inside = inside_tooth,
	  .outside = outside_nothing },
	{ .name = "packed-start", .score = FIRST, .limit = ROOM,
	  .full = { 25, 2 }, .quick = { 2, 2 }, .inside = inside_pack,
	  .outside = outside_nothing },
	/* Before the disk is full of the big file. */
	{ .name = "copy", .needs = NEEDS_FILE, .score = FIRST,
	  .limit = ROOM, .full = { 3, 20 }, .quick = { 1, 5 },
	  .inside = inside_copy, .outside = outside_nothing },
	/* That little is left is told before, and hides why else. */
	{ .name = "swap-storm", .needs = NEEDS_SMALL | NEEDS_PSI,
	  .score = FIRST, .limit = ROOM, .rules = MYM_PRESSURE_BY_PSI,
	  .full = { 3, 15 }, .quick = { 1, 10 }, .inside = inside_swap,
	  .outside = outside_swap },
	{ .name = "cache-churn", .needs = NEEDS_FILE, .score = FIRST,
	  .limit = ROOM, .full = { 1, 30 }, .quick = { 1, 5 },
	  .inside = inside_read, .outside = outside_nothing },
	{ .name = "build", .needs = NEEDS_FILE, .score = FIRST, .limit = WIDE,
	  .full = { 1, 60 }, .quick = { 1, 5 }, .inside = inside_build,
	  .outside = outside_nothing },
	{ .name = "reread", .needs = NEEDS_FILE, .score = FIRST,
	  .limit = ROOM, .rules = STEADY, .full = { 5, 15 },
	  .quick = { 1, 8 }, .inside = inside_reread,
	  .outside = outside_reread },
	{ .name = "reread-machine",
	  .needs = NEEDS_FILE | NEEDS_GROUP | NEEDS_SMALL,
	  .score = FIRST, .rate = 50 * MB, .rules = STEADY,
	  .full = { 5, 20 },
	  .quick = { 1, 10 }, .inside = inside_reread,
	  .outside = outside_reread },
	{ .name = "high-breach", .needs = NEEDS_V2 | NEEDS_GROUP | NEEDS_FILE,
	  .score = FIRST, .limit = 2 * ROOM, .high = ROOM, .counts = "high",
	  .level = MYM_PRESSURE_LOW, .full = { 5, 30 }, .quick = { 1, 30 },
	  .inside = inside_read, .outside = outside_counted },
	{ .name = "high-throttle", .needs = NEEDS_V2 | NEEDS_GROUP,
	  .score = FIRST, .limit = 2 * ROOM, .high = ROOM, .rate = 100 * MB,
	  .full = { 5, 8 }, .quick = { 1, 5 }, .inside = inside_ramp,
	  .outside = outside_throttle },
	/* Sockets have to wait where reclaim finds little. */
	{ .name = "sock-throttle",
	  .needs = NEEDS_V2 | NEEDS_GROUP | NEEDS_FILE | NEEDS_SOCKETS,
	  .score = FIRST, .limit = ROOM, .rules = MYM_PRESSURE_BY_EVENTS,
	  .counts = "sock_throttled", .level = MYM_PRESSURE_MEDIUM,
	  .full = { 5, 30 }, .quick = { 1, 30 }, .inside = inside_sockets,
	  .outside = outside_counted },
	{ .name = "limit-changed", .score = FIRST, .limit = WIDE,
	  .full = { 1, 50 }, .quick = { 1, 15 }, .inside = inside_wait,
	  .outside = outside_limits },
	{ .name = "sibling-kill", .limit = ROOM, .full = { 5, 30 },
	  .quick = { 1, 30 }, .inside = inside_wait,
	  .outside = outside_sibling },
	{ .name = "long-churn", .needs = NEEDS_FILE, .score = FIRST,
	  .limit = WIDE, .full = { 1, 300 }, .quick = { 1, 5 },
	  .inside = inside_long, .outside = outside_nothing },
	{ NULL },
};

const struct situation *situation_named(const char *name)
{
	const struct situation *situation = situations;

	while (situation->name && strcmp(situation->name, name) != 0)
		situation++;
	return situation->name ? situation : NULL;
}

const char *situation_missing(const struct situation *situation, bool contained)
{
	const bool small = kernel_key("/proc/meminfo", "MemTotal") < SMALL;
	struct utsname kernel;

	if (group_version() == 0)
		return "needs a memory control group";
	if ((situation->needs & NEEDS_V2) && group_version() != 2)
		return "needs memory.high of cgroup v2";
	if ((situation->needs & NEEDS_PSI) &&
	    access("/proc/pressure/memory", R_OK) < 0)
		return "needs PSI";
	if ((situation->needs & NEEDS_SMALL) && !small)
		return "swaps only on a machine with less than 2 GiB";
	if (situation->needs & NEEDS_SOCKETS) {
		uname(&kernel);
		if (atoi(kernel.release) < 7)
			return "needs Linux 7";
	}
	if ((situation->needs & NEEDS_GROUP) && contained)
		return "not in a container";
	return NULL;
}
