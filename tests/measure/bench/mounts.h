/* SPDX-License-Identifier: MIT */
#ifndef MOUNTS_H
#define MOUNTS_H

/* In the first process: a directory to mount in, removed at the end. */
void mounts_begin(void);
void mounts_end(void);

#endif
