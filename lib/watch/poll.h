/* SPDX-License-Identifier: MIT */
/* The system calls of a watch. */
#ifndef MYM_POLL_H
#define MYM_POLL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/file.h"

#pragma GCC visibility push(hidden)

/* What is ready in the set, by the id that it was added with. */
struct mym__ready {
	unsigned int id;
	bool gone; /* an error, or the other end was closed */
};
int mym__poll_open(struct mym__file *set);
/* priority: PSI files and memory.events raise POLLPRI. */
int mym__poll_add(const struct mym__file *set, const struct mym__file *file,
		  unsigned int id, bool priority);
/* With priority, and reported once; `again` arms it once more. */
int mym__poll_once(const struct mym__file *set, const struct mym__file *file,
		   unsigned int id, bool again);
/* Whether both descriptors are still what they were, and the set has the file. */
bool mym__poll_has(const struct mym__file *set, const struct mym__file *file,
		   unsigned int id, bool priority);
/* Takes it out and closes it, unless the descriptor has been reused.  A child
 * shares the set with its parent, and takes nothing out. */
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
/* Opens what the manager of the process has named. */
enum mym__named { MYM__NAMED_PSI, MYM__NAMED_PIPE, MYM__NAMED_NOTHING };
int mym__poll_named(struct mym__file *file, const char *path, bool writing,
		    enum mym__named *what);

#pragma GCC visibility pop

#endif
