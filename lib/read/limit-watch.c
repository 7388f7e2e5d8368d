/* SPDX-License-Identifier: MIT */
/*
 * Whether a limit was written since it was read: one inotify instance on the
 * files of all levels.  The mounts of a hierarchy share its inodes, so it does
 * not matter through which of them it was written.
 *
 * The queue is never read: that there is something in it is all there is to
 * know.  And where the program has closed the descriptor, and got the number for
 * another file, nothing of that is consumed.  The signal number, which nobody is
 * to be sent, tells whether it still is ours.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "limit-watch.h"
#include "../base/root.h"

#define MARK 57

int mym__notify_open(void)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	int high;

	if (fd < 0)
		return -errno;
	high = mym__root_high(fd);
	if (high < 0 || fcntl(high, F_SETSIG, MARK) < 0) {
		close(high < 0 ? fd : high);
		return -EMFILE;
	}
	return high;
}

/* By its descriptor: the name may be another file's by now. */
bool mym__notify_add(int notify, int fd)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return inotify_add_watch(notify, path, IN_MODIFY) >= 0;
}

static bool is_ours(int notify)
{
	return fcntl(notify, F_GETSIG) == MARK;
}

bool mym__notify_quiet(int notify)
{
	int queued;

	return ioctl(notify, FIONREAD, &queued) == 0 && queued == 0 &&
	       is_ours(notify);
}

void mym__notify_close(int notify)
{
	if (notify > 0 && is_ours(notify))
		close(notify);
}
