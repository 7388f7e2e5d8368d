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
#include <sys/stat.h>

#include "error.h"
#include "file.h"
#include "root.h"

/* Not of pointers, which are relocated in each process. */
static const char paths[MYM__FILES][36] = {
	[MYM__FILE_MOUNTS] = "/proc/self/mountinfo",
	[MYM__FILE_CGROUP] = "/proc/self/cgroup",
	[MYM__FILE_STATUS] = "/proc/self/status",
	[MYM__FILE_LIMITS] = "/proc/self/limits",
	[MYM__FILE_USERS] = "/proc/self/uid_map",
	[MYM__FILE_DESCRIPTORS] = "/proc/self/fd",
	[MYM__FILE_MEMINFO] = "/proc/meminfo",
	[MYM__FILE_OVERCOMMIT] = "/proc/sys/vm/overcommit_memory",
	[MYM__FILE_PRESSURE] = "/proc/pressure/memory",
	[MYM__FILE_NODES] = "/sys/devices/system/node/has_memory",
	[MYM__FILE_TIME_TO_LIVE] = "/sys/kernel/mm/lru_gen/min_ttl_ms",
	[MYM__FILE_CACHE_PRESSURE] = "/proc/sys/vm/vfs_cache_pressure",
	[MYM__FILE_ADMIN_RESERVE] = "/proc/sys/vm/admin_reserve_kbytes",
	[MYM__FILE_USER_RESERVE] = "/proc/sys/vm/user_reserve_kbytes",
	[MYM__FILE_DENTRIES] = "/proc/sys/fs/dentry-state",
	[MYM__FILE_GENERATIONS] = "/sys/kernel/mm/lru_gen/enabled",
	[MYM__FILE_RELEASE] = "/proc/sys/kernel/osrelease",
	[MYM__FILE_SOCKETS] = "/proc/net/sockstat",
	[MYM__FILE_ZONES] = "/proc/zoneinfo",
};

const char *mym__file_path(enum mym__files which)
{
	/* Longer than the others by far. */
	return which == MYM__FILE_IGNORE_DATA ?
	       "/sys/module/kernel/parameters/ignore_rlimit_data" : paths[which];
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
	*file = (struct mym__file){
		.fd = high,
		.dev = st.st_dev,
		.ino = st.st_ino,
	};
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
