/* SPDX-License-Identifier: MIT */
/* Children in control groups. */
#ifndef CHILD_H
#define CHILD_H

#include <stdint.h>
#include <sys/types.h>

/* Starts one that joins the group (NULL: stays), runs this and exits with 0.  It
 * does not outlive us, and undoes nothing of ours. */
pid_t child_start(const char *group, void (*run)(void *data), void *data);
/* Waits for it: its status, as waitpid(2) has it. */
int child_wait(pid_t pid);

/* Has the kernel kill one that takes memory in the group (NULL: here), which has
 * less than this. */
void child_kill(const char *group, int64_t most);

#endif
