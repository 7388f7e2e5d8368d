/* SPDX-License-Identifier: MIT */
/* What a system call that waits for an answer asks for.  Whoever makes it may
 * have chosen every byte of it, and may change its memory meanwhile. */
#ifndef MYMEM_RUN_CALL_H
#define MYMEM_RUN_CALL_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "kernel.h"

struct call {
	bool narrow; /* of a 32-bit process */
	bool is_sysinfo;
	uint64_t info; /* where sysinfo(2) is to write */
	/* Else it opens. */
	int dir;
	int flags;
	uint64_t resolve;
	char path[PATH_MAX];
};

/* Reads the memory of who makes the call, as pread(2). */
typedef ptrdiff_t read_memory(void *from, void *to, size_t size, uint64_t at);

/* False: it is none of ours, certainly; let the kernel do it. */
bool call_read(struct call *call, const struct call_data *data,
	       read_memory *read, void *from);

#endif
