/* SPDX-License-Identifier: MIT */
/* What was used and available of the limit, over time. */
#ifndef MYMEM_FREE_GRAPH_H
#define MYMEM_FREE_GRAPH_H

#include <stdbool.h>
#include <stdint.h>

#define GRAPH_COLUMNS 1024
#define GRAPH_LEGEND "# used, . available, - limit"

/* The newest comes first. */
struct sample {
	int64_t limit, used; /* 0: none; used is -1 where it is not known */
	int64_t level;
};

/* The largest limit among so many of them, which is as high as all rows. */
int64_t graph_top(const struct sample *samples, int columns);
/* Draws the row that is so many above the lowest one of so many. */
void graph_row(const struct sample *samples, int row, int rows, int columns,
	       bool color);

#endif
