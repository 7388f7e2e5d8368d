/* SPDX-License-Identifier: MIT */
/*
 * What pread(2) gives goes through after_pread(), which a test defines; it is linked
 * with -Wl,--wrap=pread,--wrap=pread64, as libc's headers choose one of the names.
 */
#ifndef PREAD_H
#define PREAD_H

#include <sys/types.h>

#include "libc.h"

static ssize_t after_pread(ssize_t n, int fd, void *buffer, size_t size);

#define WRAP_PREAD(name, type)                                              \
	ssize_t __real_##name(int fd, void *buffer, size_t size,            \
			      type offset) WEAK;                            \
	ssize_t __wrap_##name(int fd, void *buffer, size_t size,            \
			      type offset) WEAK;                            \
	ssize_t __wrap_##name(int fd, void *buffer, size_t size,            \
			      type offset)                                  \
	{                                                                   \
		return after_pread(__real_##name(fd, buffer, size, offset), \
				   fd, buffer, size);                       \
	}
WRAP_PREAD(pread, off_t)
WRAP_PREAD(pread64, off_t)

#endif
