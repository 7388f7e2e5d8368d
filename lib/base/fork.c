/* SPDX-License-Identifier: MIT */
/*
 * Which process this is.  Process ids return: to the child of a fork in another
 * namespace, where each begins with 1, or of a parent that has ended.  What does
 * not return is memory that the kernel wipes in the child of a fork
 * (MADV_WIPEONFORK).  A process that finds it wiped takes the next number of its
 * line: the last number is inherited, whether or not those in between asked for
 * theirs.
 */
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fork.h"

char mym__fork_room[2 * MYM__FORK_PAGE];
static unsigned int last; /* inherited */

unsigned int mym__fork_number(void)
{
	struct mym__fork *fork = mym__fork_page();
	unsigned int number = __atomic_load_n(&fork->number, __ATOMIC_ACQUIRE);
	unsigned int next;

	if (number != 0)
		return number;
	if (madvise(fork, MYM__FORK_PAGE, MADV_WIPEONFORK) < 0)
		return 0;
	__atomic_store_n(&fork->process, (int)getpid(), __ATOMIC_RELAXED);
	next = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
	/* Another thread may have been quicker: then that number counts. */
	return __atomic_compare_exchange_n(&fork->number, &number, next, false,
					   __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE) ?
	       next : number;
}
