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

/* As many constraints as there may be for each visible group, and beside them. */
#define MYM__CONSTRAINTS_EACH 2
#define MYM__CONSTRAINTS_EXTRA 9

/* The constraints of one pass, and what the next light pass takes from it. */
struct mym__table {
	struct mym_constraint *rows;
	const char **paths;
	unsigned int count;
	uint64_t want, flags; /* of the pass */
	uint64_t kinds; /* bit MYM_KIND_*: there is one */
	int64_t total; /* MemTotal; 0: unknown */
	unsigned int memsws; /* rows of memory and swap, behind the groups' */
	uint64_t bare; /* protection.c: below which places nothing has a
			* memory.min */
	bool slab_known, slab_kept; /* slab.c's */
	int64_t pinned;             /* and this; < 0: not asked */
	/* How far the machine's available memory may be below what is free;
	 * INT64_MAX: unknown. */
	int64_t reserve;
};

#endif
