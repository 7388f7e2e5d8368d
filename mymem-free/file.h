/* SPDX-License-Identifier: MIT */
/* The kernel's files that a form shows more of than the library tells. */
#ifndef MYMEM_FREE_FILE_H
#define MYMEM_FREE_FILE_H

#include <stdint.h>

/* More than any of these files has. */
#define FILE_MAX (64 * 1024)

/*
 * Reads a file, below the sysroot if there is one, and ends it with a NUL.  No
 * symlink leads out of a sysroot.  Returns 0 or a negative errno, -EFBIG for a
 * file of FILE_MAX bytes or more; the text is empty then.
 */
int read_file(const char *sysroot, const char *path, char text[FILE_MAX]);
/* The same of a file in a directory, such as a group's. */
int read_file_in(const char *sysroot, const char *dir, const char *name,
		 char text[FILE_MAX]);

/* The number that such a file begins with; < 0: there is none. */
int64_t number_in(const char *sysroot, const char *dir, const char *name);

/* Where a text has this word, or NULL: musl's strstr() has more than a KiB. */
const char *find_word(const char *text, const char *word);
/* The line after this one; the end of the text after the last one. */
const char *next_line(const char *at);
/* Of a text with lines "key number" the number; < 0: there is no such key. */
int64_t number_after(const char *text, const char *key);

#endif
