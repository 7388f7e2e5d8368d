/* SPDX-License-Identifier: MIT */
/* What happens, as it happens: on a terminal a picture, else a log. */
#ifndef MYMEM_FREE_VIEW_H
#define MYMEM_FREE_VIEW_H

#include "mymem-free.h"

/* own: the report is about this process, which can be watched as well.  Looks so many
 * times, 0: until it is ended, and so many ns apart.  Returns the exit status, or a
 * negative errno where nothing is known any more. */
int view(struct report *report, bool own, int64_t count, int64_t nanoseconds);

#endif
