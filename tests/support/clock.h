/* SPDX-License-Identifier: MIT */
/* Times in ns. */
#ifndef CLOCK_H
#define CLOCK_H

#include <time.h>

#include "units.h"

static inline int64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * S + t.tv_nsec;
}

/* CLOCK_MONOTONIC. */
static inline int64_t clock_now(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

#endif
