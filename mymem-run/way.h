/* SPDX-License-Identifier: MIT */
/* Which way of showing memory can be gone here. */
#ifndef MYMEM_RUN_WAY_H
#define MYMEM_RUN_WAY_H

#include "mode.h"
#include "trap.h"

/* Prepares the way of the mode, trap or mount, or the next best: then it is
 * said why.  Returns 0, or the exit status. */
int way_begin(struct trap *trap, enum mode mode);
/* Whether there is one: else the command sees the machine. */
bool is_shown(const struct trap *trap);
#endif
