/* SPDX-License-Identifier: MIT */
/* The process that asks what it can get, and then takes all it can get. */
#ifndef SUBJECT_H
#define SUBJECT_H

#include <stdatomic.h>

#include "stage.h"

/* Shared with the parent, which has touched it first, so that none of it is
 * charged to the subject. */
struct subject {
	struct result result;
	_Atomic int64_t touched;
	_Atomic int asked;  /* the promise is there; it begins to take */
	_Atomic int refused;
	_Atomic int capped; /* the test's own limit */
};

/* Does not return. */
_Noreturn void subject_run(struct subject *subject, struct stage *stage,
			   void (*enter)(struct stage *stage), int64_t most);
/* Who the kernel kills first (1000) and last (-1000). */
void subject_score(int score);
/* As late as we may: less than 0 needs CAP_SYS_RESOURCE. */
void subject_score_last(void);

#endif
