/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "batch.h"
#include "clock.h"

#define BATCH_NS 300000.0
#define TRIES 5

double batch_run(const struct row *row, long calls)
{
	int64_t begin;

	if (row->before)
		row->before(row);
	if (row->measure) {
		row->measure(row, 1);
		return row->measure(row, calls);
	}
	if (!row->single)
		row->run(row, 1);
	begin = clock_now();
	row->run(row, calls);
	return (double)(clock_now() - begin) / (double)calls;
}

/* The least of a few: another process may come between. */
static double try_run(const struct row *row, long calls)
{
	double least = batch_run(row, calls);

	for (int i = 1; i < TRIES && !row->single; i++) {
		double one = batch_run(row, calls);

		if (one < least)
			least = one;
	}
	return least;
}

void batch_size(const struct row *row, struct size *size)
{
	long calls = 1;
	double each;
	int64_t begin;

	*size = (struct size){ 0 };
	if (row->have && !row->have(row))
		return;
	each = try_run(row, calls);
	while (!row->single && !row->unit && each * (double)calls < BATCH_NS / 8) {
		calls *= 4;
		each = try_run(row, calls);
	}
	if (!row->single && !row->unit && each < BATCH_NS)
		calls = (long)(BATCH_NS / each);
	else
		calls = 1;
	begin = clock_now();
	batch_run(row, calls);
	size->batch = (double)(clock_now() - begin);
	size->calls = calls;
}
