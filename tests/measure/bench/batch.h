/* SPDX-License-Identifier: MIT */
/* Batches of one row. */
#ifndef BATCH_H
#define BATCH_H

#include "row.h"

/* What is known of a row before it is measured. */
struct size {
	long calls;   /* in a batch; 0: the row cannot be had here */
	double batch; /* ns that a batch takes, with what comes before it */
};

/* So many calls that they take about 300 us. */
void batch_size(const struct row *row, struct size *size);
/* One batch: what one call took. */
double batch_run(const struct row *row, long calls);

#endif
