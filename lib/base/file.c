/* SPDX-License-Identifier: MIT */
/*
 * Files that stay open from one pass to the next: reading a kept descriptor
 * costs a fifth of an open, a read and a close.
 *
 * The program may close it behind the library's back (closefrom(3)), and then
 * get the same descriptor for a file of its own, even for another group's
 * memory.max.  So what was read is used only if the descriptor afterwards still
 * refers to the file that was kept; otherwise it is forgotten, and the library
 * never closes it.
 *
 * Nothing below a sysroot is kept, because files there are replaced.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "error.h"
#include "file.h"
#include "root.h"
#include "sys.h"

/* In the order of enum mym__files.  A table of pointers would be larger, and
 * relocated in each process. */
static const char paths[] = "/proc/self/mountinfo\0"
			    "/proc/self/cgroup\0"
			    "\0" /* no name */
			    "/proc/self/status\0"
			    "/proc/self/limits\0"
			    "/proc/self/uid_map\0"
			    "/proc/self/fd\0"
			    "/proc/meminfo\0"
			    "/proc/sys/vm/overcommit_memory\0"
			    "/proc/pressure/memory\0"
			    "/sys/devices/system/node/has_memory\0"
			    "/sys/kernel/mm/lru_gen/min_ttl_ms\0"
			    "/proc/sys/vm/vfs_cache_pressure\0"
			    "/proc/sys/vm/admin_reserve_kbytes\0"
			    "/proc/sys/vm/user_reserve_kbytes\0"
			    "/proc/sys/fs/dentry-state\0"
			    "/sys/kernel/mm/lru_gen/enabled\0"
			    "/sys/module/kernel/parameters/"
			    "ignore_rlimit_data\0"
			    "/proc/sys/kernel/osrelease\0"
			    "/proc/net/sockstat\0"
			    "/proc/zoneinfo";

const char *mym__file_path(enum mym__files which)
{
	const char *path = paths;

	for (unsigned int i = 0; i < (unsigned int)which; i++)
		path += strlen(path) + 1;
	return path;
}

int mym__file_adopt(struct mym__file *file, int fd)
{
	struct stat st;
	int high;

	if (fstat(fd, &st) < 0)
		return -errno;
	high = mym__root_high(fd);
	if (high < 0)
		return high;
	*file = (struct mym__file){ high, st.st_dev, st.st_ino, 0 };
	return 0;
}

bool mym__file_is(const struct mym__file *file)
{
	struct stat st;

	return fstat(file->fd, &st) == 0 && st.st_dev == file->dev &&
	       st.st_ino == file->ino;
}

int mym__file_get(const struct mym__root *root, struct mym__file *file,
		  const char *path)
{
	int fd;

	if (file && file->fd > 0)
		return file->fd;
	if (file && file->fd < 0)
		return -ENOENT;
	fd = mym__root_get(root, path, MYM__ROOT_FILE);
	return fd < 0 ? fd : mym__file_keep(root, file, fd);
}

int mym__file_keep(const struct mym__root *root, struct mym__file *file, int fd)
{
	return file && !root->confined && mym__file_adopt(file, fd) == 0 ?
	       file->fd : fd;
}

bool mym__file_put(struct mym__file *file, int fd, bool was, int r)
{
	/* Descriptor 0 may be a file like any other, but is never kept. */
	if (!file || file->fd == 0 || file->fd != fd) {
		mym__root_drop(fd);
		return true;
	}
	if (!mym__file_is(file)) {
		file->fd = 0;
		return false;
	}
	if (r >= 0 || mym__error_transient(r))
		return true;
	mym__file_forget(file, 1);
	return !was;
}

void mym__file_forget(struct mym__file *files, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (files[i].fd > 0 && mym__file_is(&files[i]))
			mym__root_drop(files[i].fd);
		files[i].fd = 0;
	}
}

void mym__guard_mark(struct mym__guard *guard)
{
	if (!guard || guard->thread != 0)
		return;
	guard->thread = -1;
	if (guard->file->fd > 0 && mym__file_is(guard->file))
		guard->thread = mym__sys_mark(guard->file->fd);
}

bool mym__guard_holds(const struct mym__guard *guard)
{
	if (guard->thread <= 0 ||
	    mym__sys_has_mark(guard->file->fd, guard->thread))
		return true;
	guard->file->fd = 0;
	return false;
}
