/* SPDX-License-Identifier: MIT */
/* What a pass has read to the members of a snapshot. */
#ifndef MYM_ANSWER_H
#define MYM_ANSWER_H

#include <stdint.h>

#include "mymem.h"

struct mym__pass;

/* 0, or -ENODATA. */
int mym__answer(const struct mym__pass *pass, uint64_t want,
		struct mym_snapshot *out);

#endif
