/* SPDX-License-Identifier: MIT */
/* The findings of a pass, from which answers are made. */
#ifndef MYM_FINDINGS_H
#define MYM_FINDINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "mymem.h"

#include "../base/nodes.h"
#include "../discover/places.h"

/* Pressure stall information. */
struct mym__psi {
	int scope; /* MYM_SCOPE_*; 0: none */
	uint64_t valid;
	int64_t some, full;
	int64_t total[2]; /* of some and full, in microseconds; < 0: unknown */
};
/* That of the process's group or of the machine, and the worst of the limited
 * groups above. */
enum { MYM__PSI_OWN, MYM__PSI_ABOVE, MYM__PSIS };

/* What is asked at most once. */
enum mym__asked { MYM__NOT_ASKED, MYM__ASKED_NO, MYM__ASKED_YES };

/* The bit of a MYM_KIND_*. */
#define MYM__KIND(kind) (UINT64_C(1) << (kind))

/* The most constraints of each visible group, and of all else. */
#define MYM__CONSTRAINTS_EACH 2
#define MYM__CONSTRAINTS_EXTRA 9

/* What is known of the slab, for slab.c and dentries.c: what was read last stays
 * where it cannot be read again. */
struct mym__slab {
	bool asked_kept, asked_pinned; /* in this pass, or the last whole one */
	bool kept;
	int64_t pinned;
	int64_t dentries, unused; /* 0: unknown */
};

/* What one pass has found: its constraints, the facts besides, and what the
 * next light pass takes from it. */
struct mym__findings {
	struct mym_constraint *rows;
	const char **paths; /* of the rows */
	unsigned int count; /* how many there are */
	unsigned int memsws; /* rows of memory and swap, after the groups' */
	/* Which row is the hidden limit of memory and swap; 0: none. */
	unsigned int hidden_memsw;
	uint64_t want;  /* MYM_WANT_* bits: what was read */
	uint64_t flags; /* MYM_FLAG_* */
	uint64_t kinds; /* bit MYM_KIND_*: there is such a row */
	int64_t host_total; /* 0: unknown */
	int64_t host_available; /* MemAvailable; < 0: unknown */
	int64_t oom_kills;	/* < 0: unknown */
	bool swap_stays; /* what is swapped out may stay in memory */
	bool swap_asked; /* this is known, and under which rows swapping helps */
	uint64_t bare; /* bit i: nothing below place i has a memory.min */
	struct mym__slab slab;
	/* The nodes that were allowed when that was known last, or none. */
	struct mym__nodes nodes;
	/* How far the machine's available memory may be below what is free;
	 * INT64_MAX: unknown. */
	int64_t reserve;
	struct mym__psi psi[MYM__PSIS];
};

#endif
