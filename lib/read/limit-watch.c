/* SPDX-License-Identifier: MIT */
/*
 * Whether limits were written since they were read: one inotify instance on the
 * files of all levels.  The mounts of a hierarchy share its inodes, so it does
 * not matter through which of them a limit is written.
 *
 * It is enough to know that something is in the queue.  It is emptied before
 * the limits are read again, which is far quicker than a new instance: to close
 * the old one the kernel waits for everybody who may still look at it.
 *
 * The program may have closed the descriptor and reused it for another file.  A
 * signal number, set by F_SETSIG but never sent, tells whether the descriptor
 * is still the library's.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../base/inotify.h"
#include "../base/root.h"
#include "limit-watch.h"

#define MARK 57

static bool is_ours(int fd)
{
	return fcntl(fd, F_GETSIG) == MARK;
}

static void close_ours(const struct mym__limit_watch *watch)
{
	if (watch->state == MYM__LIMITS_WATCHED && is_ours(watch->fd))
		close(watch->fd);
}

static int open_marked(void)
{
	int fd = mym__inotify_open();
	int high = fd < 0 ? fd : mym__root_high(fd);

	if (high >= 0 && fcntl(high, F_SETSIG, MARK) == 0)
		return high;
	mym__root_drop(high < 0 ? fd : high);
	return -EMFILE;
}

/* The new instance is opened first, so that it does not get the descriptor of
 * the old one: whoever still knows that finds it closed. */
void mym__limit_watch_begin(struct mym__limit_watch *watch, uint64_t want,
			    bool possible)
{
	int fd = watch->wanted && possible ? open_marked() : -1;

	close_ours(watch);
	watch->state = fd >= 0	       ? MYM__LIMITS_WATCHED
		       : watch->wanted ? MYM__LIMITS_REFUSED
				       : MYM__LIMITS_UNWATCHED;
	watch->fd = fd;
	watch->covers = want;
}

void mym__limit_watch_add(struct mym__limit_watch *watch, int fd)
{
	if (watch->state == MYM__LIMITS_WATCHED &&
	    !mym__inotify_add(watch->fd, fd))
		mym__limit_watch_refuse(watch);
}

void mym__limit_watch_refuse(struct mym__limit_watch *watch)
{
	close_ours(watch);
	if (watch->state == MYM__LIMITS_WATCHED)
		watch->state = MYM__LIMITS_REFUSED;
}

bool mym__limit_watch_fd_quiet(int fd)
{
	int queued;

	return ioctl(fd, FIONREAD, &queued) == 0 && queued == 0 && is_ours(fd);
}

bool mym__limit_watch_quiet(const struct mym__limit_watch *watch)
{
	return watch->state == MYM__LIMITS_WATCHED &&
	       mym__limit_watch_fd_quiet(watch->fd);
}

bool mym__limit_watch_continue(struct mym__limit_watch *watch, uint64_t want,
			       void *buffer, size_t size)
{
	if (watch->state != MYM__LIMITS_WATCHED || (want & ~watch->covers))
		return false;
	return mym__limit_watch_fd_quiet(watch->fd) ||
	       (is_ours(watch->fd) &&
		mym__inotify_drain(watch->fd, buffer, size));
}

void mym__limit_watch_end(struct mym__limit_watch *watch)
{
	close_ours(watch);
	if (watch->state == MYM__LIMITS_WATCHED)
		watch->state = MYM__LIMITS_UNWATCHED;
}
