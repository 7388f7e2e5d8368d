/* SPDX-License-Identifier: MIT */
/* The situations that are tried. */
#ifndef SITUATION_H
#define SITUATION_H

#include "inside.h"
#include "outside.h"

/* What must be there. */
enum {
	NEEDS_V2 = 1 << 0,
	NEEDS_PSI = 1 << 1,
	NEEDS_SMALL = 1 << 2,  /* a machine that nobody else uses */
	NEEDS_GROUP = 1 << 3,  /* of our own: not a container's */
	NEEDS_FILE = 1 << 4,   /* a big one, to read */
	NEEDS_SOCKETS = 1 << 5 /* a kernel that counts them */
};

/* How often, perhaps never, and how long a run takes. */
struct effort {
	int runs, seconds;
};

struct situation {
	const char *name;
	unsigned int needs;
	int score; /* the subject's oom_score_adj */
	int64_t limit, high;
	int64_t above; /* the limit of a group above, which others fill; or 0 */
	int64_t rate;  /* bytes a second */
	uint64_t rules;	    /* of the watch; 0: all */
	const char *counts; /* a key of memory.events, to be warned of, */
	int64_t level;	    /* so strongly */
	struct effort full, quick;
	inside_fn *inside;   /* in the subject */
	outside_fn *outside; /* outside, meanwhile */
};
extern const struct situation situations[];

const struct situation *situation_named(const char *name);
/* Why it cannot be tried here, or NULL.  contained: in a container. */
const char *situation_missing(const struct situation *situation,
			      bool contained);

#endif
