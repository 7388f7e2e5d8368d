/* SPDX-License-Identifier: MIT */
/* What is seen, and the level of pressure that follows.  Pure. */
#ifndef MYM_PRESSURE_H
#define MYM_PRESSURE_H

#include "findings.h"

/* The levels of pressure as an index. */
enum mym__step {
	MYM__STEP_NONE,
	MYM__STEP_LOW,
	MYM__STEP_MEDIUM,
	MYM__STEP_CRITICAL,
	MYM__STEPS
};
int mym__pressure_level(unsigned int step);

/* Thresholds of each step; that of NONE is not used.  Shares are in hundredths
 * of a percent. */
struct mym__rules {
	uint64_t by;                    /* MYM_PRESSURE_BY_*: in use */
	int64_t headroom[MYM__STEPS];   /* available below so much of the limit, */
	int64_t room[MYM__STEPS];       /* but below no more than so many bytes */
	int64_t psi[MYM__STEPS];        /* some, some, full */
	int64_t growth[MYM__STEPS];     /* ns until nothing is left */
	int64_t margin;                 /* to be missed by, on the way down */
};
extern const struct mym__rules mym__pressure_rules;

/* Which counters of the group have grown lately. */
enum {
	MYM__GREW_HIGH = 1, /* memory.high was exceeded */
	MYM__GREW_MAX = 2,  /* memory.max was reached; v1: failcnt */
	MYM__GREW_OOM = 4,  /* the kernel gave up, or killed */
	MYM__GREW_SOCKETS = 8 /* sockets may not take what they need */
};

/* How what is available under one constraint changes. */
struct mym__fall {
	int64_t limit, available;
	int64_t before; /* available a moment ago, 40 ms or more */
	int64_t left;   /* ns until nothing is left; INT64_MAX: nobody knows */
	int64_t soon;   /* the same, if all goes on as since the last look */
	bool again;     /* it was as low as this lately, and rose again */
	int scope;
};

/* What was in use, was taken away, and had to be read again: bytes a second, of
 * the process's group and of the machine. */
struct mym__again {
	bool known;
	bool reclaimed; /* for the machine, or it is a group's own */
	int64_t files, swapped;
	int64_t cache; /* bytes of files that are in memory */
};
enum { MYM__AGAIN_GROUP, MYM__AGAIN_MACHINE, MYM__AGAINS };

struct mym__inputs {
	bool room; /* limit and available are known */
	int64_t limit, available;
	int room_scope;
	const struct mym__psi *psi; /* those with a scope */
	unsigned int psis;
	const struct mym__fall *falls;
	unsigned int falling;
	bool counted; /* the group's counters can be read */
	unsigned int grew;
	int grew_scope;
	const struct mym__again *again; /* MYM__AGAINS, or NULL: unknown */
	bool managed; /* somebody who watches this group may speak up, */
	bool called;  /* and has */
};
struct mym__assessment {
	unsigned int step;
	int scope; /* of what gave the step */
	uint64_t cause, sources;
	unsigned int psi; /* which of them is the worst */
};
/* With `eased`, thresholds are easier to reach by the margin. */
void mym__pressure_assess(const struct mym__rules *rules, bool eased,
			  const struct mym__inputs *inputs,
			  struct mym__assessment *assessment);

/* PSI and headroom to a level. */
void mym__pressure_snapshot(const struct mym__psi *psi, unsigned int psis,
			    struct mym_snapshot *out);

#endif
