/* SPDX-License-Identifier: MIT */
/* Ways to hold memory.  What cannot be done is fatal. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdint.h>

/* Allocated and touched. */
char *memory_anonymous(int64_t bytes);
void memory_memfd(int64_t bytes);
void memory_tmpfs(int64_t bytes);
/* Page cache. */
void memory_read(const char *path, int64_t bytes, int times);
char *memory_map(const char *path, int64_t bytes);
void memory_write(const char *path, int64_t bytes);
/* The kernel's own.  Pipes and sockets cannot be reclaimed; inodes and names
 * of files that are not there can. */
void memory_pipes(int64_t bytes);
void memory_sockets(int64_t bytes);
void memory_inodes(const char *dir, int count);
void memory_names(const char *dir, int count);

#endif
