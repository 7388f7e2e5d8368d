/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "descriptors.h"

unsigned int open_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int count = 0;

	if (!dir) {
		perror("/proc/self/fd");
		abort();
	}
	while (readdir(dir))
		count++;
	closedir(dir);
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
