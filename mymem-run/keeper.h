/* SPDX-License-Identifier: MIT */
/* The second process that can answer, should the first one end. */
#ifndef MYMEM_RUN_KEEPER_H
#define MYMEM_RUN_KEEPER_H

#include "trap.h"

/* As others see that process. */
#define KEEPER_NAME "mymem-keeper"

/* Starts it.  Returns -1, or in how many milliseconds that is to be tried
 * again. */
int keeper_start(struct trap *trap);
/* As those of struct source: when the other process is gone. */
int keeper_gone(void *trap, short events);
/* Makes it unlikely that this process ends for lack of memory. */
void keeper_harden(void);

#endif
