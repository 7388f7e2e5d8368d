/* SPDX-License-Identifier: MIT */
/* A context: where it looks, what it found, and the last good answers. */
#ifndef MYM_CONTEXT_H
#define MYM_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "answer/findings.h"
#include "base/file.h"
#include "base/guard.h"
#include "base/lines.h"
#include "base/root.h"
#include "discover/group.h"
#include "discover/places.h"
#include "read/limit-watch.h"

#pragma GCC visibility push(hidden)

/* What a context found: the places, the constraints of the last good pass, and
 * room for those of the next. */
struct mym__result {
	struct mym__places places;
	struct mym__file *files;
	unsigned int kept;	 /* of the files of groups */
	struct mym__scan *scans; /* see struct mym__pass */
	struct mym__findings last, next;
	struct mym__membership membership;
};
MYM__MUST_USE
int mym__result_new(struct mym__result **out,
		    const struct mym__membership *membership,
		    const struct mym__places *places);
/* Counts the files of groups that are kept: some may have been lost. */
void mym__result_count(struct mym__result *result);
/* Closes them. */
void mym__result_forget(struct mym__result *result);
void mym__result_free(struct mym__result *result);

struct mym_ctx {
	struct mym__result *result; /* NULL before the first good pass */
	/* The number of the process that opened the files: some are about it. */
	unsigned int process;
	bool anew;   /* look for the group before the next pass */
	bool missed; /* the membership could not be read: it is the last one */
	bool stays;  /* it is asked again: keep files from the first pass on */
	bool sealing; /* this pass opens whatever a later one may need */
	int64_t known_at; /* the last whole pass; 0: none */
	struct mym__root root;
	struct mym__guard guard;
	struct mym__limit_watch limits;
	struct mym__file files[MYM__FILES];
	struct mym__membership membership;
	/* The last: it need not be zero, and most of its pages are never used. */
	_Alignas(16) char buffer[MYM__LINES_SIZE];
};
/* *ctx must be zero up to the buffer.  Returns 0, or why the sysroot cannot be
 * opened. */
MYM__MUST_USE
int mym__context_init(struct mym_ctx *ctx, const char *sysroot);
/* Releases all that it holds. */
void mym__context_clear(struct mym_ctx *ctx);
/* The same for one that is allocated, and that may be for a process instead; 1: that
 * is a thread's id. */
MYM__MUST_USE
int mym__context_open(struct mym_ctx **out, const char *sysroot, int process);
void mym__context_close(struct mym_ctx *ctx);

#pragma GCC visibility pop

#endif
