/* SPDX-License-Identifier: MIT */
/* inotify(7): being told of writes to files. */
#include <errno.h>
#include <stdio.h>
#include <sys/inotify.h>

#include "inotify.h"

int mym__inotify_open(void)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

/* By its descriptor: the name may be another file's by now. */
bool mym__inotify_add(int inotify, int fd)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return inotify_add_watch(inotify, path, IN_MODIFY) >= 0;
}
