/* SPDX-License-Identifier: MIT */
/* Trees of files that tests make and throw away. */
#ifndef TREE_H
#define TREE_H

#include <stdbool.h>

#define TREE_PATH 512

/* A new directory below $TMPDIR or /tmp, for everybody to read. */
void tree_make(char path[TREE_PATH]);
/* Copies what is in a directory into another. */
void tree_copy(const char *from, const char *to);
/* Removes it all, whatever the modes are. */
void tree_remove(const char *path);
/* Makes the directories above a path. */
void tree_parents(const char *root, const char *path);
/* Writes a file, making its directories. */
void tree_write(const char *root, const char *path, const char *content);
void tree_link(const char *root, const char *path, const char *target);

/* "root/path" in one of a few buffers that are used in turn. */
const char *tree_path(const char *root, const char *path);

/* The smallest machine: so much RAM, all free, and no groups. */
void tree_meminfo(const char *root, const char *path, int kilobytes);

#endif
