/* SPDX-License-Identifier: MIT */
/* The system calls of a watch. */
#ifndef MYM_POLL_H
#define MYM_POLL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/file.h"

/* What is in the set is known by its number here. */
struct mym__ready {
	unsigned int id;
	bool gone; /* an error, or the other end was closed */
};
int mym__poll_open(struct mym__file *set);
/* priority: PSI files and memory.events raise POLLPRI. */
int mym__poll_add(const struct mym__file *set, const struct mym__file *file,
		  unsigned int id, bool priority);
/* With priority, and reported once until it is armed again. */
int mym__poll_once(const struct mym__file *set, const struct mym__file *file,
		   unsigned int id, bool again);
/* Whether both are what they were: only then is it in the set. */
bool mym__poll_has(const struct mym__file *set, const struct mym__file *file,
		   unsigned int id, bool priority);
/* Takes it out and closes it, unless the number is another's by now.  A child
 * shares the set with its parent, and takes out nothing. */
void mym__poll_drop(const struct mym__file *set, struct mym__file *file,
		    bool shared);
/* How many are ready, or < 0.  Never waits. */
int mym__poll_ready(const struct mym__file *set, struct mym__ready *ready,
		    unsigned int size);
int mym__poll_timer(struct mym__file *timer);
int mym__poll_arm(const struct mym__file *timer, int64_t ns);
int mym__poll_inotify(struct mym__file *inotify);
/* Reads all there is; -EPIPE at the end. */
int mym__poll_drain(int fd, void *buffer, size_t size);
int mym__poll_write(int fd, const void *data, size_t size);
int64_t mym__poll_page_size(void);
/* NULL also in a program with more rights than its user. */
const char *mym__poll_environment(const char *name);
/* What somebody else named to us. */
enum mym__named { MYM__NAMED_PSI, MYM__NAMED_PIPE, MYM__NAMED_NOTHING };
int mym__poll_named(struct mym__file *file, const char *path, bool writing,
		    enum mym__named *what);

#endif
