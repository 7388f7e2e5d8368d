/* SPDX-License-Identifier: MIT */
#ifndef MOUNTS_H
#define MOUNTS_H

/* In the first process: a directory to mount in, removed at the end. */
void mounts_begin(void);
void mounts_end(void);
/* An empty directory, in a mount namespace of our own: NULL, or what went wrong. */
const char *mounts_empty(const char **dir);

#endif
