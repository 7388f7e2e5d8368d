/* SPDX-License-Identifier: MIT */
/* Files on a real disk, whose page cache, inodes and names fill memory. */
#ifndef FILE_H
#define FILE_H

#include <stdbool.h>
#include <stdint.h>

/* A directory of our own below this one, removed by file_end(). */
void file_begin(const char *where);
void file_end(void);
/* Whether what is written there goes to a disk. */
bool file_on_disk(void);
/* The path of a file there. */
const char *file_path(const char *name);

/* Writes a file and waits for the disk. */
void file_make(const char *path, int64_t bytes, unsigned int mode);
/* The big file, and the directory of many; made when first asked for. */
const char *file_big(int64_t bytes);
const char *file_many(int count);
/* Forgets all clean page cache, inodes and names. */
void file_forget(void);

#endif
