/* SPDX-License-Identifier: MIT */
/* Arithmetic of amounts, which are never negative: it ends at 0 and at INT64_MAX. */
#ifndef MYM_SATURATE_H
#define MYM_SATURATE_H

#include <stdint.h>

static inline int64_t mym__add(int64_t a, int64_t b)
{
	return a > INT64_MAX - b ? INT64_MAX : a + b;
}

static inline int64_t mym__subtract(int64_t a, int64_t b)
{
	return a > b ? a - b : 0;
}

static inline int64_t mym__multiply(int64_t a, int64_t b)
{
	return b > 0 && a > INT64_MAX / b ? INT64_MAX : a * b;
}

#endif
