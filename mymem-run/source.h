/* SPDX-License-Identifier: MIT */
/* What is waited for while the command runs, beside its end. */
#ifndef MYMEM_RUN_SOURCE_H
#define MYMEM_RUN_SOURCE_H

#include <stddef.h>

struct source {
	int fd;
	short events;
	/* Called whenever something was waited for, and not only for this one:
	 * `timeout` (in milliseconds, -1: for ever) is the longest time until
	 * then.  Returns the next timeout. */
	int (*ready)(void *data, short events);
	int timeout;
	void *data;
};

/* Waits until one of them is ready, or there is something to read from fd (-1:
 * none), or a time is over; then calls all of them. */
void sources_wait(struct source *sources, size_t count, int fd);

#endif
