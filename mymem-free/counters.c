/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "counters.h"
#include "file.h"
#include "size.h"

static char text[FILE_MAX];

static bool read_of(const struct report *report, const char *dir,
		    const char *name)
{
	return read_file_in(report->sysroot, dir, name, text) == 0;
}

/* The kernel kills only where it wants up to eight pages (2^3, see
 * PAGE_ALLOC_COSTLY_ORDER) and cannot have them. */
#define WANTED (8 * 4096)

/* failcnt does not always tell: where the limits of memory and of memory and swap
 * are the same, as Docker sets them without swap, Linux 6.18 counts neither. */
static bool was_full(const struct report *report, const char *dir,
		     const char *limit, const char *peak, int64_t *bytes)
{
	*bytes = number_in(report->sysroot, dir, limit);
	return *bytes >= 0 &&
	       number_in(report->sysroot, dir, peak) >= *bytes - WANTED;
}

static void count_v1(const struct report *report, struct counters *c)
{
	int64_t together;

	/* Since Linux 4.13. */
	c->killed = c->killed_here =
		read_of(report, c->path, "memory.oom_control") ?
		number_after(text, "oom_kill") : -1;
	c->reached = number_in(report->sysroot, c->path, "memory.failcnt");
	c->peak = number_in(report->sysroot, c->path,
			    "memory.max_usage_in_bytes");
	c->was_full = was_full(report, c->path, "memory.limit_in_bytes",
			       "memory.max_usage_in_bytes", &together);
	if (!c->was_full &&
	    was_full(report, c->path, "memory.memsw.limit_in_bytes",
		     "memory.memsw.max_usage_in_bytes", &together)) {
		c->was_full = true;
		c->file = "memory.memsw.limit_in_bytes";
		c->limit = together;
	}
}

static void count_v2(const struct report *report, struct counters *c)
{
	if (read_of(report, c->path, "memory.events")) {
		c->killed = number_after(text, "oom_kill");
		c->whole_group = number_after(text, "oom_group_kill");
		c->gave_up = number_after(text, "oom");
		c->reached = number_after(text, "max");
		c->throttled = number_after(text, "high");
	}
	/* Since Linux 5.2: without what happened below. */
	if (read_of(report, c->path, "memory.events.local")) {
		c->killed_here = number_after(text, "oom_kill");
		c->gave_up = number_after(text, "oom");
		c->reached = number_after(text, "max");
		c->throttled = number_after(text, "high");
	}
	c->peak = number_in(report->sysroot, c->path, "memory.peak");
	c->kills_all = number_in(report->sysroot, c->path, "memory.oom.group") == 1;
}

struct counters counters_of(const struct report *report, uint64_t index)
{
	const struct mym_constraint constraint = constraint_at(report, index);
	struct counters c = {
		.path = path_at(report, index), .file = limit_file(report),
		.limit_bits = constraint.valid, .limit = constraint.limit,
		.killed = -1, .killed_here = -1, .whole_group = -1, .gave_up = -1, .reached = -1,
		.throttled = -1, .peak = -1,
	};

	if (report->snapshot.cgroup_version == 1)
		count_v1(report, &c);
	else
		count_v2(report, &c);
	return c;
}

/* In v1 a group does not count that it gave up, but that it reached its limit. */
bool is_guilty(const struct report *report, const struct counters *c)
{
	return report->snapshot.cgroup_version == 1 ?
	       (c->limit_bits & MYM_WANT_LIMIT) &&
	       (c->reached > 0 || c->was_full) :
	       c->gave_up > 0;
}

int64_t kills_of_machine(const char *sysroot)
{
	return read_file(sysroot, "/proc/vmstat", text) == 0 ?
	       number_after(text, "oom_kill") : -1;
}
