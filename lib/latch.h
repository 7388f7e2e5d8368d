/* SPDX-License-Identifier: MIT */
/*
 * Numbers that are read together.  There are two copies: the writer changes the
 * one that readers do not look at, so no reader waits for a writer that was
 * interrupted.  They are words, because not every machine reads 64 bits at
 * once.  Pure.
 */
#ifndef MYM_LATCH_H
#define MYM_LATCH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/compiler.h"

#pragma GCC visibility push(hidden)

#define MYM__LATCH_NUMBERS 3
#define MYM__LATCH_WORDS (8 / sizeof(long))

struct mym__latch {
	unsigned int sequence;
	/* Of a power of two numbers, so that finding one takes no multiplication. */
	unsigned long copies[2][MYM__LATCH_NUMBERS + 1][MYM__LATCH_WORDS];
};

MYM__INLINE int64_t mym__latch_load(const unsigned long *from)
{
	unsigned long words[MYM__LATCH_WORDS];
	int64_t number;

	for (size_t i = 0; i < MYM__LATCH_WORDS; i++)
		words[i] = __atomic_load_n(&from[i], __ATOMIC_ACQUIRE);
	memcpy(&number, words, sizeof(number));
	return number;
}

/* Reads the first `count` numbers.  Inline, because most calls need no more. */
MYM__INLINE void mym__latch_take(const struct mym__latch *latch,
				 int64_t *numbers, unsigned int count)
{
	unsigned int sequence, again;

	again = __atomic_load_n(&latch->sequence, __ATOMIC_ACQUIRE);
	do {
		sequence = again;
		for (unsigned int i = 0; i < count; i++)
			numbers[i] = mym__latch_load(
				latch->copies[sequence & 1][i]);
		again = __atomic_load_n(&latch->sequence, __ATOMIC_ACQUIRE);
	} while (again != sequence);
}

/* Must be called by one writer at a time. */
void mym__latch_put(struct mym__latch *latch,
		    const int64_t numbers[MYM__LATCH_NUMBERS]);

#pragma GCC visibility pop

#endif
