/* SPDX-License-Identifier: MIT */
#ifndef MYM_GUARD_H
#define MYM_GUARD_H

#include <stdbool.h>

#include "compiler.h"
#include "file.h"

#pragma GCC visibility push(hidden)

/*
 * Tells whether the program has closed what it does not know while a pass had new
 * descriptors, whose numbers may then be those of other files.  A kept descriptor,
 * which would be closed with them, is marked as this thread's before the first of
 * them is opened: that of another context may be the same file under its number.
 */
struct mym__guard {
	struct mym__file *file;
	int thread; /* 0: not marked yet; < 0: it cannot be */
};
void mym__guard_mark(struct mym__guard *guard);
/* False: they were closed; the kept descriptor is forgotten, too. */
MYM__MUST_USE bool mym__guard_holds(const struct mym__guard *guard);

#pragma GCC visibility pop

#endif
