/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "../../mymem-free/size.h"
#include "../shown.h"
#include "handed.h"

/* Since Linux 6.3; there the administrator may ask for it. */
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8U
#endif

/* What the kernel calls a file in memory, and what we do: after that come when it
 * was made, in milliseconds, and the name of what it stands for. */
#define MEMORY  "/memfd:"
#define OURS    "mymem:"
#define DELETED " (deleted)"

/* Programs begin to read, and then read: that is new enough. */
#define FRESH 100 /* ms */

/* Longer than any path that is shown. */
#define PATH 128

/* A bit that is not set says that no such descriptor was handed out; one that is
 * set only that it is worth a look. */
#define FILTER 4096
static _Atomic uint32_t filter[FILTER / 32];

static void note(int fd, bool maybe)
{
	const uint32_t bit = UINT32_C(1) << fd % 32;
	_Atomic uint32_t *word = &filter[fd % FILTER / 32];

	if (maybe)
		atomic_fetch_or_explicit(word, bit, memory_order_relaxed);
	else
		atomic_fetch_and_explicit(word, ~bit, memory_order_relaxed);
}

bool handed_maybe(int fd)
{
	return fd >= 0 &&
	       atomic_load_explicit(&filter[fd % FILTER / 32],
				    memory_order_relaxed) >> fd % 32 & 1;
}

static void name_fd(char name[32], int fd)
{
	snprintf(name, 32, "/proc/self/fd/%d", fd);
}

static int64_t now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct found {
	char path[PATH];
	int64_t made; /* < 0: the kernel's own file */
};

/* The file that this descriptor is, or that it stands for, if it is one that is
 * shown.  The kernel names it without links and dots, however it was opened. */
static bool find(int fd, struct found *found)
{
	const size_t begin = sizeof(MEMORY OURS) - 1;
	const size_t end = sizeof(DELETED) - 1;
	char *const path = found->path, name[32];
	const char *own;
	ssize_t n;

	name_fd(name, fd);
	n = readlink(name, path, PATH - 1);
	if (n <= 0)
		return false;
	path[n] = '\0';
	if (strncmp(path, MEMORY OURS, begin) == 0) {
		own = parse_digits(path + begin, &found->made);
		if (!own || (size_t)n < begin + end)
			return false;
		path[(size_t)n - end] = '\0';
		memmove(path, own + 1, strlen(own));
	}
	return shown_has(path);
}

static int new_file(const char *path)
{
	const unsigned int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	char name[PATH + 32];
	int fd;

	snprintf(name, sizeof(name), OURS "%" PRId64 ":%s", now(), path);
	fd = (int)syscall(SYS_memfd_create, name, flags | MFD_NOEXEC_SEAL);
	if (fd < 0 && errno == EINVAL)
		fd = (int)syscall(SYS_memfd_create, name, flags);
	return fd < 0 ? -errno : fd;
}

/* A sealed file with this text, opened with these flags. */
static int make_file(const char *path, const char *text, size_t length,
		     int flags)
{
	int file = new_file(path), fd, r = 0;
	char name[32];
	ssize_t n;

	if (file < 0)
		return file;
	do {
		n = write(file, text, length);
	} while (n < 0 && errno == EINTR);
	if (n != (ssize_t)length)
		r = n < 0 ? -errno : -EIO;
	fcntl(file, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW |
				 F_SEAL_WRITE);
	name_fd(name, file);
	fd = r < 0 ? r : open(name, flags | O_CLOEXEC);
	if (r == 0 && fd < 0)
		fd = -errno;
	close(file);
	return fd;
}

/* What belongs in the place of a file: ours, or the machine's where nothing is
 * tighter. */
static int make(struct shown *shown, const struct found *found, int flags)
{
	int r = shown_look(shown);
	ptrdiff_t length;

	if (r > 0 && found->made >= 0) {
		r = open(found->path, flags | O_CLOEXEC);
		return r < 0 ? -errno : r;
	}
	if (r != 0)
		return r < 0 ? r : -EALREADY;
	length = shown_write(shown, found->path);
	return length < 0 ? (int)length :
			    make_file(found->path, shown->text, (size_t)length,
				      flags);
}

static bool is_shortage(int error)
{
	return error == -EMFILE || error == -ENFILE || error == -ENOMEM;
}

static int replace(int fd, const struct found *found)
{
	const int flags = fcntl(fd, F_GETFL), keep = fcntl(fd, F_GETFD);
	struct shown *shown;
	int file;

	if (flags < 0 || keep < 0 || (flags & O_PATH) ||
	    (flags & O_ACCMODE) == O_WRONLY)
		return 0;
	shown = malloc(sizeof(*shown));
	if (!shown)
		return -ENOMEM;
	file = make(shown, found, flags & (O_ACCMODE | O_NONBLOCK));
	free(shown);
	if (file < 0)
		return file;
	/* Who reads it meanwhile reads one of them. */
	if (dup3(file, fd, keep & FD_CLOEXEC ? O_CLOEXEC : 0) < 0)
		file = -errno;
	close(file);
	return file < 0 ? file : 0;
}

static bool ends_with(const char *path, const char *name)
{
	const size_t length = strlen(path), end = strlen(name);

	return length >= end && memcmp(path + length - end, name, end) == 0;
}

int handed_open(int fd, const char *path)
{
	int error = errno, r = 0;
	struct found found = { .made = -1 };

	if (!ends_with(path, "meminfo") && !ends_with(path, "swaps"))
		return 0;
	if (find(fd, &found)) {
		note(fd, true);
		r = replace(fd, &found);
	}
	errno = error;
	return is_shortage(r) ? r : 0;
}

void handed_again(int fd)
{
	int error = errno;
	struct found found = { .made = -1 };

	if (!find(fd, &found))
		note(fd, false);
	else if (found.made < 0 || (uint64_t)(now() - found.made) >= FRESH)
		replace(fd, &found);
	errno = error;
}

void handed_read(int fd)
{
	int error = errno;

	if (syscall(SYS_lseek, fd, 0, SEEK_CUR) == 0)
		handed_again(fd);
	errno = error;
}
