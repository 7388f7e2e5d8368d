/* SPDX-License-Identifier: MIT */
/*
 * Control groups of our own, below the machine's memory mount: all below one
 * that is named after this program and removed with it.  No other is touched.
 */
#ifndef GROUP_H
#define GROUP_H

#include <stdint.h>
#include <sys/types.h>

/* Finds the memory controller: 1, 2, or 0 where there is none. */
int group_version(void);
/* The directory of the memory mount. */
const char *group_mount(void);
/* That of cgroup2, which may be beside v1's memory; NULL: there is none. */
const char *group_unified(void);
/* Why no groups can be made here, or NULL.  GROUPS_BELOW=DIRECTORY: they are made in
 * a group there, which was given to a user who is not root. */
const char *group_missing(void);

/* The group of all groups, whose name is not used twice.  Those of tests that were
 * killed are removed before.  With v2 it is given "+memory" and what is in more,
 * such as " +cpuset". */
void group_begin(const char *more);
/* That group itself. */
const char *group_base(void);
/* Removes all of them, whoever has made them. */
void group_end(void);
/* The same for tests that do without where none can be made. */
void group_begin_if_any(void);
void group_end_if_any(void);

/* Makes "a" or "a/b" below ours, where "a" exists; limit 0 for none.  The name
 * of its directory is valid until sixteen others are made. */
const char *group_make(const char *name, int64_t limit);
/* v2: one for some threads of a process in the group above. */
const char *group_make_threaded(const char *name);
/* The only one in cgroup2's tree, or NULL where none can be made. */
const char *group_make_unified(void);
void group_remove(const char *dir);

/* What the version calls two of the kernel's files in a group. */
enum group_file { GROUP_LIMIT, GROUP_USAGE };
const char *group_file(enum group_file file);

/* The kernel's files in a group: < 0 is a negative errno. */
int group_put(const char *dir, const char *file, const char *text);
int group_put_bytes(const char *dir, const char *file, int64_t bytes);
int64_t group_get(const char *dir, const char *file);

/* Refusals are fatal. */
void group_set(const char *dir, const char *file, int64_t bytes);
void group_limit(const char *dir, int64_t bytes);
/* Process 0 is the calling one. */
void group_join(const char *dir, pid_t pid);
/* The calling thread alone; v2: into a group that is threaded. */
void group_join_thread(const char *dir);

/* The calling process and its children, on v2 all processes of our groups, can be
 * no more than this, threads included, where the kernel can count them. */
void group_join_few(int64_t most);

/* Removes the groups in dir whose names begin so, and all below them. */
void group_remove_below(const char *dir, const char *begin);

#endif
