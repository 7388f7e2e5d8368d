/* SPDX-License-Identifier: MIT */
/* Which process this is, among all that have inherited its memory. */
#ifndef MYM_FORK_H
#define MYM_FORK_H

#include <stdint.h>

#include "compiler.h"

#pragma GCC visibility push(hidden)

/* What a fork wipes begins with this; the rest of the page is fast.h's. */
struct mym__fork {
	unsigned int number;
	int process; /* the id of the one that took the number */
} __attribute__((may_alias));

/* No page is larger. */
#define MYM__FORK_PAGE 65536
extern char mym__fork_room[2 * MYM__FORK_PAGE];

MYM__INLINE void *mym__fork_page(void)
{
	uintptr_t at = (uintptr_t)mym__fork_room;

	return (void *)((at + MYM__FORK_PAGE - 1) &
			~(uintptr_t)(MYM__FORK_PAGE - 1));
}

/* The number of this process, which none that it descends from has, whatever
 * their process ids.  Those that share its memory have the same.  0: the kernel
 * cannot wipe memory (before 4.14), so nobody can tell. */
unsigned int mym__fork_number(void);

#pragma GCC visibility pop

#endif
