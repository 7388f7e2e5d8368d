/* SPDX-License-Identifier: MIT */
/* The way in which a command is shown its memory. */
#ifndef MYMEM_RUN_WAY_H
#define MYMEM_RUN_WAY_H

#include "request.h"
#include "trap.h"

/* Chooses the one that was asked for, or the best, and prepares it; where it cannot
 * be had, says why, and takes the next best.  Returns 0, or the exit status. */
int way_begin(const struct request *request, struct trap *trap);
/* Whether the trap is a part of it. */
bool is_shown(const struct trap *trap);

#endif
