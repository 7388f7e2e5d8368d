/* SPDX-License-Identifier: MIT */
/* Everything that wakes up a watch. */
#ifndef MYM_SOURCES_H
#define MYM_SOURCES_H

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* The ids of the sources in the set. */
enum { MYM__WAKE_TIMER, MYM__WAKE_LIMITS, MYM__WAKE_STALLS, MYM__WAKE_MANAGER,
       MYM__WAKE_COUNTER /* and the next ones */ };

struct mym_watch;

int mym__sources_open(struct mym_watch *watch);
void mym__sources_close(struct mym_watch *watch, bool shared);
/* Arms all of them, for another group; or what is missing. */
void mym__sources_arm(struct mym_watch *watch, bool anew);
/* Whether the set and the timer are still the library's. */
bool mym__sources_ours(const struct mym_watch *watch);
/* Whether it is time to look, or something calls for it; < 0: the watch is
 * broken.  Where it is only time, nobody has asked yet whose the set is. */
enum { MYM__SLEEP, MYM__DUE, MYM__CALLED };
int mym__sources_handle(struct mym_watch *watch, int64_t now);
/* The MYM_SOURCE_* that are armed, without those that a look reads. */
uint64_t mym__sources_armed(const struct mym_watch *watch);

#pragma GCC visibility pop

#endif
