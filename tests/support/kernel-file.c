/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel-file.h"

int kernel_read(const char *path, char *buffer, int size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int length = 0, r = 0;

	if (fd < 0)
		return -errno;
	while (length < size - 1 &&
	       (r = (int)read(fd, buffer + length, (size_t)(size - 1 - length))) > 0)
		length += r;
	if (r < 0)
		r = -errno;
	close(fd);
	buffer[length] = '\0';
	return r < 0 ? r : length;
}

int kernel_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int r = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		r = -errno;
	close(fd);
	return r;
}

int64_t kernel_number(const char *path)
{
	char buffer[64];
	int r = kernel_read(path, buffer, sizeof(buffer));

	if (r < 0)
		return r;
	if (r == 0)
		return -ENODATA;
	if (strncmp(buffer, "max", 3) == 0)
		return INT64_MAX;
	return strtoll(buffer, NULL, 10);
}

int64_t kernel_key(const char *path, const char *key)
{
	char buffer[16384];
	int r = kernel_read(path, buffer, sizeof(buffer));
	size_t length = strlen(key);
	char *line, *next;

	if (r < 0)
		return r;
	for (line = buffer; line; line = next) {
		char *end;
		int64_t value;

		next = strchr(line, '\n');
		if (next)
			next++;
		if (strncmp(line, key, length) != 0 || !strchr(": ", line[length]))
			continue;
		value = strtoll(line + length + 1, &end, 10);
		return strncmp(end, " kB", 3) == 0 ? value * 1024 : value;
	}
	return -ENODATA;
}
