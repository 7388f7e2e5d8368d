/* SPDX-License-Identifier: MIT */
/* What is found out about the end of a command. */
#ifndef MYMEM_RUN_KILLED_H
#define MYMEM_RUN_KILLED_H

#include "../mymem-free/counters.h"
#include "child.h"
#include "guard.h"
#include "verdict.h"

/* A group, the command's own first.  < 0: not known. */
struct group {
	char *path;
	struct counters counted; /* before; at the end the difference to that */
	int64_t used, peak;	 /* at the end */
	int64_t grown;		 /* by so much is the peak higher than before */
};

struct killed {
	struct report report;
	struct group *groups;
	struct place *places;
	size_t count;
	int64_t machine;
	int log;
	struct evidence evidence;
	struct verdict verdict;
};

/* Counts, before the command begins. */
void killed_begin(struct killed *killed);
/* Counts again, and finds out. */
void killed_end(struct killed *killed, const struct child *child, bool by_guard);

void killed_close(struct killed *killed);

/* One line, if there is anything to say. */
void killed_say(const struct killed *killed, const struct child *child,
		const char *command);

/* What is written as JSON. */
struct record {
	const struct killed *killed;
	const struct child *child;
	const struct shortage *shortage; /* NULL: the guard has ended nothing */
	const char *command;
	int status; /* of mymem-run */
};
void record_print(FILE *out, const void *record);

#endif
