/* SPDX-License-Identifier: MIT */
/* The text format of Prometheus, the classic one. */
#ifndef MYMEM_FREE_METRICS_H
#define MYMEM_FREE_METRICS_H

#include "mymem-free.h"

/* Of a struct report. */
void print_metrics(FILE *out, const void *report);

#endif
