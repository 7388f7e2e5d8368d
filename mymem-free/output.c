/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"

static int write_to(int fd, print_to *print, const void *data)
{
	FILE *out = fdopen(fd, "w");
	int r = 0;

	if (!out) {
		r = -errno;
		close(fd);
		return r;
	}
	print(out, data);
	if (fflush(out) != 0 || ferror(out))
		r = -errno;
	if (fclose(out) != 0 && r == 0)
		r = -errno;
	return r;
}

int write_file(const char *file, print_to *print, const void *data)
{
	char beside[PATH_MAX];
	struct stat is;
	int fd, r;

	/* What is no file, such as a pipe, or is one by a link, stays. */
	if (lstat(file, &is) == 0 && !S_ISREG(is.st_mode)) {
		fd = open(file, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY);
		return fd < 0 ? -errno : write_to(fd, print, data);
	}
	if (snprintf(beside, sizeof(beside), "%s.XXXXXX", file) >=
	    (int)sizeof(beside))
		return -ENAMETOOLONG;
	fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = write_to(fd, print, data);
	/* Others read it, as they do what the shell would have made. */
	if (r == 0 && chmod(beside, 0644) != 0)
		r = -errno;
	if (r == 0 && rename(beside, file) != 0)
		r = -errno;
	if (r < 0)
		unlink(beside);
	return r;
}
