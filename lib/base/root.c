/* SPDX-License-Identifier: MIT */
/*
 * Every name that is opened, and the few system calls that stand in for files.
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
#include <poll.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "../internal.h"
#include "kernel.h"
#include "walk.h"

/* Descriptors that outlive a call stay away from the low numbers, which
 * programs close and reuse. */
#define LOWEST_KEPT_FD 64

/* Moves a descriptor up there; < 0: it was not. */
int mym__root_high(int fd)
{
	int high = fcntl(fd, F_DUPFD_CLOEXEC, LOWEST_KEPT_FD);

	if (high < 0)
		return -errno;
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

	/* EAGAIN: a rename or mount raced with ".."; it need not last. */
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

/* Under a sysroot anything may stand where a file should: a device would be
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

int mym__root_open(struct mym__root *root, const char *sysroot)
{
	struct stat st;
	int fd, high;

	*root = (struct mym__root){ .fd = -1 };
	if (!sysroot)
		return 0;
	fd = open(sysroot, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	high = mym__root_high(fd);
	if (high >= 0)
		fd = high;
	if (fstat(fd, &st) < 0) {
		int error = -errno;

		close(fd);
		return error;
	}
	root->fd = fd;
	root->confined = true;
	root->dev = st.st_dev;
	root->ino = st.st_ino;
	return 0;
}

int mym__root_check(const struct mym__root *root)
{
	struct stat st;

	if (!root->confined)
		return 0;
	if (fstat(root->fd, &st) < 0 || st.st_dev != root->dev ||
	    st.st_ino != root->ino)
		return -EBADF;
	return 0;
}

void mym__root_close(struct mym__root *root)
{
	/* The program may have closed it and reused the number. */
	if (root->confined && mym__root_check(root) == 0)
		close(root->fd);
	root->fd = -1;
	root->confined = false;
}

int mym__root_get(const struct mym__root *root, const char *path,
		  enum mym__root_kind kind)
{
	int flags = open_flags(kind);
	int fd;

	if (!root->confined) {
		fd = open(path, flags);
		return fd < 0 ? -errno : fd;
	}
	fd = open_at(root->fd, path, flags, MYM__RESOLVE_IN_ROOT |
					    MYM__RESOLVE_NO_MAGICLINKS);
	if (fd < 0 && no_openat2(fd))
		fd = mym__walk_in_root(root->fd, path, flags);
	return only_regular(root, fd, kind);
}

int mym__root_below(const struct mym__root *root, int dir, const char *path,
		    enum mym__root_kind kind, bool *foreign)
{
	const uint64_t beneath = MYM__RESOLVE_BENEATH |
				 MYM__RESOLVE_NO_SYMLINKS;
	int flags = open_flags(kind);
	int fd;

	/* Nothing is mounted below a cgroup mount: crossing into another file
	 * system means that somebody laid a file over the kernel's. */
	fd = open_at(dir, path, flags, beneath | MYM__RESOLVE_NO_XDEV);
	if (fd == -EXDEV || (fd < 0 && no_openat2(fd))) {
		if (fd == -EXDEV)
			fd = open_at(dir, path, flags, beneath);
		else
			fd = mym__walk_beneath(dir, path, flags);
		if (fd >= 0 && foreign && mym__root_cgroupfs(root, fd) != 0)
			*foreign = true;
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
		/* Not read(): a fork's child shares the offset, and what
		 * somebody put in place of a kept file is not consumed. */
		n = pread(fd, buffer, size, offset);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : (int)n;
}

int mym__root_keep(struct mym__file *file, int fd)
{
	struct stat st;
	int high = -1;

	if (fstat(fd, &st) == 0)
		high = mym__root_high(fd);
	if (high < 0)
		return fd;
	*file = (struct mym__file){ high, st.st_dev, st.st_ino, 0 };
	return high;
}

bool mym__root_kept(const struct mym__file *file)
{
	struct stat st;

	return fstat(file->fd, &st) == 0 && st.st_dev == file->dev &&
	       st.st_ino == file->ino;
}

bool mym__root_mounts_changed(int fd)
{
	struct pollfd mounts = { .fd = fd, .events = POLLPRI };

	return poll(&mounts, 1, 0) != 0;
}

int mym__root_process(void)
{
	return (int)getpid();
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
			n = syscall(SYS_getdents64, list->fd, list->buffer,
				    list->size);
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

int64_t mym__root_now(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) < 0)
		return 0;
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int mym__root_rlimit(const struct mym__root *root, int resource, bool hard,
		     int64_t *value)
{
	struct mym__rlimit64 limit;
	uint64_t bytes;

	if (root->confined)
		return 1;
	/* The system call has 64 bits where a libc's rlim_t has 32. */
	if (syscall(SYS_prlimit64, 0, resource, NULL, &limit) < 0)
		return -errno;
	bytes = hard ? limit.maximum : limit.current;
	if (bytes >= MYM__UNLIMITED)
		return 1;
	*value = (int64_t)bytes;
	return 0;
}

/* No file tells.  But no page of a locked mapping is given back by madvise(2):
 * forbidden flags in mm/madvise.c.  Where even one page more may not be locked,
 * mmap(2) says so: mlock_future_ok() in mm/mmap.c. */
bool mym__root_locks(const struct mym__root *root)
{
	bool locked;
	void *page;

	if (root->confined)
		return false;
	page = mmap(NULL, 1, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return errno == EAGAIN;
	locked = madvise(page, 1, MADV_DONTNEED) < 0 && errno == EINVAL;
	munmap(page, 1);
	return locked;
}

/* Since Linux 6.2 the size of the directory (proc_readfd_count() in
 * fs/proc/fd.c). */
int64_t mym__root_descriptors(const struct mym__root *root)
{
	struct stat st;

	if (root->confined || stat("/proc/self/fd", &st) < 0)
		return 0;
	return st.st_size;
}

/* Addresses end a little above the first stack, on which the kernel has put what
 * AT_RANDOM points to: at 2, 2.75, 3 or 4 GiB, as the architecture, the kernel's
 * configuration and personality(2) have it.  Emulators such as qemu-arm put the
 * stack further down; where their addresses end is not known. */
int64_t mym__root_address_space(const struct mym__root *root)
{
	const int64_t step = INT64_C(256) << 20;
	int64_t at;

	if (sizeof(void *) > 4 || root->confined)
		return 0;
	at = (int64_t)getauxval(AT_RANDOM);
	return at < INT32_MAX - step ? 0 : (at / step + 1) * step;
}

int mym__root_sysinfo(const struct mym__root *root, struct mym__sysinfo *info)
{
	struct sysinfo si;
	int64_t unit;

	if (root->confined)
		return 1;
	if (sysinfo(&si) < 0)
		return -errno;
	unit = si.mem_unit;
	info->total = (int64_t)si.totalram * unit;
	info->free = (int64_t)si.freeram * unit;
	info->shmem = (int64_t)si.sharedram * unit;
	info->swap_total = (int64_t)si.totalswap * unit;
	info->swap_free = (int64_t)si.freeswap * unit;
	return 0;
}

/* A kept descriptor is looked at before it is asked, not afterwards: what an
 * ioctl(2) does to a file of the program's nobody knows. */
int mym__root_group_id(const struct mym__root *root, struct mym__file *file,
		       uint64_t *id)
{
	struct mym__pidfd_info info = { .mask = MYM__PIDFD_INFO_CGROUPID };
	bool kept;
	int fd, r;

	if (root->confined)
		return 1;
	kept = file && file->fd > 0 && mym__root_kept(file);
	fd = kept ? file->fd : (int)syscall(SYS_pidfd_open, getpid(), 0);
	if (fd < 0)
		return mym__error_transient(-errno) ? -errno : 1;
	/* The requests of musl's ioctl() are ints. */
	r = (int)syscall(SYS_ioctl, fd, MYM__PIDFD_GET_INFO, &info);
	if (r < 0 || !(info.mask & MYM__PIDFD_INFO_CGROUPID))
		r = 1;
	if (file && !kept) {
		file->fd = 0;
		if (r == 0)
			fd = mym__root_keep(file, fd);
		kept = file->fd > 0;
	}
	if (!kept)
		close(fd);
	*id = info.cgroupid;
	return r;
}

bool mym__root_is_group(const struct mym__root *root, int dir, uint64_t id)
{
	struct stat st;

	/* kernfs_ino(): 32-bit kernels show the lower half. */
	return mym__root_cgroupfs(root, dir) == 0 && fstat(dir, &st) == 0 &&
	       (st.st_ino == id ||
		(sizeof(long) == 4 && st.st_ino == (uint32_t)id));
}

int mym__root_binding(const struct mym__root *root, struct mym__nodes *nodes,
		      bool *relative)
{
	const size_t bits = 8 * sizeof(unsigned long);
	unsigned long mask[MYM__NODES_MAX / (8 * sizeof(unsigned long))] = { 0 };
	int mode = 0;

	if (root->confined)
		return 1;
	if (syscall(SYS_get_mempolicy, &mode, mask, MYM__NODES_MAX + 1, NULL,
		    0) < 0)
		return -errno;
	if ((mode & ~MYM__MPOL_MODE_FLAGS) != MYM__MPOL_BIND)
		return 1;
	*relative = (mode & MYM__MPOL_F_RELATIVE_NODES) != 0;
	*nodes = (struct mym__nodes){ 0 };
	for (size_t i = 0; i < MYM__NODES_MAX; i++) {
		if (mask[i / bits] >> (i % bits) & 1)
			nodes->bits[i / 64] |= UINT64_C(1) << (i % 64);
	}
	return 0;
}

static struct mym__text string_at(const char *strings, size_t size, uint32_t at)
{
	struct mym__text text = { NULL, 0 };

	if (at < size) {
		text.at = strings + at;
		text.length = strnlen(text.at, size - at);
	}
	return text;
}

int mym__root_statmount(const struct mym__root *root, const char *path,
			char *buffer, size_t size, struct mym__mount *mount)
{
	const uint64_t needed = MYM__STATMOUNT_MNT_ROOT |
				MYM__STATMOUNT_MNT_POINT |
				MYM__STATMOUNT_FS_TYPE;
	struct mym__mnt_id_req request = {
		.size = sizeof(request),
		.param = needed | MYM__STATMOUNT_MNT_NS_ID |
			 MYM__STATMOUNT_MNT_OPTS,
	};
	struct mym__statmount *answer = (struct mym__statmount *)(void *)buffer;
	struct mym__statx stx;
	long r;

	if (root->confined || size < sizeof(*answer))
		return 1;
	if (syscall(SYS_statx, AT_FDCWD, path, 0, MYM__STATX_MNT_ID_UNIQUE,
		    &stx) < 0)
		return 1;
	/* Only a mount's own root speaks for the mount. */
	if (!(stx.mask & MYM__STATX_MNT_ID_UNIQUE) ||
	    !(stx.attributes & MYM__STATX_ATTR_MOUNT_ROOT))
		return 1;
	request.mnt_id = stx.mnt_id;
	r = syscall(SYS_statmount, &request, answer, size, 0);
	if (r < 0 || (answer->mask & needed) != needed)
		return 1;
	size -= sizeof(*answer);
	mount->root = string_at(answer->strings, size, answer->mnt_root);
	mount->point = string_at(answer->strings, size, answer->mnt_point);
	mount->type = string_at(answer->strings, size, answer->fs_type);
	mount->options = (struct mym__text){ NULL, 0 };
	/* Kernels before 6.11 do not tell options, and none tells that there
	 * are none; but those that could also tell the namespace.  v1 always
	 * has some, its controllers. */
	if (answer->mask & MYM__STATMOUNT_MNT_OPTS)
		mount->options = string_at(answer->strings, size,
					   answer->mnt_opts);
	else if (mym__text_equal(mount->type, mym__dialect_v1.type))
		return 1;
	else if (answer->mask & MYM__STATMOUNT_MNT_NS_ID)
		mount->options = MYM__TEXT("");
	return 0;
}
