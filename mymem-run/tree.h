/* SPDX-License-Identifier: MIT */
/*
 * The processes of the command: itself, all that it has started, and what those
 * have left behind, which become children of this process (PR_SET_CHILD_SUBREAPER).
 */
#ifndef MYMEM_RUN_TREE_H
#define MYMEM_RUN_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A process; an id may be given to another one, a time of birth may not. */
struct process {
	pid_t pid, parent;
	int64_t born;
	bool mine;  /* of the command */
	bool keeps; /* it is keeper.c's */
};

struct tree {
	pid_t *others; /* children that this process had before */
	size_t other_count;
	struct process *all;
	size_t count, room;
};

/* Before the command begins. */
void tree_begin(struct tree *tree);
void tree_end(struct tree *tree);
/* Looks again.  Returns how many of the command's processes are alive. */
size_t tree_look(struct tree *tree);
/* Sends a signal to all that were found. */
void tree_signal(const struct tree *tree, int signal);

/* The one with the most memory, as the kernel counts it, or NULL. */
const struct process *tree_largest(const struct tree *tree, int64_t *bytes);
/* What it is called; false: it is gone. */
bool process_name(const struct process *process, char name[64]);
/* False: it is gone, or belongs to somebody else. */
bool process_signal(const struct process *process, int signal);

#endif
