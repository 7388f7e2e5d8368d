/* SPDX-License-Identifier: MIT */
/*
 * Every name is opened here.
 *
 * On the running system names are looked up as the process sees them.  Under a
 * sysroot they are confined to it: by openat2(RESOLVE_IN_ROOT), or, where a
 * kernel has no openat2 (< 5.6, ENOSYS) or a sandbox forbids it (EPERM), by
 * walk.c, one component at a time.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "fork.h"
#include "guard.h"
#include "kernel.h"
#include "root.h"
#include "walk.h"

/* Descriptors that outlive a call stay above the low ones, which programs close
 * and reuse. */
#define LOWEST_KEPT_FD 64

/* On failure (< 0) the old descriptor stays open. */
int mym__root_high(int fd)
{
	int high = fcntl(fd, F_DUPFD_CLOEXEC, LOWEST_KEPT_FD);

	/* EINVAL: no descriptor may have such a number. */
	if (high < 0)
		return errno == EINVAL ? -EMFILE : -errno;
	close(fd);
	return high;
}

static int open_flags(enum mym__root_kind kind)
{
	switch (kind) {
	case MYM__ROOT_DIR:
		return O_CLOEXEC | O_PATH | O_DIRECTORY;
	case MYM__ROOT_LIST:
		return O_CLOEXEC | O_RDONLY | O_DIRECTORY;
	case MYM__ROOT_TRIGGER:
		return O_CLOEXEC | O_RDWR | O_NONBLOCK;
	default:
		/* A fifo in a hostile sysroot must not block the open. */
		return O_CLOEXEC | O_RDONLY | O_NONBLOCK | O_NOCTTY;
	}
}

static int open_at(int dir, const char *path, int flags, uint64_t resolve)
{
	struct mym__open_how how = {
		.flags = (uint64_t)(unsigned int)flags,
		.resolve = resolve,
	};
	int fd;

	/* EAGAIN: a rename or mount raced with "..": try again. */
	for (int tries = 0; tries < 8; tries++) {
		fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
		if (fd >= 0)
			return fd;
		if (errno != EAGAIN && errno != EINTR)
			break;
	}
	return -errno;
}

static bool no_openat2(int error)
{
	return error == -ENOSYS || error == -EPERM || error == -EAGAIN;
}

/* Under a sysroot anything may stand in the place of a file; a device could be
 * read for ever. */
static int only_regular(const struct mym__root *root, int fd,
			enum mym__root_kind kind)
{
	struct stat st;
	int error = 0;

	if (fd < 0 || !root->confined || kind != MYM__ROOT_FILE)
		return fd;
	if (fstat(fd, &st) < 0)
		error = -errno;
	else if (S_ISDIR(st.st_mode))
		error = -EISDIR;
	else if (!S_ISREG(st.st_mode))
		error = -EBADMSG;
	if (error == 0)
		return fd;
	close(fd);
	return error;
}

/* A directory that stays open. */
static int keep(struct mym__root *root, int fd)
{
	struct stat st;
	int high = mym__root_high(fd);

	if (high >= 0)
		fd = high;
	if (fstat(fd, &st) < 0) {
		int error = -errno;

		close(fd);
		return error;
	}
	root->fd = fd;
	root->dev = st.st_dev;
	root->ino = st.st_ino;
	return 0;
}

int mym__root_open(struct mym__root *root, const char *sysroot)
{
	int fd, r;

	*root = (struct mym__root){ .fd = -1 };
	if (!sysroot)
		return 0;
	fd = openat(AT_FDCWD, sysroot, open_flags(MYM__ROOT_DIR));
	if (fd < 0)
		return -errno;
	r = keep(root, fd);
	root->confined = r == 0;
	return r;
}

int mym__root_check(const struct mym__root *root)
{
	struct stat st;

	if (!root->confined && root->process == 0)
		return 0;
	if (fstat(root->fd, &st) < 0)
		return -errno;
	return st.st_dev == root->dev && st.st_ino == root->ino ? 0 : -EBADF;
}

void mym__root_close(struct mym__root *root)
{
	/* The program may have closed the descriptor and reused it.  ENOENT: it is
	 * a process's, and hidden by now (pid_getattr() in fs/proc/base.c). */
	if ((root->confined || root->process > 0) &&
	    mym__root_check(root) != -EBADF)
		close(root->fd);
	root->fd = -1;
	root->confined = false;
	root->process = 0;
}

#define OWN "/proc/self/"
#define NET "/proc/net/"

const char *mym__root_name(const struct mym__root *root, const char *path)
{
	return root->process > 0 ? root->directory : path;
}

/* Nothing but procfs knows what a process is in; a file that is mounted over one
 * of these is believed by nobody else.  Those of the machine are another matter:
 * lxcfs replaces them. */
static int only_procfs(int fd)
{
	struct statfs st;
	int error = 0;

	if (fstatfs(fd, &st) < 0)
		error = -errno;
	else if ((uint32_t)st.f_type != MYM__PROC_MAGIC)
		error = -EXDEV;
	if (error == 0)
		return fd;
	close(fd);
	return error;
}

/* It is the one that has this number in our /proc, which may be that of another
 * namespace: system calls would take the number for somebody else's. */
int mym__root_process(struct mym__root *root, int process)
{
	struct stat self;
	bool told;
	int fd, r;

	*root = (struct mym__root){ .fd = -1, .self = UINT_MAX };
	snprintf(root->directory, sizeof(root->directory), "/proc/%d", process);
	fd = openat(AT_FDCWD, root->directory, open_flags(MYM__ROOT_DIR));
	r = fd < 0 ? -errno : only_procfs(fd);
	told = fstatat(AT_FDCWD, "/proc/self", &self, 0) == 0;
	if (r == -ENOENT)
		return told ? -ESRCH : -ENODATA;
	if (r >= 0)
		r = keep(root, fd);
	if (r < 0)
		return r;
	root->process = process;
	if (told && self.st_dev == root->dev && self.st_ino == root->ino &&
	    mym__fork_number() > 0)
		root->self = mym__fork_number();
	root->other = root->self == UINT_MAX;
	return 0;
}

static int open_running(const struct mym__root *root, int thread,
			const char *path, int flags)
{
	size_t own = strncmp(path, OWN, sizeof(OWN) - 1) == 0 ?
		     sizeof(OWN) - 1 : 0;
	char name[64];
	int fd, dir = AT_FDCWD;
	bool other = root->other;

	if (other && strncmp(path, NET, sizeof(NET) - 1) == 0)
		own = sizeof(NET) - sizeof("net/");
	if (other && strcmp(path, OWN "mountinfo") == 0) {
		/* Names are looked up in the mounts of the one that asks, whose
		 * first thread may have left. */
		path = "/proc/thread-self/mountinfo";
	} else if (own > 0 && (other || thread > 0)) {
		if (thread > 0) {
			snprintf(name, sizeof(name), OWN "task/%d/%s", thread,
				 path + own);
			path = name;
			own = sizeof(OWN) - 1;
		}
		if (other) {
			path += own;
			dir = root->fd;
		}
	}
	/* Not openat(): a library that shows the program another /proc/meminfo
	 * stands in for it. */
	fd = (int)syscall(SYS_openat, dir, path, flags | O_LARGEFILE,
			  MYM__AS_IT_IS);
	if (fd < 0)
		return -errno;
	return own > 0 ? only_procfs(fd) : fd;
}

int mym__root_get(const struct mym__root *root, const char *path,
		  enum mym__root_kind kind)
{
	return mym__root_of(root, root->thread, path, kind);
}

int mym__root_of(const struct mym__root *root, int thread, const char *path,
		 enum mym__root_kind kind)
{
	int flags = open_flags(kind);
	int fd;

	if (root->sealed)
		return -EACCES;
	mym__guard_mark(root->guard);
	if (!root->confined)
		return open_running(root, thread, path, flags);
	fd = open_at(root->fd, path, flags, MYM__RESOLVE_IN_ROOT |
					    MYM__RESOLVE_NO_MAGICLINKS);
	if (fd < 0 && no_openat2(fd))
		fd = mym__walk_in_root(root->fd, path, flags);
	return only_regular(root, fd, kind);
}

int mym__root_below(const struct mym__root *root, int dir, const char *path,
		    enum mym__root_kind kind, bool *crossed_mount)
{
	const uint64_t beneath = MYM__RESOLVE_BENEATH |
				 MYM__RESOLVE_NO_SYMLINKS;
	int flags = open_flags(kind);
	int fd;

	if (root->sealed)
		return -EACCES;
	mym__guard_mark(root->guard);
	/* Nothing is mounted below a cgroup mount: crossing into another file
	 * system means that something was mounted over the kernel's file. */
	fd = open_at(dir, path, flags, beneath | MYM__RESOLVE_NO_XDEV);
	if (fd == -EXDEV || (fd < 0 && no_openat2(fd))) {
		if (fd == -EXDEV)
			fd = open_at(dir, path, flags, beneath);
		else
			fd = mym__walk_beneath(dir, path, flags);
		if (fd >= 0 && crossed_mount &&
		    mym__root_cgroupfs(root, fd) != 0)
			*crossed_mount = true;
	}
	return only_regular(root, fd, kind);
}

int mym__root_cgroupfs(const struct mym__root *root, int dir)
{
	struct statfs st;

	if (root->confined)
		return 0;
	if (fstatfs(dir, &st) < 0)
		return -errno;
	switch ((uint32_t)st.f_type) {
	case MYM__CGROUP_MAGIC:
	case MYM__CGROUP2_MAGIC:
		return 0;
	case MYM__FUSE_MAGIC:
		return 1;
	default:
		return -EXDEV;
	}
}

int mym__root_read(int fd, void *buffer, size_t size, int64_t offset)
{
	ssize_t n;

	if (size > INT_MAX)
		size = INT_MAX;
	do {
		/* Not read(): a forked child shares the offset, and if the kept
		 * descriptor has become another file, none of its data is
		 * consumed. */
		n = pread(fd, buffer, size, offset);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : (int)n;
}

void mym__root_drop(int fd)
{
	if (fd >= 0)
		close(fd);
}

/* readdir(3) would allocate. */
int mym__root_list(struct mym__list *list, const char **name)
{
	for (;;) {
		struct mym__dirent *entry;
		long n;

		if (list->begin == list->end) {
			do {
				n = syscall(SYS_getdents64, list->fd,
					    list->buffer, list->size);
			} while (n < 0 && errno == EINTR);
			if (n <= 0)
				return n < 0 ? -errno : 1;
			list->begin = 0;
			list->end = (size_t)n;
		}
		entry = (struct mym__dirent *)(void *)(list->buffer + list->begin);
		list->begin += entry->length;
		if ((entry->type == DT_DIR || entry->type == DT_UNKNOWN) &&
		    strcmp(entry->name, ".") != 0 &&
		    strcmp(entry->name, "..") != 0) {
			*name = entry->name;
			return 0;
		}
	}
}
