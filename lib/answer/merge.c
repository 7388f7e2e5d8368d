/* SPDX-License-Identifier: MIT */
/* Turns constraints into answers.  Pure: no I/O, no allocation, no errno. */
#include <stddef.h>

#include "../base/saturate.h"
#include "merge.h"

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Above memory.high the kernel throttles. */
int64_t mym__merge_bound(const struct mym_constraint *c)
{
	int64_t limit = c->valid & MYM_WANT_LIMIT ? c->limit : INT64_MAX;

	return c->valid & MYM_WANT_HIGH ? smaller(limit, c->high) : limit;
}

void mym__merge_headroom(struct mym_constraint *c)
{
	const uint64_t swap = MYM_WANT_SWAP_HIGH | MYM_WANT_SWAP_USED;
	int64_t left;

	/* Above memory.swap.high every allocation is made to wait
	 * (swap_find_max_overage() in mm/memcontrol.c), however much memory is
	 * left. */
	if ((c->valid & swap) == swap && c->swap_used > c->swap_high) {
		c->available = 0;
		c->valid |= MYM_WANT_AVAILABLE;
		return;
	}
	if (!(c->valid & (MYM_WANT_LIMIT | MYM_WANT_HIGH))) {
		if ((c->none & MYM_WANT_LIMIT) && !(c->failed & MYM_WANT_HIGH))
			c->none |= MYM_WANT_AVAILABLE;
		return;
	}
	if (!(c->valid & MYM_WANT_USED))
		return;
	/* What is not known to be reclaimable counts as used: a lower bound.
	 * The usage may be above the limit: it is charged in batches, and the
	 * limit may have been lowered. */
	left = mym__subtract(c->used, c->reclaimable);
	c->available = mym__subtract(mym__merge_bound(c), left);
	c->valid |= MYM_WANT_AVAILABLE;
}

/* The two usages were not read at the same moment: where nothing is swapped
 * out, a small difference does not count. */
void mym__merge_memsw(struct mym_constraint *memsw,
		      const struct mym_constraint *memory, int64_t swapped)
{
	int64_t more;

	mym__merge_headroom(memsw);
	if (!(memory->valid & MYM_WANT_USED) || swapped != 0 ||
	    !(memsw->valid & MYM_WANT_AVAILABLE))
		return;
	more = mym__subtract(memsw->used, memory->used);
	if (more <= 4 << 20)
		memsw->available = smaller(mym__add(memsw->available, more),
					   memsw->limit);
}

bool mym__merge_matters(const struct mym_constraint *c, int64_t part)
{
	int64_t counted = smaller(part, c->reclaimable);

	return (c->valid & MYM_WANT_AVAILABLE) &&
	       (c->valid & (MYM_WANT_LIMIT | MYM_WANT_HIGH)) &&
	       counted > 4 << 20 && counted > mym__merge_bound(c) / 50;
}

void mym__merge_pinned(struct mym_constraint *c, int64_t slab, int64_t pinned)
{
	c->reclaimable = mym__subtract(c->reclaimable,
				       smaller(smaller(slab, c->reclaimable),
					       pinned));
	mym__merge_headroom(c);
}

/* Reclaim on behalf of a group above leaves this one its minimum. */
int64_t mym__merge_protected(int64_t minimum, int64_t used, int64_t reclaimable)
{
	int64_t taken = smaller(reclaimable, mym__subtract(used, minimum));

	return reclaimable - taken;
}

/* effective_protection() in mm/memcontrol.c: what a group gets of its parent's
 * protection if all children together claim more than that. */
int64_t mym__merge_share(int64_t claim, int64_t whole, int64_t claims)
{
	const int64_t fits = INT64_C(1) << 31;

	if (claims <= whole)
		return claim;
	while (claims >= fits) {
		claims /= 2;
		claim /= 2;
	}
	return whole / claims * claim + whole % claims * claim / claims;
}

/*
 * __vm_enough_memory() refuses what exceeds the limit less the admin reserve
 * less min(total_vm / 32, user_reserve).  total_vm grows with each allocation:
 * for x bytes in total, x + min((vm_size + x) / 32, user_reserve) <= left.
 */
int64_t mym__merge_commit(int64_t limit, int64_t committed,
			  int64_t admin_reserve, int64_t user_reserve,
			  int64_t vm_size)
{
	int64_t left = mym__subtract(mym__subtract(limit, committed),
				     admin_reserve);
	int64_t capped = mym__subtract(left, user_reserve);
	int64_t growing = mym__multiply(left, 32);

	growing = mym__subtract(growing, vm_size) / 33;
	return growing > capped ? growing : capped;
}

static int64_t value(const struct mym_constraint *c, size_t offset)
{
	return *(const int64_t *)(const void *)((const char *)c + offset);
}

/* The constraint with the smallest value of a fact; the machine wins ties, then
 * the nearest group. */
static const struct mym_constraint *
smallest(const struct mym_constraint *c, unsigned int count, uint64_t bit,
	 size_t member)
{
	const struct mym_constraint *best = NULL;

	for (unsigned int i = 0; i < count; i++) {
		if (!(c[i].valid & bit))
			continue;
		if (!best || value(&c[i], member) < value(best, member) ||
		    (value(&c[i], member) == value(best, member) &&
		     c[i].kind == MYM_KIND_HOST))
			best = &c[i];
	}
	return best;
}
#define SMALLEST(c, count, bit, member) \
	smallest(c, count, bit, offsetof(struct mym_constraint, member))

static void merge_limit(const struct mym_constraint *c, unsigned int count,
			struct mym_snapshot *out)
{
	const uint64_t parts = MYM_WANT_USED | MYM_WANT_RECLAIMABLE |
			       MYM_WANT_SHMEM;
	const struct mym_constraint *by;

	by = SMALLEST(c, count, MYM_WANT_LIMIT, limit);
	if (!by)
		return;
	out->limit = by->limit;
	out->limit_by = (uint64_t)(by - c);
	out->used = by->used;
	out->reclaimable = by->reclaimable;
	out->shmem = by->shmem;
	out->valid |= MYM_WANT_LIMIT | (by->valid & parts);
}

static void merge_available(const struct mym_constraint *c, unsigned int count,
			    struct mym_snapshot *out)
{
	const struct mym_constraint *by;

	by = SMALLEST(c, count, MYM_WANT_AVAILABLE, available);
	if (!by)
		return;
	out->available = by->available;
	out->available_by = (uint64_t)(by - c);
	out->valid |= MYM_WANT_AVAILABLE;
	/* The constraint with the smallest limit may have an unknown usage. */
	if ((out->valid & MYM_WANT_LIMIT) && out->available > out->limit) {
		out->available = out->limit;
		out->available_by = out->limit_by;
	}
}

static void merge_high(const struct mym_constraint *c, unsigned int count,
		       struct mym_snapshot *out)
{
	const struct mym_constraint *by;

	by = SMALLEST(c, count, MYM_WANT_HIGH, high);
	if (by) {
		out->high = by->high;
		out->valid |= MYM_WANT_HIGH;
		return;
	}
	for (unsigned int i = 0; i < count; i++) {
		if (c[i].failed & MYM_WANT_HIGH)
			return;
	}
	out->none |= MYM_WANT_HIGH;
}

/* Each level has a limit of its own for swap, and so has the machine. */
int64_t mym__merge_swap_left(const struct mym_constraint *c, unsigned int count)
{
	int64_t least = -1;

	for (unsigned int i = 0; i < count; i++) {
		int64_t most = INT64_MAX, left;

		if (c[i].valid & MYM_WANT_SWAP_LIMIT)
			most = c[i].swap_limit;
		if (c[i].valid & MYM_WANT_SWAP_HIGH)
			most = smaller(most, c[i].swap_high);
		if (most == INT64_MAX || !(c[i].valid & MYM_WANT_SWAP_USED))
			continue;
		left = mym__subtract(most, c[i].swap_used);
		if (least < 0 || left < least)
			least = left;
	}
	return least;
}

/* The most that can be had with `left` bytes of swap. */
static int64_t most_with_swap(const struct mym_constraint *c, unsigned int count,
			      int64_t left)
{
	int64_t most = INT64_MAX;

	for (unsigned int i = 0; i < count; i++) {
		bool helps = !(c[i].none & MYM_WANT_SWAP_AVAILABLE);

		if (c[i].valid & MYM_WANT_AVAILABLE)
			most = smaller(most, mym__add(c[i].available,
						      helps ? left : 0));
	}
	return most;
}

/* Called after merge_available(): swap comes on top of what is available. */
static void merge_swap(const struct mym_constraint *c, unsigned int count,
		       struct mym_snapshot *out)
{
	const struct mym_constraint *by;
	int64_t left;

	by = SMALLEST(c, count, MYM_WANT_SWAP_LIMIT, swap_limit);
	if (!by)
		return;
	out->swap_limit = by->swap_limit;
	out->valid |= MYM_WANT_SWAP_LIMIT;
	left = mym__merge_swap_left(c, count);
	if (left < 0)
		return;
	if (out->valid & MYM_WANT_AVAILABLE)
		left = smaller(left, mym__subtract(most_with_swap(c, count, left),
						   out->available));
	out->swap_available = smaller(left, out->swap_limit);
	out->valid |= MYM_WANT_SWAP_AVAILABLE;
}

void mym__merge(const struct mym_constraint *constraints, unsigned int count,
		struct mym_snapshot *out)
{
	merge_limit(constraints, count, out);
	merge_available(constraints, count, out);
	merge_high(constraints, count, out);
	merge_swap(constraints, count, out);
}
