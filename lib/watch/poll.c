/* SPDX-License-Identifier: MIT */
/*
 * The watch's system calls.
 *
 * The descriptors of epoll, timers and inotify look alike to fstat(2): all are
 * one inode.  But the epoll set can tell whether a descriptor is still what it
 * was, because it knows its members by descriptor and open file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "../base/compiler.h"
#include "../base/file.h"
#include "../base/inotify.h"
#include "../base/kernel.h"
#include "poll.h"

/* Keeps a descriptor above the low ones, or not at all. */
static int keep(struct mym__file *file, int fd)
{
	int r;

	*file = (struct mym__file){ 0 };
	if (fd < 0)
		return -errno;
	r = mym__file_adopt(file, fd);
	if (r < 0)
		close(fd);
	return r;
}

int mym__poll_open(struct mym__file *set)
{
	return keep(set, epoll_create1(EPOLL_CLOEXEC));
}

static struct epoll_event event(unsigned int id, bool priority)
{
	return (struct epoll_event){
		.events = priority ? EPOLLPRI : EPOLLIN,
		.data.u64 = id,
	};
}

int mym__poll_add(const struct mym__file *set, const struct mym__file *file,
		  unsigned int id, bool priority)
{
	struct epoll_event e = event(id, priority);

	return epoll_ctl(set->fd, EPOLL_CTL_ADD, file->fd, &e) < 0 ? -errno : 0;
}

/* EPOLLONESHOT, because EPOLLERR, which kernfs reports with each change, cannot
 * be turned off. */
int mym__poll_once(const struct mym__file *set, const struct mym__file *file,
		   unsigned int id, bool again)
{
	struct epoll_event e = event(id, true);

	e.events |= EPOLLONESHOT;
	return epoll_ctl(set->fd, again ? EPOLL_CTL_MOD : EPOLL_CTL_ADD,
			 file->fd, &e) < 0 ? -errno : 0;
}

/* The set is no epoll descriptor any more, or the file is not what was added. */
static bool is_stranger(int error)
{
	return error == ENOENT || error == EBADF || error == EINVAL ||
	       error == EPERM;
}

bool mym__poll_has(const struct mym__file *set, const struct mym__file *file,
		   unsigned int id, bool priority)
{
	struct epoll_event e = event(id, priority);

	return file->fd > 0 &&
	       (epoll_ctl(set->fd, EPOLL_CTL_MOD, file->fd, &e) == 0 ||
		!is_stranger(errno));
}

void mym__poll_drop(const struct mym__file *set, struct mym__file *file,
		    bool shared)
{
	struct epoll_event e = { 0 };
	bool ours = file->fd > 0 && mym__file_is(file);

	/* What a child still has open stays in the set unless it is taken out
	 * before it is closed. */
	if (ours && !shared && set->fd > 0)
		ours = epoll_ctl(set->fd, EPOLL_CTL_DEL, file->fd, &e) == 0 ||
		       !is_stranger(errno);
	if (ours)
		close(file->fd);
	*file = (struct mym__file){ 0 };
}

int mym__poll_ready(const struct mym__file *set, struct mym__ready *ready,
		    unsigned int size)
{
	struct epoll_event events[32];
	int n;

	if (size > MYM__COUNT(events))
		size = MYM__COUNT(events);
	do {
		n = epoll_wait(set->fd, events, (int)size, 0);
	} while (n < 0 && errno == EINTR);
	for (int i = 0; i < n; i++) {
		ready[i].id = (unsigned int)events[i].data.u64;
		ready[i].gone = events[i].events & (EPOLLERR | EPOLLHUP);
	}
	return n < 0 ? -errno : n;
}

int mym__poll_timer(struct mym__file *timer)
{
	return keep(timer, timerfd_create(CLOCK_MONOTONIC,
					  TFD_CLOEXEC | TFD_NONBLOCK));
}

int mym__poll_arm(const struct mym__file *timer, int64_t ns)
{
	struct itimerspec when = { .it_value.tv_nsec = 1 };

	if (ns > 0) {
		when.it_value.tv_sec = (time_t)(ns / 1000000000);
		when.it_value.tv_nsec = (long)(ns % 1000000000);
	}
	return timerfd_settime(timer->fd, 0, &when, NULL) < 0 ? -errno : 0;
}

int mym__poll_inotify(struct mym__file *inotify)
{
	return keep(inotify, mym__inotify_open());
}

int mym__poll_drain(int fd, void *buffer, size_t size)
{
	ssize_t n;

	/* What is written faster than this is read another time. */
	for (int i = 0; i < 16; i++) {
		n = read(fd, buffer, size);
		if (n == 0)
			return -EPIPE;
		if (n < 0 && errno != EINTR)
			return errno == EAGAIN ? 0 : -errno;
	}
	return 0;
}

int mym__poll_write(int fd, const void *data, size_t size)
{
	ssize_t n;

	do {
		n = write(fd, data, size);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return (size_t)n == size ? 0 : -EIO;
}

int64_t mym__poll_page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

const char *mym__poll_environment(const char *name)
{
	return secure_getenv(name);
}

static void magic_link(char *path, size_t size, int fd)
{
	snprintf(path, size, "/proc/thread-self/fd/%d", fd);
}

/* By descriptor: for a path of any length, and the very socket that was looked
 * at. */
static int connect_to(int named)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int error;

	if (fd < 0)
		return -1;
	magic_link(address.sun_path, sizeof(address.sun_path), named);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* Whether it may be a PSI file: nothing is written to any other of the kernel's.
 * In the directory of a group more is, and its content tells. */
static bool may_be_psi(int fd, const struct stat *st)
{
	struct statfs fs;
	struct stat psi;

	if (fstatfs(fd, &fs) < 0)
		return false;
	return (uint32_t)fs.f_type == MYM__CGROUP2_MAGIC ||
	       ((uint32_t)fs.f_type == MYM__PROC_MAGIC &&
		fstatat(AT_FDCWD, "/proc/pressure/memory", &psi, 0) == 0 &&
		psi.st_dev == st->st_dev && psi.st_ino == st->st_ino);
}

/* 1:3, of which the C library's makedev(3) makes the same number. */
#define NULL_DEVICE 0x103

static int open_named(struct mym__file *file, int named, const struct stat *st,
		      bool writing, enum mym__named *what)
{
	int flags = O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	char path[40];

	magic_link(path, sizeof(path), named);
	*what = S_ISREG(st->st_mode) ? MYM__NAMED_PSI : MYM__NAMED_PIPE;
	if (S_ISSOCK(st->st_mode))
		return keep(file, connect_to(named));
	if (S_ISFIFO(st->st_mode)) {
		/* A fifo that is open for writing, too, never reports its end. */
		int fd = openat(AT_FDCWD, path, flags | O_RDWR);

		if (fd < 0 && !writing)
			fd = openat(AT_FDCWD, path, flags | O_RDONLY);
		return keep(file, fd);
	}
	if (S_ISREG(st->st_mode) && may_be_psi(named, st))
		return keep(file, openat(AT_FDCWD, path, flags | (writing ? O_RDWR :
							       O_RDONLY)));
	if (S_ISCHR(st->st_mode) && st->st_rdev == NULL_DEVICE) {
		*what = MYM__NAMED_NOTHING;
		return 0;
	}
	return -EBADMSG;
}

int mym__poll_named(struct mym__file *file, const char *path, bool writing,
		    enum mym__named *what)
{
	int named = openat(AT_FDCWD, path, O_CLOEXEC | O_PATH);
	struct stat st;
	int r;

	if (named < 0)
		return -errno;
	r = fstat(named, &st) < 0 ? -errno :
				    open_named(file, named, &st, writing, what);
	close(named);
	return r;
}
