/* SPDX-License-Identifier: MIT */
/*
 * Threads that ask without end, whatever happens to their process, and hold each
 * answer against those that may be true: the simple calls, contexts, and watches
 * that they share under a lock of their own.
 */
#ifndef ASKING_H
#define ASKING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define ASKING_LIMITS 8

struct asking {
	/* What may be true: any limit that the process ever has, up to the first
	 * 0, and how much of it may be used. */
	int64_t limits[ASKING_LIMITS];
	int64_t used;
	/* Whether descriptors are closed at any time: a snapshot may then be
	 * flagged or fail, and a watch end, as the header says. */
	bool closed;
	bool watches;
	/* From here on what was found, for another process to see. */
	atomic_bool over;
	atomic_long answers, wrong, flagged, failed, events, ended;
	atomic_int line; /* that found the last wrong answer */
	_Atomic int64_t number; /* the answer itself, of the simple calls */
};

/* Starts the threads, which ask until `over`. */
void asking_begin(struct asking *asking);
/* Forks; the child asks with all that it inherits, and everything it is told
 * counts. */
void asking_fork(void);
void asking_end(void);

#endif
