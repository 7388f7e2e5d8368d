/* SPDX-License-Identifier: MIT */
/* Times in nanoseconds. */
#ifndef MYMEM_FREE_CLOCK_H
#define MYMEM_FREE_CLOCK_H

#include <stdint.h>
#include <time.h>

#define SECOND INT64_C(1000000000)

static inline int64_t clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * SECOND + t.tv_nsec;
}

static inline void clock_sleep(int64_t nanoseconds)
{
	const struct timespec t = { (time_t)(nanoseconds / SECOND),
				    (long)(nanoseconds % SECOND) };

	nanosleep(&t, NULL);
}

#endif
