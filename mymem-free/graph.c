/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <mymem.h>

#include "graph.h"

int64_t graph_top(const struct sample *samples, int columns)
{
	int64_t top = 1;

	for (; columns > 0; columns--, samples++) {
		if (samples->limit > top)
			top = samples->limit;
	}
	return top;
}

static char letter_of(const struct sample *sample, double scale, int row)
{
	const int limit = (int)((double)sample->limit * scale) - row;

	if (sample->used < 0)
		return row == 0 ? '?' : ' ';
	if ((double)sample->used * scale > row + 0.5)
		return '#';
	return limit > 1 ? '.' : limit > 0 ? '-' : ' ';
}

static int color_of(int64_t level)
{
	return level >= MYM_PRESSURE_MEDIUM ? 1 :
	       level >= MYM_PRESSURE_LOW ? 3 : 2;
}

void graph_row(const struct sample *samples, int row, int rows, int columns,
	       bool color)
{
	const double scale = rows / (double)graph_top(samples, columns);

	while (columns-- > 0) {
		const struct sample *sample = &samples[columns];
		const char letter = letter_of(sample, scale, row);
		const int own = letter == '#' ? color_of(sample->level) : 6;

		/* Where a letter has the color that it stands on, it is a block. */
		if (color)
			printf("\033[3%d;4%dm", own, letter == '#' ? own : 9);
		putchar(letter);
	}
	if (color)
		fputs("\033[m", stdout);
}
