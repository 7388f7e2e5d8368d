/* SPDX-License-Identifier: MIT */
/*
 * Control groups of our own, below the machine's memory mount: all begin with
 * the name of this program and the number of its first process, and are removed
 * by that process, however the others end.
 */
#ifndef GROUP_H
#define GROUP_H

#include <stdint.h>

/* In the first process: finds the memory controller, and the names. */
void group_begin(void);
void group_end(void);
/* 1, 2, or 0 where there is none. */
int group_version(void);
const char *group_mount(void);

/* All of these: NULL, or what went wrong. */

/* Makes a group of that many levels; the topmost has the limit. */
const char *group_make(const char *name, int depth, int64_t limit);
/* Makes one below a group that was made so. */
const char *group_below(const char *name, const char *child);
/* Joins what was made last. */
const char *group_join(void);

#endif
