/* SPDX-License-Identifier: MIT */
/*
 * Control groups in each other, directly below the machine's memory mount: all
 * begin with the name of this program and the number of its first process, and
 * are removed by that process, however the others end.
 */
#ifndef NEST_H
#define NEST_H

#include <stdint.h>

/* In the first process. */
void nest_begin(void);
void nest_end(void);

/* All of these: NULL, or what went wrong. */

/* Makes a group of that many levels; the topmost has the limit. */
const char *nest_make(const char *name, int depth, int64_t limit);
/* Makes one below a group that was made so. */
const char *nest_below(const char *name, const char *child);
/* Joins what was made last. */
const char *nest_join(void);
/* The usual one: 512 MiB, but so that the machine is not the tighter limit. */
int64_t nest_usual(void);
/* Gives what was made last another limit. */
const char *nest_limit(int64_t limit);

/* Opens the usage of what was made last; < 0: nothing was. */
int nest_usage(void);

#endif
