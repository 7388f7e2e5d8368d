/* SPDX-License-Identifier: MIT */
/* Reads a file as lines of any length, in constant memory. */
#ifndef MYM_LINES_H
#define MYM_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"
#include "parse.h"
#include "text.h"

#pragma GCC visibility push(hidden)

struct mym__lines {
	int fd;
	char *buffer;
	size_t size, begin, end;
	int64_t offset; /* position in the file of buffer[end] */
	int64_t most; /* bytes that are read; then it is -EFBIG */
	bool eof;
	bool cut; /* the line is longer than the buffer; this is its front */
};
#define MYM__LINES_SIZE 65536
/* More than any file of one value, or of one line, has. */
#define MYM__SMALL_FILE 4096
/* More than any file of the kernel has, ... */
#define MYM__FILE_MOST (1 << 20)
/* ... but for tables with a row for each mount, mapping or CPU. */
#define MYM__TABLE_MOST (64 << 20)

/* To read MYM__FILE_MOST bytes at most. */
void mym__lines_init(struct mym__lines *lines, int fd, char *buffer,
		     size_t size);
/* 0 a line, 1 the end, < 0.  The line may be changed in place. */
MYM__MUST_USE
int mym__lines_next(struct mym__lines *lines, struct mym__text *line);
/* Reads a small file whole: a number, or a list. */
MYM__MUST_USE
int mym__lines_all(int fd, char *buffer, size_t size, struct mym__text *all);
/* Reads a file that holds one number: 0, 1 for "max", or < 0. */
MYM__MUST_USE
int mym__lines_amount(int fd, char *buffer, int64_t *value);
/* Reads the wanted keys from an open file. */
MYM__MUST_USE
int mym__lines_keys(int fd, char *buffer, size_t size, struct mym__keys *keys);

#pragma GCC visibility pop

#endif
