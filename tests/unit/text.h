/* SPDX-License-Identifier: MIT */
/* Texts for the parsers. */
#ifndef TEXT_H
#define TEXT_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define T(literal) { (literal), sizeof(literal) - 1 }
#define N MYM__NAME

/* What an output holds before a call that must not write it. */
#define UNTOUCHED (-42)

/* check notes each assertion in a file; in loops of thousands this does not. */
#define DEMAND(condition, ...)                       \
	do {                                         \
		if (!(condition))                    \
			ck_abort_msg(__VA_ARGS__);   \
	} while (0)

static inline unsigned int *rows_failed(void)
{
	static unsigned int count;

	return &count;
}

/* A row of a table.  The others are tried too: one run shows all failures. */
#define ROW(condition, ...)                          \
	do {                                         \
		if (condition)                       \
			break;                       \
		++*rows_failed();                    \
		printf("# " __VA_ARGS__);            \
		putchar('\n');                       \
		fflush(stdout);                      \
	} while (0)
#define ROWS_DONE() ck_assert_uint_eq(*rows_failed(), 0)

/* A copy on the heap of exactly the text's size: ASan sees what is read beside
 * it.  An empty one ends where it begins, at the end of its block. */
static inline struct mym__text exact(struct mym__text text)
{
	size_t pad = text.length == 0;
	char *block = malloc(text.length + pad);

	ck_assert_ptr_nonnull(block);
	if (text.length > 0)
		memcpy(block, text.at, text.length);
	return (struct mym__text){ block + pad, text.length };
}

static inline void release(struct mym__text text)
{
	free((char *)text.at - (text.length == 0));
}

static inline struct mym__text string_text(const char *string)
{
	return (struct mym__text){ string, strlen(string) };
}

/* A text as C would have it, for messages. */
static inline const char *shown(struct mym__text text)
{
	static char buffers[4][160];
	static unsigned int turn;
	char *buffer = buffers[turn++ % 4];
	size_t have = 0;

	for (size_t i = 0; i < text.length && have < 140; i++) {
		unsigned char c = (unsigned char)text.at[i];

		have += (size_t)sprintf(buffer + have, c < ' ' || c > '~' ?
					"\\%03o" : "%c", c);
	}
	strcpy(buffer + have, have < 140 ? "" : "...");
	return buffer;
}

#endif
