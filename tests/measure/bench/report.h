/* SPDX-License-Identifier: MIT */
/* The table, for people or as lines of JSON. */
#ifndef REPORT_H
#define REPORT_H

#include "row.h"

void report_begin(bool json, int rounds);
/* What is left out. */
void report_missing(const struct situation *situation, const char *why);
void report_row(const struct situation *situation, const struct row *row,
		long calls, double *samples, int count);

#endif
