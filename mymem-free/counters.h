/* SPDX-License-Identifier: MIT */
/* What the kernel has counted of a group, or of the machine, that ran out of memory. */
#ifndef MYMEM_FREE_COUNTERS_H
#define MYMEM_FREE_COUNTERS_H

#include "mymem-free.h"

/* Counters of a group; < 0: not known.  `killed` is of the group and of those below
 * it, in v1 of the group alone; the others are the group's own: how many processes
 * were killed in it, how often it had no memory left below its limit, reached the
 * limit, and exceeded memory.high. */
struct counters {
	const char *path;
	const char *file;    /* which limit it is that ran out */
	uint64_t limit_bits; /* `valid` of its constraint */
	int64_t limit;
	int64_t killed, killed_here, whole_group, gave_up, reached, throttled, peak;
	bool was_full;  /* v1: its usage was as high as its limit */
	bool kills_all; /* memory.oom.group */
};

/* Of a constraint that is a group. */
struct counters counters_of(const struct report *report, uint64_t index);

/* Whether it was this group's limit that ran out. */
bool is_guilty(const struct report *report, const struct counters *c);

/* On the whole machine, since it was booted. */
int64_t kills_of_machine(const char *sysroot);

#endif
