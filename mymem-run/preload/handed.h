/* SPDX-License-Identifier: MIT */
/*
 * Descriptors of the kernel's files that were handed to the program: they are
 * those of sealed files in memory, with what this process may use.
 */
#ifndef MYMEM_RUN_HANDED_H
#define MYMEM_RUN_HANDED_H

#include <stdbool.h>

/*
 * If this was just opened and is one of the files, puts ours in its place, under
 * the same number.  path: as the program named it.  Returns 0, or a negative errno
 * where descriptors or memory are exhausted: then the machine's file is not what
 * the program is to read.
 */
int handed_open(int fd, const char *path);

/* Whether this number may be one of them: quick, for all that the program reads. */
bool handed_maybe(int fd);
/* Where the program begins to read it anew, the numbers are to be new. */
void handed_again(int fd);
/* The same, if it has read nothing yet. */
void handed_read(int fd);

#endif
