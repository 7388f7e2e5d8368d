/* SPDX-License-Identifier: MIT */
/* Which thread speaks for the process, and whether there is a process. */
#ifndef MYM_SELF_H
#define MYM_SELF_H

#include <stddef.h>
#include <stdint.h>

#include "compiler.h"
#include "root.h"

#pragma GCC visibility push(hidden)

/* Looks whether the thread that speaks for the process has left, and has the
 * next one speak: 0 if it is still there, 1 if another one speaks now, 2 if it has
 * left and no other one is found, or < 0 if that cannot be known for want of
 * descriptors or memory; of another process also -ESRCH if it has ended, or why
 * nothing tells. */
MYM__MUST_USE
int mym__self_follow(struct mym__root *root, char *buffer, size_t size);
/* Whether a root is about a process: 0, 1 if it is a thread's id, -ESRCH if it has
 * ended, or why nothing tells. */
MYM__MUST_USE
int mym__self_begin(struct mym__root *root, char *buffer, size_t size);
/* A word of the stat of a thread. */
enum mym__self_word {
	MYM__SELF_FLAGS = 7,
	MYM__SELF_STACK = 26, /* where the first one began; 0: that is not told */
	MYM__SELF_SIGNAL = 36, /* that its end gives; -1: it is not the first one */
};
int mym__self_stat(const struct mym__root *root, int thread, char *buffer,
		   enum mym__self_word which, int64_t *value);

#pragma GCC visibility pop

#endif
