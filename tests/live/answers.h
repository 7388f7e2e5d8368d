/* SPDX-License-Identifier: MIT */
/*
 * Control groups of our own, below the machine's memory mount, and children
 * that live in them.  All are below one group named after the test program and
 * removed with it, also after a failure; no other group is touched.
 */
#ifndef GROUP_H
#define GROUP_H

#include <stdint.h>
#include <sys/types.h>

#include "mymem.h"

#define MIB ((int64_t)1 << 20)

/* 1 or 2. */
int groups_version(void);
/* The directory of the memory mount. */
const char *groups_mount(void);

/* For check's unchecked fixtures: make and remove the group of all groups. */
void groups_begin(void);
void groups_end(void);

/* Makes a group below ours ("a", "a/b"); limit 0 for none.  The name of its
 * directory belongs to us. */
const char *group_make(const char *name, int64_t limit);
/* v2: the groups below this one get the memory controller too. */
void group_delegate(const char *dir);
void group_set_limit(const char *dir, int64_t limit);
void group_join(const char *dir, pid_t pid);
/* The calling thread alone; v2: into a group that was made threaded. */
void group_join_thread(const char *dir);
void group_make_threaded(const char *dir);
void group_remove(const char *dir);

/* What a child found out, in memory that it shares with its parent. */
struct answers {
	int64_t limit, available;
	int pressure;
	int result;
	struct mym_snapshot snapshot;
	struct mym_constraint limit_by, available_by;
	char limit_path[4096], available_path[4096];
	int has_hidden;
};
/* All zero, and never freed. */
struct answers *answers_new(void);
/* Takes a snapshot of everything with a context, into *answers. */
void answers_take(struct mym_ctx *ctx, struct answers *answers);

/*
 * Runs a function in a child that has joined the group (NULL: stays).  The
 * answers are the child's; it is waited for, and must exit 0.
 */
struct answers *in_group(const char *dir,
			 void (*run)(struct answers *answers, void *data),
			 void *data);
/* As run: what the simple calls and a snapshot say. */
void ask_everything(struct answers *answers, void *data);

/* Uses memory in this process: allocated and touched. */
void use_memory(int64_t bytes);
/* Has the kernel kill a child that has joined the group, of less than 64 MiB
 * (NULL: stays). */
void be_killed(const char *dir);

#endif
