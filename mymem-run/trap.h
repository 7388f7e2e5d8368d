/* SPDX-License-Identifier: MIT */
/*
 * System calls that wait for an answer of this program, by seccomp_unotify(2):
 * all that read the memory of the machine, whoever makes them.
 *
 * Two processes hold the listener, so that either may end: this program
 * answers, and keeper.c's, which does nothing until then, goes on when it is
 * gone.
 */
#ifndef MYMEM_RUN_TRAP_H
#define MYMEM_RUN_TRAP_H

#include "child.h"
#include "kernel.h"
#include "machine.h"

#define TRAP_SOURCES 2

struct trap {
	bool traps;	/* system calls, and not only mounts */
	bool mounts;	/* files: then of these calls only sysinfo(2) */
	bool killable;	/* nothing but SIGKILL ends the wait for an answer */
	pid_t parent;	/* of the command */
	int channel[2]; /* through which the child sends the listener */
	int listener;
	int proc; /* /proc */
	/* The call that is being answered, in memory that the keeper shares; id
	 * 0: none. */
	struct held {
		struct notice notice;
		uint64_t tried; /* a second time */
		int64_t turn;	/* when the next keeper may be started */
	} * held;
	int keeper; /* readable when the other process is gone */
	pid_t pid;  /* of that process, if this one has started it */
	struct source *sources;
	struct machine machine;
};

/* Why system calls cannot be trapped here, in a few words; NULL: they can. */
const char *trap_missing(void);

/* Before the command is started, with `traps` and `mounts` set: 0 or a negative
 * errno. */
int trap_begin(struct trap *trap);
/* In the child, before the command replaces it: prepare() of child_start(). */
int trap_prepare(void *trap);
/* What is to be waited for, once it has been started: where to write it, which
 * has to stay.  Returns how many, or a negative errno. */
int trap_sources(struct trap *trap, struct source sources[TRAP_SOURCES]);
/* When the command has ended: others go on asking the keeper, or it ends too.
 */
void trap_end(struct trap *trap);
/* From now on this process answers; with what another had received. */
void trap_serve(struct trap *trap);

#endif
