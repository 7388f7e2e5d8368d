/* SPDX-License-Identifier: MIT */
/* How a call enters the library, and leaves it. */
#ifndef MYM_ENTRY_H
#define MYM_ENTRY_H

#include <errno.h>
#include <pthread.h>

/* The state of the thread that a call restores.  Meanwhile the thread is not
 * cancelled: that would leave a lock taken, descriptors open and a context half
 * changed. */
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

#endif
