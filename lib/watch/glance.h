/* SPDX-License-Identifier: MIT */
/* Whether a look would find anything new. */
#ifndef MYM_GLANCE_H
#define MYM_GLANCE_H

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct mym_watch;

/* False: something may have changed, or cannot be told: look. */
bool mym__glance(struct mym_watch *watch, int64_t now);

#pragma GCC visibility pop

#endif
