/* SPDX-License-Identifier: MIT */
/* Why nothing can be swapped out. */
#ifndef MYMEM_FREE_SWAP_H
#define MYMEM_FREE_SWAP_H

#include "mymem-free.h"
#include "sentence.h"

enum swap {
	SWAP_UNKNOWN, /* whether anything can */
	SWAP_LEFT,    /* something can */
	SWAP_NONE,    /* the machine has none */
	SWAP_DENIED,  /* a group may have none */
	SWAP_FULL,    /* what is allowed is used */
	SWAP_HIGH,    /* memory.swap.high is exceeded */
	SWAPPINESS,   /* which is 0 */
	SWAP_KEPT,    /* memory.zswap.writeback of the group or one above is 0 */
	SWAP_NO_ROOM, /* the tightest rule counts what is swapped out, too */
};

/* Sets `dir` and `file` of the facts to what says so. */
enum swap find_swap(const struct report *report, struct facts *facts);

#endif
