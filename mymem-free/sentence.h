/* SPDX-License-Identifier: MIT */
/* Sentences with facts in them, in lines of 80 columns. */
#ifndef MYMEM_FREE_SENTENCE_H
#define MYMEM_FREE_SENTENCE_H

#include <stddef.h>
#include <stdint.h>

/* What stands in the place of these. */
struct facts {
	const char *dir;  /* %w: a file in this directory, ... */
	const char *file; /* ... or NULL: the path itself */
	const char *word; /* %s */
	int64_t a, b;     /* %a, %b: bytes; < 0: not known */
	int64_t n;        /* %n: a number, the same */
};

/*
 * Goes on with a paragraph, whose lines but the first begin in this column.  Words
 * stay whole, and so do facts, whatever is in them.  A newline begins a line.
 */
void say(size_t indent, const char *text, const struct facts *facts);
void end_paragraph(void);

#endif
