/* SPDX-License-Identifier: MIT */
/* Which rule is the tightest, in one line. */
#ifndef MYMEM_FREE_WHY_H
#define MYMEM_FREE_WHY_H

#include "mymem-free.h"

/* What must be asked for in the report's snapshot. */
#define OF_WHY (MYM_WANT_LIMIT | MYM_WANT_AVAILABLE | MYM_WANT_HIGH | \
		MYM_WANT_CGROUP_VERSION | \
		MYM_WANT_PRESSURE)

/* Below the table: what sets the limit, and the next tighter. */
void print_footer(const struct report *report);
/* For the log of a program that starts. */
void print_line(const struct report *report);

#endif
