/* SPDX-License-Identifier: MIT */
/* The situations that are tried. */
#ifndef SITUATION_H
#define SITUATION_H

#include "around.h"
#include "inside.h"

/* What must be there. */
enum {
	NEEDS_GROUPS = 1 << 0,
	NEEDS_V1 = 1 << 1,
	NEEDS_V2 = 1 << 2,
	NEEDS_SMALL = 1 << 3, /* a machine that nobody else uses */
	NEEDS_DISK = 1 << 4,
	NEEDS_SWAP = 1 << 5,
	NEEDS_NODES = 1 << 6
};

struct situation {
	const char *name;
	unsigned int needs;
	/* How the promise is judged; judge.py has the numbers. */
	const char *bar;
	around_fn *around;
	inside_fn *inside;
};
extern const struct situation situations[];

/* Why it cannot be tried here, or NULL. */
const char *situation_missing(const struct situation *situation);

#endif
