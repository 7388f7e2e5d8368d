/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "group.h"
#include "scene.h"
#include "text.h"

#define SMALL (2048 * MIB)
#define MB INT64_C(1000000)

#define ROOM (96 * MIB)
#define WIDE (512 * MIB)
#define FIRST 1000 /* to be killed */

const struct scene scenes[] = {
	{ "ramp-10", 0, FIRST, ROOM, 0, 10 * MB, 0, { 25, 60 }, { 1, 60 },
	  act_ramp, conduct_ramp },
	{ "ramp-40", 0, FIRST, ROOM, 0, 40 * MB, 0, { 25, 60 }, { 3, 60 },
	  act_ramp, conduct_ramp },
	{ "ramp-200", 0, FIRST, ROOM, 0, 200 * MB, 0, { 25, 60 }, { 3, 60 },
	  act_ramp, conduct_ramp },
	{ "ramp-1000", 0, FIRST, ROOM, 0, 1000 * MB, 0, { 25, 60 }, { 1, 60 },
	  act_ramp, conduct_ramp },
	/* That little is left is told before, and hides why else. */
	{ "swap-storm", NEEDS_SMALL | NEEDS_PSI, FIRST, ROOM, 0, 0,
	  MYM_PRESSURE_BY_PSI, { 3, 15 }, { 1, 10 }, act_swap, conduct_swap },
	{ "cache-churn", 0, FIRST, ROOM, 0, 0, 0, { 1, 30 }, { 1, 5 }, act_read,
	  conduct_nothing },
	{ "high-breach", NEEDS_V2 | NEEDS_GROUP, FIRST, 2 * ROOM, ROOM, 0, 0,
	  { 5, 4 }, { 1, 3 }, act_read, conduct_breach },
	{ "limit-changed", 0, FIRST, WIDE, 0, 0, 0, { 1, 60 }, { 1, 60 },
	  act_wait, conduct_limits },
	{ "sibling-kill", 0, 0, ROOM, 0, 0, 0, { 5, 30 }, { 1, 30 }, act_wait,
	  conduct_sibling },
	{ "long-churn", 0, FIRST, WIDE, 0, 0, 0, { 1, 300 }, { 1, 5 },
	  act_long, conduct_nothing },
	{ NULL },
};

const struct scene *scene_named(const char *name)
{
	const struct scene *scene = scenes;

	while (scene->name && strcmp(scene->name, name) != 0)
		scene++;
	return scene->name ? scene : NULL;
}

const char *scene_missing(const struct scene *scene, bool contained)
{
	const bool small = text_key("/proc/meminfo", "MemTotal") < SMALL;

	if (group_version() == 0)
		return "needs a memory control group";
	if ((scene->needs & NEEDS_V2) && group_version() != 2)
		return "needs memory.high of cgroup v2";
	if ((scene->needs & NEEDS_PSI) &&
	    access("/proc/pressure/memory", R_OK) < 0)
		return "needs PSI";
	if ((scene->needs & NEEDS_SMALL) && !small)
		return "swaps only on a machine with less than 2 GiB";
	if ((scene->needs & NEEDS_GROUP) && contained)
		return "not in a container";
	return NULL;
}
