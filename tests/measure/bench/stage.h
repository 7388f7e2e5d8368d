/* SPDX-License-Identifier: MIT */
/*
 * Situations, each in a process of its own: a copy of this one, made by
 * fork(2), on the same CPU.  It measures one batch when it is told to.
 */
#ifndef STAGE_H
#define STAGE_H

#include "batch.h"

#define SITUATIONS_MAX 32
#define ROWS_MAX 64

struct stage {
	const struct situation *situation;
	const char *missing; /* why it could not be made */
	const struct row *rows[ROWS_MAX];
	struct size sizes[ROWS_MAX];
	int count; /* of rows */
	int pid;
	int socket;
};

/* Starts it, and waits until it is ready. */
void stage_open(struct stage *stage, const struct situation *situation);
double stage_batch(const struct stage *stage, int row);
/* The process of a situation that was started before, or 0. */
int stage_process(const struct situation *situation);

#endif
