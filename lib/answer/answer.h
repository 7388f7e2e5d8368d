/* SPDX-License-Identifier: MIT */
/* Turns a pass's findings into a snapshot.  Pure. */
#ifndef MYM_ANSWER_H
#define MYM_ANSWER_H

#include <stdint.h>

#include "mymem.h"

#include "../discover/places.h"
#include "findings.h"

#pragma GCC visibility push(hidden)

/* 0, or -ENODATA. */
int mym__answer(const struct mym__findings *found,
		const struct mym__places *places, uint64_t want,
		struct mym_snapshot *out);

#pragma GCC visibility pop

#endif
