/* SPDX-License-Identifier: MIT */
/* Which system calls are trapped, on each architecture that a process may use.
 */
#ifndef MYMEM_RUN_FILTER_H
#define MYMEM_RUN_FILTER_H

#include <stdbool.h>

#include "kernel.h"

enum { CALL_OPEN, CALL_OPENAT, CALL_OPENAT2, CALL_SYSINFO, CALLS };

struct arch {
	uint32_t audit;
	int32_t number[CALLS]; /* -1: there is none */
	uint32_t directory;    /* O_DIRECTORY */
	bool narrow;	       /* words of 32 bits in struct sysinfo */
};

/* NULL: no process of this machine has it, or nothing is known of it. */
const struct arch *arch_of(uint32_t audit);
/* One of CALL_*; -1: none of them. */
int call_kind(const struct arch *arch, int32_t number);
/* An open(2) that cannot be one to read a file. */
uint32_t flags_to_allow(const struct arch *arch);

/* From now on and for ever, for this thread and all that it starts.  `opens`:
 * not only sysinfo(2).  Returns the listener, close-on-exec, or a negative
 * errno; *killable: once a call was received, signals wait until it is
 * answered. */
int filter_install(bool opens, bool *killable);

#endif
