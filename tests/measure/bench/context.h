/* SPDX-License-Identifier: MIT */
/* Snapshots of one context, which is opened when it is first asked. */
#ifndef CONTEXT_H
#define CONTEXT_H

#include <mymem.h>

int context_snapshot(uint64_t want);
/* The same with a context of its own, which has to find the group. */
int context_discover(uint64_t want);

#endif
