/* SPDX-License-Identifier: MIT */
/* What the subject does while its watch is served by another thread. */
#ifndef INSIDE_H
#define INSIDE_H

#include "page.h"

struct situation;
typedef void inside_fn(struct page *page, const struct situation *situation);

inside_fn inside_ramp; /* takes memory at a rate, until it is killed */
inside_fn inside_read; /* reads a file that is larger than the limit */
inside_fn inside_swap; /* uses more than the limit, which is there with swap */
inside_fn inside_wait; /* nothing, until it is told */
inside_fn inside_tooth; /* takes memory at many rates and gives it back */
inside_fn inside_pack; /* takes nearly all at once, and keeps it */
inside_fn inside_build; /* many short processes */
inside_fn inside_copy; /* copies a file that is larger than the limit */
inside_fn inside_reread; /* needs files again that there is no room for */
/* talks to itself by TCP, and reads what it cannot keep */
inside_fn inside_sockets;
/* reads, takes memory and gives it back, and then nothing */
inside_fn inside_long;

/* Takes so much memory in this process, so many bytes a second. */
void inside_take(struct page *page, int64_t size, int64_t rate);

#endif
