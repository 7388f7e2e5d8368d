/* SPDX-License-Identifier: MIT */
/* v1: a limit of a group above the mount, of memory or of memory and swap, shows
 * in memory.stat of the process's group. */
#include "../answer/findings.h"
#include "../answer/merge.h"
#include "../base/parse.h"
#include "level.h"
#include "pass.h"

static struct mym_constraint *
add(struct mym__pass *pass, int64_t limit,
	   const struct mym_constraint *visible, unsigned int count,
	   const struct mym_constraint *own, int64_t used)
{
	struct mym_constraint *c;

	if (limit < 0 || mym__parse_unlimited(limit))
		return NULL;
	for (unsigned int i = 0; i < count; i++) {
		if ((visible[i].valid & MYM_WANT_LIMIT) &&
		    visible[i].limit <= limit)
			return NULL;
	}
	c = mym__pass_add(pass, MYM_KIND_CGROUP_HIDDEN, pass->places->hidden);
	c->limit = limit;
	c->reclaimable = own->reclaimable;
	c->shmem = own->shmem;
	c->valid = MYM_WANT_LIMIT | (own->valid & (MYM_WANT_RECLAIMABLE |
						   MYM_WANT_SHMEM));
	c->none = MYM_WANT_HIGH;
	if (used >= 0) {
		c->used = used;
		c->valid |= MYM_WANT_USED;
	}
	mym__merge_headroom(c);
	return c;
}

void mym__hidden_read(struct mym__pass *pass, const struct level *own)
{
	const struct mym__findings *found = pass->found;
	const unsigned int groups = pass->places->count;
	int64_t used = own->constraint->valid & MYM_WANT_USED ?
		       own->constraint->used : -1;
	struct mym_constraint *memsw;

	if (own->hierarchical_limit < 0)
		pass->lost |= MYM__KIND(MYM_KIND_CGROUP_HIDDEN);
	add(pass, own->hierarchical_limit, found->rows, groups,
		   own->constraint, used);
	memsw = add(pass, own->hierarchical_memsw, found->rows + groups,
			   found->memsws, own->constraint, own->memsw_used);
	if (memsw)
		memsw->none |= MYM_WANT_SWAP_AVAILABLE;
}
