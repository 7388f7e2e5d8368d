/* SPDX-License-Identifier: MIT */
/* Arithmetic on amounts, which are never negative: it saturates at 0 and at
 * INT64_MAX.  Pure. */
#ifndef MYM_SATURATE_H
#define MYM_SATURATE_H

#include <stdint.h>

#pragma GCC visibility push(hidden)

int64_t mym__add(int64_t a, int64_t b);
int64_t mym__subtract(int64_t a, int64_t b);
int64_t mym__multiply(int64_t a, int64_t b);

#pragma GCC visibility pop

#endif
