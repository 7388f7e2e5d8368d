/* SPDX-License-Identifier: MIT */
/* The calls without a context. */
#ifndef MYM_FAST_H
#define MYM_FAST_H

#include <stdint.h>

enum mym__fast {
	MYM__FAST_LIMIT,
	MYM__FAST_AVAILABLE,
	MYM__FAST_PRESSURE,
	MYM__FASTS
};
/* The answer, or < 0.  Leaves errno alone. */
int64_t mym__fast_ask(enum mym__fast which);
/* What was read before this is not given any more. */
void mym__fast_expire(void);
void mym__fast_set_max_age(int64_t ns);

#endif
