/* SPDX-License-Identifier: MIT */
/* Answers that were given while something failed: what is allowed. */
#ifndef JUDGE_H
#define JUDGE_H

#include <stdbool.h>

#include "mymem.h"

struct answer {
	int opened, result;
	struct mym_snapshot s;
	struct mym_constraint rows[32];
};

/* What was true, and what went wrong. */
struct trial {
	const struct answer *truth;
	int error;    /* a positive errno */
	bool running; /* the running system, or a frozen machine */
	bool other;   /* another process, which may seem to be gone or hidden */
	bool known;   /* it comes after a first answer */
	/* How much of what is available comes and goes by itself. */
	int64_t slack;
};

/* Of the program: tells and remembers what is not allowed. */
void complain(const char *what);

/* Asks a context for everything. */
void ask(struct mym_ctx *ctx, struct answer *answer);

bool in_closed_set(int error);
/* Absence is an answer: a file that is not there is no fault.  A place that was
 * not there when the group was looked for is not looked for again. */
bool is_absence(int error);
bool same_answer(const struct trial *trial, const struct answer *answer);
void judge(const struct trial *trial, const struct answer *answer);

#endif
