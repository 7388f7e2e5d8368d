/* SPDX-License-Identifier: MIT */
#ifndef MYM_SEAL_H
#define MYM_SEAL_H

#pragma GCC visibility push(hidden)

struct mym_ctx;

/* Opens all that a later pass may read: none opens anything more.  0, or a negative
 * errno. */
int mym__seal(struct mym_ctx *ctx);

#pragma GCC visibility pop

#endif
