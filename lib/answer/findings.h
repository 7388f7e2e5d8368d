/* SPDX-License-Identifier: MIT */
/* What passes have found, for those who answer. */
#ifndef MYM_FINDINGS_H
#define MYM_FINDINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "mymem.h"

#include "../discover/places.h"

/* Pressure stall information. */
struct mym__psi {
	int scope; /* MYM_SCOPE_*; 0: none */
	uint64_t valid;
	int64_t some, full;
	int64_t total[2]; /* of both, in microseconds; < 0: unknown */
};
/* That of the process's group or of the machine, and the worst of the limited
 * groups above. */
enum { MYM__PSI_OWN, MYM__PSI_ABOVE, MYM__PSIS };

/* What is asked at most once. */
enum mym__asked { MYM__NOT_ASKED, MYM__ASKED_NO, MYM__ASKED_YES };

/* As many constraints as there may be for each visible group, and beside them. */
#define MYM__CONSTRAINTS_EACH 2
#define MYM__CONSTRAINTS_EXTRA 9

/* What one pass has found: its constraints, the facts beside them, and what the
 * next light pass takes from it. */
struct mym__findings {
	struct mym_constraint *rows;
	const char **paths; /* of the rows */
	unsigned int count; /* how many of these there are */
	unsigned int memsws; /* rows of memory and swap, behind the groups' */
	uint64_t want;  /* MYM_WANT_* bits: what was read */
	uint64_t flags; /* MYM_FLAG_* */
	uint64_t kinds; /* bit MYM_KIND_*: there is one */
	int64_t host_total; /* 0: unknown */
	int64_t host_available; /* what the kernel calls so; < 0: unknown */
	int64_t oom_kills;	/* < 0: unknown */
	bool swap_stays; /* what is swapped out may stay in memory */
	struct mym__psi psi[MYM__PSIS];
	uint64_t bare; /* protection.c: below which places nothing has a
			* memory.min */
	enum mym__asked slab_kept; /* slab.c's */
	int64_t pinned;		   /* and this; < 0: not asked */
	/* How far the machine's available memory may be below what is free;
	 * INT64_MAX: unknown. */
	int64_t reserve;
};

#endif
