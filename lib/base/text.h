/* SPDX-License-Identifier: MIT */
/* A piece of the kernel's text: not terminated, never NULL where length > 0. */
#ifndef MYM_TEXT_H
#define MYM_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler.h"

#pragma GCC visibility push(hidden)

struct mym__text {
	const char *at;
	size_t length;
};

#define MYM__TEXT(literal) ((struct mym__text){ (literal), sizeof(literal) - 1 })

/* The name of a value.  Tables of these hold no pointers, which the loader would
 * have to relocate. */
struct mym__name {
	unsigned char length;
	char at[29];
};

#define MYM__NAME(literal) { sizeof(literal) - 1, literal }

static inline struct mym__text mym__text_of(const struct mym__name *name)
{
	return (struct mym__text){ name->at, name->length };
}

/* parse.c */
bool mym__text_equal(struct mym__text a, struct mym__text b);
bool mym__text_is(struct mym__text text, const char *word);

#pragma GCC visibility pop

#endif
