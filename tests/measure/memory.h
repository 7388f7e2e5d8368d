/* SPDX-License-Identifier: MIT */
/* Ways to hold memory.  What cannot be done is fatal. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdbool.h>
#include <stdint.h>

/* Allocated and touched. */
char *memory_anonymous(int64_t bytes);
char *memory_huge(int64_t bytes);
/* From the pool of huge pages. */
void memory_hugetlb(int64_t bytes);
/* Allocated, touched, and swapped out. */
void memory_swapped(int64_t bytes);
void memory_memfd(int64_t bytes);
void memory_tmpfs(int64_t bytes);
/* memfd_secret(2), and whether there is one. */
void memory_secret(int64_t bytes);
bool memory_has_secret(void);
/* Page cache. */
void memory_read(const char *path, int64_t bytes, int times);
char *memory_map(const char *path, int64_t bytes);
/* Mapped to be executed. */
char *memory_text(const char *path, int64_t bytes);
/* Held by pipes and sockets that it was sent to without being copied. */
void memory_splice(const char *path, int64_t bytes);
void memory_sendfile(const char *path, int64_t bytes);
void memory_write(const char *path, int64_t bytes);
/* The kernel's own.  Pipes, sockets and open files cannot be reclaimed; inodes
 * and names of files that are not there can. */
void memory_pipes(int64_t bytes);
void memory_sockets(int64_t bytes);
void memory_tcp(int64_t bytes);
void memory_idle_sockets(int count);
void memory_open(const char *dir, int count);
void memory_inodes(const char *dir, int count);
void memory_names(const char *dir, int count);

#endif
