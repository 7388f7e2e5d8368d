/* SPDX-License-Identifier: MIT */
/* What children find out that live in control groups. */
#ifndef ANSWERS_H
#define ANSWERS_H

#include <stdint.h>
#include <sys/types.h>

#include "mymem.h"

/* For check's unchecked fixtures, with group_end(): the group of all groups.
 * What cannot be done with groups fails the test. */
void groups_begin(void);

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

/* The flags that every answer has here: those of a machine whose /proc/meminfo is not
 * shown. */
uint64_t flags_here(void);

/* The snapshot names this limit, and this group for it, without any other doubt; and so
 * do the simple calls. */
void snapshot_must_be(const struct answers *answers, int64_t limit,
		      const char *dir);
void answers_must_be(const struct answers *answers, int64_t limit,
		     const char *dir);

/* Runs a function in a child that has joined the group, and something else
 * meanwhile here (NULL: nothing).  The child is waited for, and must exit 0. */
void in_child(const char *dir, void (*run)(void *data), void *data,
	      void (*here)(void *data));
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
#endif
