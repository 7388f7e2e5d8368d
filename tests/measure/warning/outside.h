/* SPDX-License-Identifier: MIT */
/* What is done outside of the subject meanwhile, and what came of it. */
#ifndef OUTSIDE_H
#define OUTSIDE_H

#include "facts.h"

struct stage;
typedef void outside_fn(const struct stage *stage, struct facts *facts);

outside_fn outside_ramp;    /* waits for the kill, with others' triggers */
outside_fn outside_hog;     /* others take all there is */
outside_fn outside_nothing; /* waits */
outside_fn outside_swap;
outside_fn outside_counted; /* sees when the kernel counts an event */
outside_fn outside_throttle; /* memory.high is exceeded for ever */
outside_fn outside_reread;
outside_fn outside_limits;  /* changes the limit */
outside_fn outside_sibling; /* another process of the group is killed */

#endif
