/* SPDX-License-Identifier: MIT */
/* inotify(7): reports of writes to files. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "inotify.h"

int mym__inotify_open(void)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

/* By the descriptor: the name may refer to another file by now. */
bool mym__inotify_add(int inotify, int fd)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/thread-self/fd/%d", fd);
	return inotify_add_watch(inotify, path, IN_MODIFY) >= 0;
}

static bool all_writes(const char *events, size_t length)
{
	struct inotify_event event;

	for (; length >= sizeof(event); events += sizeof(event) + event.len) {
		memcpy(&event, events, sizeof(event));
		if (event.mask != IN_MODIFY ||
		    event.len > length - sizeof(event))
			return false;
		length -= sizeof(event) + event.len;
	}
	return true;
}

bool mym__inotify_drain(int inotify, void *buffer, size_t size)
{
	bool writes = true;

	for (int i = 0; i < 16 && writes; i++) {
		ssize_t n = read(inotify, buffer, size);

		if (n < 0 && errno != EINTR)
			return errno == EAGAIN;
		writes = n < 0 || all_writes(buffer, (size_t)n);
	}
	return false;
}
