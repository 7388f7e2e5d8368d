/* SPDX-License-Identifier: MIT */
/* What becomes of a system call that waits. */
#ifndef MYMEM_RUN_ANSWER_H
#define MYMEM_RUN_ANSWER_H

#include "trap.h"

/* Answers it, or lets the kernel do it. */
void answer_call(struct trap *trap, const struct notice *notice);
/* Lets the kernel do it. */
void answer_not(const struct trap *trap, uint64_t id);

/* NOTICE_* of a listener: as ioctl(2). */
int answer_request(int listener, unsigned long number, void *argument);
/* Opens a file of /proc/PID. */
int answer_open_of(const struct trap *trap, uint32_t pid, const char *name,
		   int flags);

#endif
