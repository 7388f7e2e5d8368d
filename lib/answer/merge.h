/* SPDX-License-Identifier: MIT */
/* Turns constraints into answers.  Pure. */
#ifndef MYM_MERGE_H
#define MYM_MERGE_H

#include <stdbool.h>
#include <stdint.h>

#include "mymem.h"

#include "../base/compiler.h"

#pragma GCC visibility push(hidden)

/* What a group may use before it is throttled or killed. */
int64_t mym__merge_bound(const struct mym_constraint *constraint);
/* Sets what is left of a constraint's limit. */
void mym__merge_headroom(struct mym_constraint *constraint);
/* The same for memory and swap together, in a group that has `swapped` bytes in
 * swap. */
void mym__merge_memsw(struct mym_constraint *memsw,
		      const struct mym_constraint *memory, int64_t swapped);
/* Whether `part` is so large that it matters if reclaim cannot get it. */
bool mym__merge_matters(const struct mym_constraint *c, int64_t part);
/* Subtracts the slab that cannot be given back. */
void mym__merge_pinned(struct mym_constraint *c, int64_t slab, int64_t pinned);
/* How much of a group's reclaimable memory memory.min protects. */
int64_t mym__merge_protected(int64_t minimum, int64_t used,
			     int64_t reclaimable);
/* A group's share of the protection that its parent has. */
int64_t mym__merge_share(int64_t claim, int64_t whole, int64_t claims);
/* What overcommit mode 2 leaves to a process. */
int64_t mym__merge_commit(int64_t limit, int64_t committed,
			  int64_t admin_reserve, int64_t user_reserve,
			  int64_t vm_size);
/* How much more can be swapped out under all limits; < 0: unknown. */
int64_t mym__merge_swap_left(const struct mym_constraint *constraints,
			     unsigned int count);
MYM__NONNULL
void mym__merge(const struct mym_constraint *constraints, unsigned int count,
		struct mym_snapshot *out);

#pragma GCC visibility pop

#endif
