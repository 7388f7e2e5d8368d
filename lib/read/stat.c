/* SPDX-License-Identifier: MIT */
/* memory.stat of a group: what can be reclaimed of it, and more. */
#include "../base/lines.h"
#include "../base/parse.h"
#include "../base/saturate.h"
#include "../discover/dialect.h"
#include "pass.h"
#include "reclaim.h"
#include "stat.h"

_Static_assert((int)MYM__STATS <= MYM__FILE_KEYS, "room for where they are");

int mym__stat_read(struct mym__pass *pass, struct mym__open open,
		     uint64_t others, struct mym__usage *usage)
{
	const uint64_t file = 1 << MYM__STAT_ACTIVE_FILE |
			      1 << MYM__STAT_INACTIVE_FILE;
	const uint64_t parts = file | 1 << MYM__STAT_SLAB_RECLAIMABLE;
	int64_t *stats = usage->stats;
	struct mym__keys keys = {
		.names = pass->places->dialect->stats,
		.count = MYM__STATS,
		.wanted = parts | others,
		.at = open.file ? open.file->at : NULL,
		.values = stats,
	};
	int r;

	*usage = (struct mym__usage){ 0 };
	r = mym__pass_keys(pass, open, &keys);
	if (r < 0)
		return r;
	usage->seen = keys.seen;
	usage->broken = keys.broken;
	if (stats[MYM__STAT_SLAB_RECLAIMABLE] > 0 && mym__slab_kept(pass))
		stats[MYM__STAT_SLAB_RECLAIMABLE] = 0;
	usage->reclaimable = mym__add(mym__add(stats[MYM__STAT_ACTIVE_FILE],
					       stats[MYM__STAT_INACTIVE_FILE]),
				      stats[MYM__STAT_SLAB_RECLAIMABLE]);
	return (keys.broken & parts) || !(keys.seen & file) ? 1 : 0;
}
