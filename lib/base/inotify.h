/* SPDX-License-Identifier: MIT */
/* inotify(7): reports of writes to files. */
#ifndef MYM_INOTIFY_H
#define MYM_INOTIFY_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler.h"

#pragma GCC visibility push(hidden)

/* An instance, or < 0. */
MYM__MUST_USE int mym__inotify_open(void);
/* Makes it report writes to the open file. */
bool mym__inotify_add(int inotify, int fd);
/* Forgets what it has reported.  False: it has lost a file, or there is no
 * end. */
bool mym__inotify_drain(int inotify, void *buffer, size_t size);

#pragma GCC visibility pop

#endif
