/* SPDX-License-Identifier: MIT */
/* Runs a command when the pressure is high. */
#ifndef MYMEM_FREE_REACT_H
#define MYMEM_FREE_REACT_H

#include "mymem-free.h"

struct reaction {
	int64_t level;  /* MYM_PRESSURE_*, from which it runs */
	char **command; /* and its arguments, up to NULL */
	int64_t count;  /* how often, 0: for ever */
	int64_t pause;  /* in ns, between two of them while the level stays */
};

/* Returns the exit status: that of the last command, or 126 or 127 where it cannot
 * be started. */
int react(const struct reaction *reaction);

#endif
