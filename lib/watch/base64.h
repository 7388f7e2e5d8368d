/* SPDX-License-Identifier: MIT */
/* Base64.  Pure. */
#ifndef MYM_BASE64_H
#define MYM_BASE64_H

#include <stddef.h>

#include "../base/text.h"

#pragma GCC visibility push(hidden)

/* Decodes text to at most size bytes; returns how many, or < 0. */
int mym__base64(struct mym__text text, char *out, size_t size);

#pragma GCC visibility pop

#endif
