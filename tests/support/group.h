/* SPDX-License-Identifier: MIT */
/*
 * Control groups of our own, below the machine's memory mount: all below one
 * that is named after this program and removed with it.  No other is touched.
 */
#ifndef GROUP_H
#define GROUP_H

#include <stdbool.h>
#include <stdint.h>

/* Finds the memory controller: 1, 2, or 0 where there is none. */
int group_version(void);
/* The directory of the memory mount. */
const char *group_mount(void);

/* v1: the groups to come have no hierarchy. */
void group_flatten(void);
/* The group of all groups.  With v2 it is given "+memory" and what is in more,
 * such as " +cpuset". */
void group_begin(const char *more);
/* That group itself. */
const char *group_base(void);
void group_end(void);

/* Makes "a" or "a/b" below ours, where "a" exists.  The name of the directory
 * is valid until group_end(). */
const char *group_make(const char *name);
int group_put(const char *dir, const char *file, const char *text);
int group_put_bytes(const char *dir, const char *file, int64_t bytes);
int64_t group_get(const char *dir, const char *file);
/* Refusals are fatal. */
void group_set(const char *dir, const char *file, int64_t bytes);
void group_limit(const char *dir, int64_t bytes);
void group_join(const char *dir);

#endif
