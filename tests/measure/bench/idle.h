/* SPDX-License-Identifier: MIT */
/* Programs that wait in the group that was made last. */
#ifndef IDLE_H
#define IDLE_H

#include "row.h"

/* Starts them. */
void idle_begin(void);
/* The least that a look can be. */
void idle_floor(int usage, int timer);

#endif
