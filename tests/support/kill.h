/* SPDX-License-Identifier: MIT */
/*
 * The only signals that tests send.  To kill(2), -1 is every process there is, 0
 * and less are groups of them, and 1 is the machine; -1 is also what a fork(2)
 * that failed has given, and 0 what was never set.
 */
#ifndef KILL_H
#define KILL_H

#include <signal.h>
#include <stdlib.h>
#include <sys/types.h>

/* As kill(2) with a process; with anything else, the caller dies. */
static inline int kill_one(pid_t pid, int signal)
{
	if (pid <= 1)
		abort();
	return kill(pid, signal);
}

#endif
