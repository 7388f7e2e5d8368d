/* SPDX-License-Identifier: MIT */
/* How a call enters and leaves, and structs of any size. */
#ifndef MYM_BORDER_H
#define MYM_BORDER_H

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "mymem.h"

/* The state of the thread that a call restores.  Meanwhile the thread is not
 * cancelled: that would leave descriptors open, and a context half changed. */
struct mym__entry {
	int error, cancel;
};

static inline struct mym__entry mym__enter(void)
{
	struct mym__entry entry = { .error = errno };

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &entry.cancel);
	return entry;
}

static inline void mym__leave(struct mym__entry entry)
{
	pthread_setcancelstate(entry.cancel, NULL);
	errno = entry.error;
}

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
