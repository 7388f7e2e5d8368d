/* SPDX-License-Identifier: MIT */
/* Whether limits were written since they were read: inotify(7). */
#ifndef MYM_NOTIFY_H
#define MYM_NOTIFY_H

#include <stdbool.h>

#include "../base/compiler.h"

/* A descriptor, or < 0. */
MYM__MUST_USE int mym__notify_open(void);
/* From now on it reports writes to the open file. */
bool mym__notify_add(int notify, int fd);
/* Nothing was written, and the descriptor is ours. */
bool mym__notify_quiet(int notify);
void mym__notify_close(int notify);

#endif
