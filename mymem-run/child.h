/* SPDX-License-Identifier: MIT */
/* The command, from its start to its end. */
#ifndef MYMEM_RUN_CHILD_H
#define MYMEM_RUN_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "mymem-run.h"
#include "source.h"

struct child {
	pid_t pid;
	int status;	 /* as waitpid(2) tells it, once it has ended */
	bool elsewhere;	 /* it has ended in another group of cgroup2 than this */
	int signals;	 /* signalfd(2) of all that can be taken */
	sigset_t before; /* the mask that the command gets */
};

/*
 * Starts the command.  `prepare` (or NULL) is called in the child, before the
 * command replaces it; it returns 0 or a negative errno, and has said why.
 * Returns 0, or the exit status: errors are written.
 */
int child_start(struct child *child, char **command, int (*prepare)(void *data),
		void *data);

/*
 * Waits for its end; signals that come meanwhile are passed on, all children that
 * end are reaped, as the first process of a container has to.  Returns the exit
 * status.
 */
int child_wait(struct child *child, struct source *sources, size_t count);

#endif
