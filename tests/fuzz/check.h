/* SPDX-License-Identifier: MIT */
/* What holds for every answer, whatever the files say. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>

#include "mymem.h"

/* Fuzzers look for a program that is aborted. */
#define CHECK(condition)                                            \
	do {                                                        \
		if (!(condition)) {                                 \
			fprintf(stderr, "%s:%d: not so: %s\n",      \
				__FILE__, __LINE__, #condition);    \
			abort();                                    \
		}                                                   \
	} while (0)

void check_constraint(const struct mym_constraint *c);
/* The answer of the last snapshot of a context: want is what was asked for. */
void check_snapshot(struct mym_ctx *ctx, const struct mym_snapshot *s,
		    uint64_t want);
/* What mymem-free prints of it: JSON, and text that is safe on a terminal. */
void check_printed(struct mym_ctx *ctx, const struct mym_snapshot *s);

#endif
