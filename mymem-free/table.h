/* SPDX-License-Identifier: MIT */
/* The table of procps' free(1). */
#ifndef MYMEM_FREE_TABLE_H
#define MYMEM_FREE_TABLE_H

#include "meminfo.h"
#include "size.h"

struct table {
	struct unit unit;
	bool wide;      /* buffers and cache apart */
	bool low_high;  /* a line for each of these kinds of memory */
	bool total;     /* a line for memory and swap */
	bool committed; /* a line for what was promised */
	bool line;      /* instead of all that, one line */
};

void print_table(const struct table *table, const struct meminfo *meminfo);

#endif
