/* SPDX-License-Identifier: MIT */
/* Whether limits were written since they were read. */
#ifndef MYM_LIMIT_WATCH_H
#define MYM_LIMIT_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

enum mym__limit_watch_state {
	MYM__LIMITS_UNWATCHED, /* if one is wanted, a whole pass must begin it */
	MYM__LIMITS_WATCHED,   /* all limits, since they were read */
	MYM__LIMITS_REFUSED,   /* one cannot be; the next whole pass tries again */
};
struct mym__limit_watch {
	enum mym__limit_watch_state state;
	bool wanted; /* to begin one; once begun it goes on, wanted or not */
	int fd;	     /* open while they are watched */
	uint64_t covers; /* MYM_WANT_* bits: what the pass that began it read */
};
/* Begins to watch, if that is wanted, for a pass that will read these facts. */
void mym__limit_watch_begin(struct mym__limit_watch *watch, uint64_t want,
			    bool possible);
/* Goes on for a pass that will read these facts, from now on; false: it
 * cannot. */
bool mym__limit_watch_continue(struct mym__limit_watch *watch, uint64_t want,
			       void *buffer, size_t size);
/* Watches an open limit file, which is about to be read. */
void mym__limit_watch_add(struct mym__limit_watch *watch, int fd);
/* Notes that one of them cannot be watched. */
void mym__limit_watch_refuse(struct mym__limit_watch *watch);
/* Whether they are watched, and nothing was written. */
bool mym__limit_watch_quiet(const struct mym__limit_watch *watch);
/* The same from the descriptor alone, which may be another file by now. */
bool mym__limit_watch_fd_quiet(int fd);
void mym__limit_watch_end(struct mym__limit_watch *watch);

#pragma GCC visibility pop

#endif
