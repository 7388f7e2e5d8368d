/* SPDX-License-Identifier: MIT */
#include "file.h"
#include "swap.h"

static enum swap full_at(const struct report *report, uint64_t index,
			 struct facts *facts)
{
	const struct mym_constraint c = constraint_at(report, index);
	const bool host = c.kind == MYM_KIND_HOST;
	const bool v1 = report->snapshot.cgroup_version == 1;
	const uint64_t used = c.valid & MYM_WANT_SWAP_USED;
	enum swap found = SWAP_LEFT;

	facts->dir = path_at(report, index);
	facts->file = host ? NULL
		      : v1 ? "memory.memsw.limit_in_bytes"
			   : "memory.swap.max";
	if ((c.valid & MYM_WANT_SWAP_LIMIT) && c.swap_limit == 0)
		return host ? SWAP_NONE : SWAP_DENIED;
	if (used && (c.valid & MYM_WANT_SWAP_LIMIT) &&
	    c.swap_used >= c.swap_limit)
		return SWAP_FULL;
	if (used && (c.valid & MYM_WANT_SWAP_HIGH) &&
	    c.swap_used >= c.swap_high) {
		facts->file = "memory.swap.high";
		found = SWAP_HIGH;
	}
	return found;
}

/* Where swapping makes no room under the rule that is the tightest: that of a
 * group or of the machine says so for one of two reasons. */
static enum swap no_room(const struct report *report, struct facts *facts)
{
	const uint64_t by = report->snapshot.available_by;
	const struct mym_constraint c = constraint_at(report, by);
	const bool v1 = report->snapshot.cgroup_version == 1;

	facts->dir = path_at(report, by);
	facts->file = NULL;
	if (!(c.none & MYM_WANT_SWAP_AVAILABLE) ||
	    (c.kind > MYM_KIND_CGROUP_HIDDEN && c.kind != MYM_KIND_NUMA))
		return SWAP_NO_ROOM;
	facts->dir = v1 ? path_at(report, 0) : "/proc/sys/vm";
	facts->file = v1 ? "memory.swappiness" : "swappiness";
	if (number_in(report->sysroot, facts->dir, facts->file) == 0)
		return SWAPPINESS;
	facts->dir = path_at(report, 0);
	facts->file = NULL;
	return v1 ? SWAP_NO_ROOM : SWAP_KEPT;
}

enum swap find_swap(const struct report *report, struct facts *facts)
{
	const struct mym_snapshot *s = &report->snapshot;
	enum swap found;

	if (!(s->valid & MYM_WANT_SWAP_AVAILABLE))
		return SWAP_UNKNOWN;
	if (s->swap_available > 0)
		return SWAP_LEFT;
	/* The machine is the last: without any there, no group matters. */
	for (uint64_t i = 0; i < s->constraints; i++) {
		found = full_at(report,
				(i + s->constraints - 1) % s->constraints,
				facts);
		if (found != SWAP_LEFT)
			return found;
	}
	return no_room(report, facts);
}
