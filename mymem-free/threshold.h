/* SPDX-License-Identifier: MIT */
/* An amount to compare with: bytes, or a share of the limit. */
#ifndef MYMEM_FREE_THRESHOLD_H
#define MYMEM_FREE_THRESHOLD_H

#include <stdbool.h>
#include <stdint.h>

struct threshold {
	bool share; /* in percent, else in bytes */
	int64_t value;
};

/* Reads "200M" or "20%". */
bool parse_threshold(const char *text, struct threshold *threshold);
/* In bytes. */
int64_t threshold_of(const struct threshold *threshold, int64_t limit);

#endif
