/* SPDX-License-Identifier: MIT */
/* v1: a limit of a group above the mount, of memory or of memory and swap, shows
 * in memory.stat of the process's group. */
#include <errno.h>

#include "../answer/findings.h"
#include "../answer/merge.h"
#include "../base/parse.h"
#include "level.h"
#include "pass.h"

static void add(struct mym__pass *pass, int64_t limit, uint64_t none,
		const struct mym_constraint *visible, unsigned int count,
		const struct mym_constraint *own, int64_t used)
{
	struct mym_constraint *c;

	if (limit < 0 || mym__parse_unlimited(limit))
		return;
	for (unsigned int i = 0; i < count; i++) {
		if ((visible[i].valid & MYM_WANT_LIMIT) &&
		    visible[i].limit <= limit)
			return;
	}
	c = mym__pass_add(pass, MYM_KIND_CGROUP_HIDDEN, pass->places->hidden);
	c->limit = limit;
	c->reclaimable = own->reclaimable;
	c->shmem = own->shmem;
	c->valid = MYM_WANT_LIMIT | (own->valid & (MYM_WANT_RECLAIMABLE |
						   MYM_WANT_SHMEM));
	c->none = none;
	if (none & MYM_WANT_SWAP_AVAILABLE)
		pass->found->hidden_memsw = pass->found->count - 1;
	if (used >= 0) {
		c->used = used;
		c->valid |= MYM_WANT_USED;
	} else if (mym__pass_wants(pass, MYM_WANT_AVAILABLE)) {
		mym__pass_failed(pass, c, MYM_WANT_USED, -ENODATA);
		mym__known_facts(pass, c, pass->places->hidden);
	}
	mym__merge_headroom(c);
}

void mym__hidden_read(struct mym__pass *pass, const struct level *own)
{
	const struct mym__findings *found = pass->found;
	const unsigned int groups = pass->places->count;
	int64_t used = own->constraint->valid & MYM_WANT_USED ?
		       own->constraint->used : -1;

	if (own->hierarchical_limit < 0)
		pass->lost |= MYM__KIND(MYM_KIND_CGROUP_HIDDEN);
	add(pass, own->hierarchical_limit, MYM_WANT_HIGH, found->rows, groups,
	    own->constraint, used);
	add(pass, own->hierarchical_memsw,
	    MYM_WANT_HIGH | MYM_WANT_SWAP_AVAILABLE, found->rows + groups,
	    found->memsws, own->constraint, own->memsw_used);
}
