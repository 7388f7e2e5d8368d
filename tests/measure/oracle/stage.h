/* SPDX-License-Identifier: MIT */
/*
 * One situation while it lasts: the groups, the settings, the other that uses
 * memory, and the subject, which asks and is then killed.
 */
#ifndef STAGE_H
#define STAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "mymem.h"
#include "peers.h"
#include "runtime.h"
#include "units.h"

#define LIMIT (160 * MIB)

struct stage {
	const char *own;   /* the subject's group; NULL: it stays */
	const char *parent; /* the one above */
	const char *seen;  /* the same as the subject sees it */
	const char *later; /* where it goes in its midlife */
	const char *beside; /* for whom it starts beside it */
	const char *file, *many; /* for the subject */
	bool throttles;    /* a memory.high is in the way */
	bool incompressible; /* so are the pages that it takes */
	bool sparse;       /* it takes one page of each page table */
	struct mym_ctx *ctx; /* the subject's: has asked before */
	const char *runtime; /* asked instead of us, and nothing is taken */
	/* A process that uses memory in a group (NULL: outside) until the end.
	 * It is the last that the kernel would kill. */
	void (*other_use)(void);
	const char *other_group;
};

/* Starts the other, if there is one. */
void stage_start(struct stage *stage);
/* Whether it is dead, which voids the result. */
bool stage_disturbed(void);
void stage_end(void);

enum ending { ENDED_KILLED, ENDED_REFUSED, ENDED_THROTTLED, ENDED_BY_TEST };

/* What the subject was promised, and what it got. */
struct result {
	struct mym_snapshot snapshot;
	struct mym_constraint by;
	int64_t limit, available;
	int64_t peers[PEERS];
	struct answer answer; /* of the runtime */
	int64_t truth;
	enum ending ending;
	char failed[256]; /* nothing of the above: why */
};
void stage_run(struct stage *stage, void (*enter)(struct stage *stage),
	       int64_t most, struct result *result);

#endif
