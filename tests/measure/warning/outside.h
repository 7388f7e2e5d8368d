/* SPDX-License-Identifier: MIT */
/* What is done outside while the subject acts, and what came of it. */
#ifndef CONDUCT_H
#define CONDUCT_H

#include "facts.h"

struct stage;
typedef void conduct_fn(const struct stage *stage, struct facts *facts);

conduct_fn conduct_ramp;    /* waits for the kill, with others' triggers */
conduct_fn conduct_hog;     /* others take all there is */
conduct_fn conduct_nothing; /* waits */
conduct_fn conduct_swap;
conduct_fn conduct_counted; /* sees when the kernel counts an event */
conduct_fn conduct_throttle; /* memory.high is exceeded for ever */
conduct_fn conduct_reread;
conduct_fn conduct_limits;  /* changes the limit */
conduct_fn conduct_sibling; /* another process of the group is killed */

#endif
