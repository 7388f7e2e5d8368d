/* SPDX-License-Identifier: MIT */
/* Which thread speaks for the process. */
#ifndef MYM_SELF_H
#define MYM_SELF_H

#include <stddef.h>

#include "compiler.h"
#include "root.h"

/* Looks whether the thread that speaks for the process has left, and has the
 * next one speak: 0 if it is still there, 1 if another one speaks now, 2 if it has
 * left and no other one is found, or < 0 if that cannot be known for want of
 * descriptors or memory. */
MYM__MUST_USE
int mym__self_follow(struct mym__root *root, char *buffer, size_t size);

#endif
