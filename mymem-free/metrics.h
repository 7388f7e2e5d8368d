/* SPDX-License-Identifier: MIT */
/* The text format of Prometheus, the classic one. */
#ifndef MYMEM_FREE_METRICS_H
#define MYMEM_FREE_METRICS_H

#include "mymem-free.h"

void print_metrics(FILE *out, const struct report *report);
/* Writes a file beside this one and gives it that name when it is complete, so
 * that nobody ever reads a part.  Returns 0 or a negative errno. */
int write_metrics(const char *file, const struct report *report);

#endif
