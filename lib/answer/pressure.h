/* SPDX-License-Identifier: MIT */
/* The level of pressure that follows from what was seen.  Pure. */
#ifndef MYM_PRESSURE_H
#define MYM_PRESSURE_H

#include "findings.h"

#pragma GCC visibility push(hidden)

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
	uint64_t by;                    /* MYM_PRESSURE_BY_*: the rules in use */
	int64_t headroom[MYM__STEPS];   /* available is below this share of the
					 * limit, */
	int64_t room[MYM__STEPS];       /* and below this many bytes */
	int64_t psi[MYM__STEPS];        /* stalled: some, some, full */
	int64_t growth[MYM__STEPS];     /* ns until nothing is left */
	int64_t margin;                 /* to miss them by, on the way down */
};
extern const struct mym__rules mym__pressure_rules;

/* With more than this available there is no level for want of headroom, nor was
 * there one that would last. */
int64_t mym__pressure_room(const struct mym__rules *rules, int64_t limit);

/* Which of the group's counters have grown lately. */
enum {
	MYM__GREW_HIGH = 1, /* memory.high was exceeded */
	MYM__GREW_MAX = 2,  /* memory.max was reached; v1: failcnt */
	MYM__GREW_OOM = 4,  /* the kernel gave up, or killed */
	MYM__GREW_SOCKETS = 8 /* sockets were held back for lack of memory */
};

/* How what is available under one constraint changes. */
struct mym__fall {
	int64_t limit, available;
	int64_t before; /* what was available 40 ms ago, or earlier */
	int64_t left;   /* ns until nothing is left; INT64_MAX: unknown */
	int64_t soon;   /* the same, at the rate since the last look */
	bool again;     /* it was as low as this lately, and rose again */
	int scope;
};

/* What was in use, was taken away, and had to be read again: bytes a second,
 * for the process's group and for the machine. */
struct mym__again {
	bool known;
	bool reclaimed; /* the machine itself was short, or this is a group's */
	int64_t files, swapped;
	int64_t cache; /* bytes of files that are in memory */
};
enum { MYM__AGAIN_GROUP, MYM__AGAIN_MACHINE, MYM__AGAINS };

struct mym__inputs {
	bool room; /* limit and available are known */
	int64_t limit, available;
	int room_scope;
	const struct mym__psi *psi; /* those without a scope are left out */
	unsigned int psis;
	const struct mym__fall *falls;
	unsigned int falling;
	bool counted; /* the group's counters can be read */
	unsigned int grew;
	int grew_scope;
	const struct mym__again *again; /* MYM__AGAINS of them; NULL: unknown */
	bool managed; /* a manager of this group may call, */
	bool called;  /* and has called */
};
struct mym__assessment {
	unsigned int step;
	int scope; /* of what the step follows from */
	uint64_t cause, sources;
	unsigned int psi; /* index of the worst */
};
/* With `eased`, thresholds are easier to reach by the margin. */
void mym__pressure_assess(const struct mym__rules *rules, bool eased,
			  const struct mym__inputs *inputs,
			  struct mym__assessment *assessment);

/* Sets the level that follows from PSI and headroom. */
void mym__pressure_snapshot(const struct mym__psi *psi, unsigned int psis,
			    struct mym_snapshot *out);

#pragma GCC visibility pop

#endif
