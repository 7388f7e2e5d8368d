/* SPDX-License-Identifier: MIT */
/* What a watch does in somebody's loop. */
#ifndef LOOP_H
#define LOOP_H

#include <stdbool.h>

#include <mymem.h>

struct loop {
	struct mym_watch *watch;
	unsigned int wakes, events;
};
/* With an event to give at once, which looks ten times a second. */
void loop_open(struct loop *loop);
/* The loop says that it is readable.  Whether that is enough. */
bool loop_wake(struct loop *loop);
void loop_close(struct loop *loop);

#endif
