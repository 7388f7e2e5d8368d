/* SPDX-License-Identifier: MIT */
/* What reclaim gives back, and what it does not: slab.c, generations.c, dentries.c,
 * watermarks.c, protection.c. */
#ifndef MYM_RECLAIM_H
#define MYM_RECLAIM_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/nodes.h"
#include "pass.h"
#include "supply.h"

#pragma GCC visibility push(hidden)

/* Whether the slab that counts as reclaimable is never given back.  Asked once
 * for a whole pass and the light ones after it. */
bool mym__slab_kept(struct mym__pass *pass);
/* How much of it sockets and open files use, as far as that can be counted. */
int64_t mym__slab_pinned(struct mym__pass *pass);
/* Whether the multi-generational LRU is on, and whether it keeps what was used
 * lately. */
bool mym__generations(struct mym__pass *pass);
bool mym__generations_keep(struct mym__pass *pass);
/* How much of the machine's slab, or of some nodes', can be given back. */
int64_t mym__dentries_given(struct mym__pass *pass,
			    const struct mym__supply *supply);
/* What /proc/zoneinfo says of the machine, or of some nodes, which is the row. */
void mym__watermarks_read(struct mym__pass *pass, struct mym_constraint *row,
			  const struct mym__nodes *nodes, int64_t total,
			  struct mym__supply *supply);

#pragma GCC visibility pop

#endif
