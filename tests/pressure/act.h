/* SPDX-License-Identifier: MIT */
/* What the subject does while its watch is served by another thread. */
#ifndef ACT_H
#define ACT_H

#include "page.h"

struct scene;
typedef void act_fn(struct page *page, const struct scene *scene);

act_fn act_ramp; /* takes memory at a rate, until it is killed */
act_fn act_read; /* reads a file that is larger than the limit */
act_fn act_swap; /* uses more than the limit, which is there with swap */
act_fn act_wait; /* nothing, until it is told */
act_fn act_long; /* reads, takes memory and gives it back, and then nothing */

#endif
