/* SPDX-License-Identifier: MIT */
/* Structs of any size: what the files of the border share. */
#ifndef MYM_BORDER_H
#define MYM_BORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "mymem.h"

/* No struct of any version will be larger; a larger size is a mistake. */
#define MYM__SIZE_MAX 4096

static inline bool mym__size_ok(size_t size)
{
	return size >= 8 && size <= MYM__SIZE_MAX && size % 8 == 0;
}

/* The struct of an older caller is the front of this version's, that of a newer
 * one is longer. */
static inline void mym__give(void *out, size_t size, const void *from,
			     size_t known)
{
	memcpy(out, from, size < known ? size : known);
	if (size > known)
		memset((char *)out + known, 0, size - known);
}

#endif
