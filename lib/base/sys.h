/* SPDX-License-Identifier: MIT */
/* System calls that stand in for files, and the few that no file replaces.
 * Below a sysroot they return 1, or "unknown"; so do those that a sandbox may
 * forbid, once the root is sealed.  They are about this process: those that cannot be
 * about another one are not asked then. */
#ifndef MYM_SYS_H
#define MYM_SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "file.h"
#include "nodes.h"
#include "parse.h"
#include "root.h"

#pragma GCC visibility push(hidden)

/* In ns; 0 if there is no such clock. */
int64_t mym__sys_clock(clockid_t clock);
/* The id of this process. */
int mym__sys_process(void);
/* Whether mounts have come or gone since this was last asked of an open
 * /proc/self/mountinfo (mounts_poll() in fs/proc_namespace.c). */
bool mym__sys_mounts_changed(int fd);
/* A limit of a resource: 0 and its value, 1 for none, < 0. */
struct mym__rlimit {
	int result;
	int64_t value;
};
void mym__sys_rlimit(const struct mym__root *root, int resource,
		     struct mym__rlimit *soft, struct mym__rlimit *hard);
/* Whether the kernel locks every new mapping, mlockall(2) with MCL_FUTURE, and lets
 * this process lock no more than so much. */
bool mym__sys_locks(const struct mym__root *root, int64_t limit);
/* Whether the calling thread is the first one of a process that has a number. */
bool mym__sys_is_first(void);
/* Whether the first thread has left, or /proc does not tell. */
bool mym__sys_first_left(void);
/* How many descriptors the process has; 0: unknown.  dir: /proc/self/fd, which is
 * used when the root is sealed. */
int64_t mym__sys_descriptors(const struct mym__root *root, int dir);
/* Marks an open file as this thread's, which is returned; -1: it cannot be. */
int mym__sys_mark(int fd);
/* False where the mark is another one: it is another open file. */
bool mym__sys_has_mark(int fd, int thread);

struct mym__sysinfo {
	int64_t total, free, shmem, swap_total, swap_free;
};
int mym__sys_sysinfo(const struct mym__root *root, struct mym__sysinfo *info);

/* The id of the process's group in the hierarchy of cgroup2, mounted or not; 1
 * if the kernel cannot tell (before 6.13), or < 0.  file: keeps a pidfd of the
 * thread that speaks for the process between calls, or that it is of no use; or
 * NULL. */
int mym__sys_group_id(const struct mym__root *root, struct mym__file *file,
		      uint64_t *id);
/* Whether a directory of that hierarchy is the group with this id. */
bool mym__sys_is_group(const struct mym__root *root, int dir, uint64_t id);
/* Whether no group is below this directory of one; dir may be an error. */
bool mym__sys_is_leaf(const struct mym__root *root, int dir);
/* The nodes that the memory policy of the calling thread binds it to, and
 * whether they are relative to the allowed nodes; 1 also where there is no such
 * policy. */
int mym__sys_binding(const struct mym__root *root, struct mym__nodes *nodes,
		     bool *relative);
/* statmount(2) of the mount at a path, with its strings in the buffer; 1 if
 * that is not a mount point or the kernel cannot tell.  Where the kernel does
 * not say whether there are options, mount->options is NULL. */
int mym__sys_statmount(const struct mym__root *root, const char *path,
		       char *buffer, size_t size, struct mym__mount *mount);

#pragma GCC visibility pop

#endif
