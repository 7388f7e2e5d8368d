/* SPDX-License-Identifier: MIT */
/* What is known to end badly: whether it is so here, and by which numbers. */
#ifndef MYMEM_FREE_SYMPTOMS_H
#define MYMEM_FREE_SYMPTOMS_H

#include "mymem-free.h"
#include "sentence.h"

/* A look at the machine for one of them, and what it has found. */
struct look {
	struct facts facts;
	const struct report *report;
	uint64_t next; /* rule to look at */
	struct mym_constraint rule;
};

bool was_killed(struct look *l);
bool is_committed(struct look *l);
bool is_throttled(struct look *l);
bool may_not_swap(struct look *l);
bool is_reserved(struct look *l);
bool is_tmpfs(struct look *l);
bool is_small_shm(struct look *l);
bool is_slab(struct look *l);
bool keeps_slab(struct look *l);
bool keeps_times(struct look *l);
bool is_rlimited(struct look *l);
bool is_limited_above(struct look *l);
bool is_blind(struct look *l);
bool keeps_free(struct look *l);
bool wakes_early(struct look *l);
bool has_no_swap(struct look *l);
bool is_swapped(struct look *l);
bool is_zram(struct look *l);
bool has_swappiness_0(struct look *l);
bool kills_all(struct look *l);
bool has_pool(struct look *l);
bool has_no_controller(struct look *l);
bool has_cma(struct look *l);
bool is_set_aside(struct look *l);
bool never_kills(struct look *l);

#endif
