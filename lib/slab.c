/* SPDX-License-Identifier: MIT */
/*
 * Whether dentries and inodes are ever given back: vm.vfs_cache_pressure.  At 0
 * super_cache_count() in fs/super.c offers reclaim none of them, neither under
 * the limit of a group nor when the machine runs out.  They are nearly all of
 * the slab that counts as reclaimable.
 */
#include "internal.h"

bool mym__slab_kept(struct mym__pass *pass)
{
	struct mym__table *table = pass->table;
	struct mym__open open;
	int64_t pressure;

	if (!table->slab_known) {
		open = mym__pass_once(pass, "/proc/sys/vm/vfs_cache_pressure");
		/* The kernel's default, where /proc does not tell, is 100. */
		table->slab_kept = mym__pass_amount(pass, open, &pressure) == 0 &&
				   pressure == 0;
		table->slab_known = true;
	}
	return table->slab_kept;
}
