/* SPDX-License-Identifier: MIT */
/* What the subject does while its watch is served by another thread. */
#ifndef ACT_H
#define ACT_H

#include "page.h"

struct situation;
typedef void act_fn(struct page *page, const struct situation *situation);

act_fn act_ramp; /* takes memory at a rate, until it is killed */
act_fn act_read; /* reads a file that is larger than the limit */
act_fn act_swap; /* uses more than the limit, which is there with swap */
act_fn act_wait; /* nothing, until it is told */
act_fn act_tooth; /* takes memory at many rates and gives it back */
act_fn act_pack; /* takes nearly all at once, and keeps it */
act_fn act_build; /* many short processes */
act_fn act_copy; /* copies a file that is larger than the limit */
act_fn act_reread; /* needs files again that there is no room for */
act_fn act_sockets; /* talks to itself by TCP, and reads what it cannot keep */
act_fn act_long; /* reads, takes memory and gives it back, and then nothing */

/* Takes so much memory in this process, so many bytes a second. */
void act_take(struct page *page, int64_t size, int64_t rate);

#endif
