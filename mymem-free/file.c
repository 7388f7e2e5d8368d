/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "size.h"

/* A captured machine may have any links: none of them is followed.  Takes the
 * directory. */
static int open_below(int dir, const char *path)
{
	int fd;

	for (;;) {
		char name[NAME_MAX + 1];
		size_t length;
		bool last;

		path += strspn(path, "/");
		length = strcspn(path, "/");
		last = path[length] == '\0';
		fd = -EXDEV;
		if (length <= NAME_MAX && strncmp(path, "..", length) != 0) {
			memcpy(name, path, length);
			name[length] = '\0';
			fd = openat(dir, name, O_NOFOLLOW | O_CLOEXEC |
				    (last ? O_RDONLY | O_NONBLOCK :
					    O_PATH | O_DIRECTORY));
			if (fd < 0)
				fd = -errno;
		}
		close(dir);
		if (fd < 0 || last)
			return fd;
		dir = fd;
		path += length;
	}
}

static int open_file(const char *sysroot, const char *path)
{
	int fd = open(sysroot ? sysroot : path,
		      (sysroot ? O_PATH | O_DIRECTORY : O_RDONLY | O_NONBLOCK) |
		      O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return sysroot ? open_below(fd, path) : fd;
}

int read_file(const char *sysroot, const char *path, char text[FILE_MAX])
{
	size_t length = 0;
	ssize_t n;
	int r = 0, fd = open_file(sysroot, path);

	text[0] = '\0';
	if (fd < 0)
		return fd;
	/* The kernel gives its larger files a page at a time. */
	do {
		n = read(fd, text + length, FILE_MAX - length);
		if (n > 0)
			length += (size_t)n;
	} while (length < FILE_MAX && (n > 0 || (n < 0 && errno == EINTR)));
	if (n < 0)
		r = -errno;
	else if (length == FILE_MAX)
		r = -EFBIG;
	close(fd);
	/* Whatever is in it, it is one text. */
	for (size_t i = 0; i < length; i++)
		text[i] = text[i] ? text[i] : '?';
	text[r < 0 ? 0 : length] = '\0';
	return r;
}

int read_file_in(const char *sysroot, const char *dir, const char *name,
		 char text[FILE_MAX])
{
	char path[PATH_MAX];

	text[0] = '\0';
	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	return read_file(sysroot, path, text);
}

int64_t number_in(const char *sysroot, const char *dir, const char *name)
{
	static char text[FILE_MAX];
	int64_t value;

	return read_file_in(sysroot, dir, name, text) == 0 &&
	       parse_digits(text, &value) ? value : -1;
}

const char *find_word(const char *text, const char *word)
{
	const size_t length = strlen(word);

	for (; *text; text++) {
		if (strncmp(text, word, length) == 0)
			return text;
	}
	return NULL;
}

const char *next_line(const char *at)
{
	at += strcspn(at, "\n");
	return *at ? at + 1 : at;
}

int64_t number_after(const char *text, const char *key)
{
	const size_t length = strlen(key);
	int64_t value;

	for (; *text; text = next_line(text)) {
		if (strncmp(text, key, length) == 0 && text[length] == ' ')
			return parse_digits(text + length +
					    strspn(text + length, " "),
					    &value) ? value : -1;
	}
	return -1;
}
