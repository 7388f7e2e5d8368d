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
#define MYM__TEXT_INIT(literal) { (literal), sizeof(literal) - 1 }

/* The name of a value.  Tables of these hold no pointers, which the loader would
 * have to relocate. */
struct mym__name {
	unsigned char length;
	char at[31];
};

#define MYM__NAME(literal) { sizeof(literal) - 1, literal }

/* parse.c */
bool mym__text_equal(struct mym__text a, struct mym__text b);

#pragma GCC visibility pop

#endif
