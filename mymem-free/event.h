/* SPDX-License-Identifier: MIT */
/* An event of a watch, in words. */
#ifndef MYMEM_FREE_EVENT_H
#define MYMEM_FREE_EVENT_H

#include <mymem.h>

/* time: seconds since 1970 */
void print_event(const struct mym_event *event);

#endif
