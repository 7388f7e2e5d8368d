/* SPDX-License-Identifier: MIT */
/* Children in control groups. */
#ifndef CHILD_H
#define CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Starts one that joins the group (NULL: stays), runs this and exits with 0.  It
 * does not outlive us, and undoes nothing of ours. */
pid_t child_start(const char *group, void (*run)(void *data), void *data);
/* The same for one that might do harm.  It is the first process of a pid namespace:
 * no signal that it or its children send reaches others, and all of them end with
 * it.  Nor can they be more than a few. */
pid_t child_start_alone(const char *group, void (*run)(void *data), void *data);
/* Whether it has not ended. */
bool child_runs(pid_t pid);
/* Waits for it: its status, as waitpid(2) has it. */
int child_wait(pid_t pid);

/* Has the kernel kill one that takes memory in the group (NULL: here), which has
 * less than this. */
void child_kill(const char *group, int64_t most);

#endif
