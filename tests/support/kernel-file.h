/* SPDX-License-Identifier: MIT */
/*
 * The kernel's small files.  A reader of its own: what is tested must not be
 * trusted.
 */
#ifndef KERNEL_FILE_H
#define KERNEL_FILE_H

#include <stdint.h>

/* All of them: < 0 is a negative errno, and -ENODATA if nothing was there. */
int kernel_read(const char *path, char *buffer, int size);
int kernel_write(const char *path, const char *text);
/* A file with one number; "max" is INT64_MAX. */
int64_t kernel_number(const char *path);
/* The number behind a key: "key 1" or "key:   1 kB", which is converted. */
int64_t kernel_key(const char *path, const char *key);

#endif
