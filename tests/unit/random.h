/* SPDX-License-Identifier: MIT */
/* Chance that can be had again: MYMEM_TEST_SEED=... with the number that the
 * run before has printed. */
#ifndef RANDOM_H
#define RANDOM_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

struct chance {
	uint64_t seed, state;
};

static inline struct chance chance_new(void)
{
	const char *given = getenv("MYMEM_TEST_SEED");
	uint64_t seed = 1;

	if (given)
		seed = strtoull(given, NULL, 0);
	else if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) < 0)
		seed = 1;
	/* xorshift stays at 0 for ever. */
	if (seed == 0)
		seed = 1;
	printf("# MYMEM_TEST_SEED=%" PRIu64 "\n", seed);
	fflush(stdout);
	return (struct chance){ seed, seed };
}

/* xorshift64* (Vigna, 2016). */
static inline uint64_t chance_next(struct chance *chance)
{
	chance->state ^= chance->state >> 12;
	chance->state ^= chance->state << 25;
	chance->state ^= chance->state >> 27;
	return chance->state * UINT64_C(0x2545f4914f6cdd1d);
}

/* 0 <= n < end */
static inline unsigned int chance_below(struct chance *chance, unsigned int end)
{
	return (unsigned int)((chance_next(chance) >> 32) % end);
}

#endif
