/* SPDX-License-Identifier: MIT */
/* Descriptors that a child passes to its parent. */
#ifndef MYMEM_RUN_PASS_H
#define MYMEM_RUN_PASS_H

#include <stdint.h>

/* What it is: a file of this index, or the listener. */
enum { INTERRUPTIBLE = 254, KILLABLE };

/* Returns 0 or a negative errno. */
int pass_send(int channel, int fd, uint8_t tag);
/* Without waiting.  Returns the descriptor or a negative errno. */
int pass_receive(int channel, uint8_t *tag);

#endif
