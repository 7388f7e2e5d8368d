/* SPDX-License-Identifier: MIT */
/* Numbers that are read together: the writer. */
#include "latch.h"

void mym__latch_put(struct mym__latch *latch,
		    const int64_t numbers[MYM__LATCH_NUMBERS])
{
	unsigned int sequence = latch->sequence;

	for (unsigned int copy = 0; copy < 2; copy++) {
		unsigned long words[MYM__LATCH_NUMBERS][MYM__LATCH_WORDS];

		memcpy(words, numbers, sizeof(words));
		__atomic_store_n(&latch->sequence, ++sequence,
				 __ATOMIC_RELEASE);
		for (size_t i = 0; i < MYM__LATCH_NUMBERS; i++) {
			for (size_t j = 0; j < MYM__LATCH_WORDS; j++)
				__atomic_store_n(&latch->copies[copy][i][j],
						 words[i][j], __ATOMIC_RELEASE);
		}
	}
}
