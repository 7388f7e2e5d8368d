/* SPDX-License-Identifier: MIT */
/* Which system calls a function makes. */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>

#define TRACE_MOST 8192

struct trace {
	long calls[TRACE_MOST];
	bool failed[TRACE_MOST];
	unsigned int count;
};

/* Runs both in a child, and notes the calls of the thread that works.  False if
 * nobody may trace here. */
bool trace_run(void (*before)(void), void (*work)(void), struct trace *trace);
/* The same, where before() works in a thread of its own. */
bool trace_thread(void (*before)(void), void (*work)(void), struct trace *trace);
/* How often a call was made. */
unsigned int trace_count(const struct trace *trace, long call);

#endif
