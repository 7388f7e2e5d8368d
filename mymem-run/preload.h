/* SPDX-License-Identifier: MIT */
/* The object that answers in the place of the C library, given to a command. */
#ifndef MYMEM_RUN_PRELOAD_H
#define MYMEM_RUN_PRELOAD_H

#include <limits.h>

/* Finds it: beside this program, or where it is installed.  Returns 0 or -ENOENT. */
int preload_find(char path[PATH_MAX]);

/*
 * Puts it in front of what is preloaded already.  Returns 0, 1 where one of its name
 * is there already, or a negative errno: -EINVAL, LD_PRELOAD cannot have such a path.
 */
int preload_use(const char *path);

#endif
