/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "descriptors.h"

/* Not from /proc, which may be what is missing. */
unsigned int open_descriptors(void)
{
	unsigned int count = 0;

	for (int fd = 0; fd < DESCRIPTORS_MAX; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

unsigned int high_descriptors(int fds[DESCRIPTORS_MAX])
{
	unsigned int count = 0;

	for (int fd = 64; fd < DESCRIPTORS_MAX; fd++) {
		if (fcntl(fd, F_GETFD) == FD_CLOEXEC)
			fds[count++] = fd;
	}
	return count;
}
