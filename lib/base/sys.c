/* SPDX-License-Identifier: MIT */
/* System calls that stand in for files, and the few that no file replaces. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

#include "error.h"
#include "file.h"
#include "fork.h"
#include "kernel.h"
#include "nodes.h"
#include "parse.h"
#include "root.h"
#include "sys.h"
#include "text.h"

int64_t mym__sys_clock(clockid_t clock)
{
	struct timespec now;

	if (clock_gettime(clock, &now) < 0)
		return 0;
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int mym__sys_process(void)
{
	return (int)getpid();
}

bool mym__sys_mounts_changed(int fd)
{
	struct pollfd mounts = { .fd = fd, .events = POLLPRI };

	return poll(&mounts, 1, 0) != 0;
}

static int rlimit(uint64_t bytes, int64_t *value)
{
	if (bytes >= MYM__UNLIMITED)
		return 1;
	*value = (int64_t)bytes;
	return 0;
}

void mym__sys_rlimit(const struct mym__root *root, int resource,
		     struct mym__rlimit *soft, struct mym__rlimit *hard)
{
	struct mym__rlimit64 limit;

	soft->result = hard->result = 1;
	if (root->confined)
		return;
	/* The system call has 64 bits where a libc's rlim_t has 32. */
	if (syscall(SYS_prlimit64, 0, resource, NULL, &limit) < 0) {
		soft->result = hard->result = -errno;
		return;
	}
	soft->result = rlimit(limit.current, &soft->value);
	hard->result = rlimit(limit.maximum, &hard->value);
}

/* Asks for a mapping that is refused in any case: because it is shared and grows
 * down, but before that because it could not be locked, if it would be
 * (do_mmap() in mm/mmap.c).  That takes a tenth of the time of one that is made.
 * A sandbox may know calls by their flags, too. */
static int refused(const struct mym__root *root, int64_t limit)
{
	const size_t size = (size_t)limit + 1;
	void *page;

	if (root->sealed || (uint64_t)limit >= SIZE_MAX / 2)
		return ENOMEM;
	page = mmap(NULL, size, PROT_NONE,
		    MAP_SHARED | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0);
	if (page == MAP_FAILED)
		return errno;
	munmap(page, size);
	return 0;
}

/* No file tells this.  But madvise(2) refuses to give back a page of a locked
 * mapping (forbidden flags in mm/madvise.c), and where not even one more page
 * may be locked, mmap(2) fails with EAGAIN (mlock_future_ok() in mm/mmap.c). */
bool mym__sys_locks(const struct mym__root *root, int64_t limit)
{
	bool locked;
	void *page;
	int error;

	if (root->confined)
		return false;
	error = refused(root, limit);
	if (error == EAGAIN || error == EINVAL)
		return error == EAGAIN;
	page = mmap(NULL, 1, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return errno == EAGAIN;
	locked = madvise(page, 1, MADV_DONTNEED) < 0 && errno == EINVAL;
	munmap(page, 1);
	return locked;
}

bool mym__sys_is_first(void)
{
	const struct mym__fork *fork = mym__fork_page();

	return syscall(SYS_gettid) == fork->process;
}

/* Its namespaces have gone with it: exit_task_namespaces(). */
bool mym__sys_first_left(void)
{
	char name;

	return readlinkat(AT_FDCWD, "/proc/self/ns/mnt", &name,
			  sizeof(name)) < 0 && errno == ENOENT;
}

/* Since Linux 6.2 the size of the directory is their number
 * (proc_readfd_count() in fs/proc/fd.c). */
int64_t mym__sys_descriptors(const struct mym__root *root, int dir)
{
	struct stat st;

	if (root->confined ||
	    (root->sealed ? fstat(dir, &st) :
	     root->other  ? fstatat(root->fd, "fd", &st, 0) :
			    fstatat(AT_FDCWD, "/proc/thread-self/fd", &st, 0)) < 0)
		return 0;
	return st.st_size;
}

int mym__sys_sysinfo(const struct mym__root *root, struct mym__sysinfo *info)
{
	struct sysinfo si;
	int64_t unit;

	if (root->confined || root->sealed)
		return 1;
	/* Not sysinfo(3), as in root.c. */
	if (syscall(SYS_sysinfo, &si, MYM__AS_IT_IS) < 0)
		return -errno;
	unit = si.mem_unit;
	info->total = (int64_t)si.totalram * unit;
	info->free = (int64_t)si.freeram * unit;
	info->shmem = (int64_t)si.sharedram * unit;
	info->swap_total = (int64_t)si.totalswap * unit;
	info->swap_free = (int64_t)si.freeswap * unit;
	return 0;
}

static int open_pidfd(int thread)
{
	return thread > 0 ? (int)syscall(SYS_pidfd_open, thread,
					 MYM__PIDFD_THREAD)
			  : (int)syscall(SYS_pidfd_open, getpid(), 0);
}

/* A thread of /proc may have another id here, where another process has its own:
 * then /proc is of another namespace. */
static bool is_told(const struct mym__root *root,
		    const struct mym__pidfd_info *info)
{
	return (info->mask & MYM__PIDFD_INFO_CGROUPID) &&
	       (root->thread == 0 || info->tgid == (uint32_t)getpid());
}

/* A kept descriptor is checked before it is used, not afterwards: nobody knows
 * what this ioctl(2) would do to a file of the program. */
int mym__sys_group_id(const struct mym__root *root, struct mym__file *file,
		      uint64_t *id)
{
	struct mym__pidfd_info info = { .mask = MYM__PIDFD_INFO_CGROUPID };
	bool kept, never;
	int fd, r;

	/* What number another process has here is not known. */
	if (root->confined || root->sealed || root->other ||
	    (file && file->fd < 0))
		return 1;
	kept = file && file->fd > 0 && mym__file_is(file);
	fd = kept ? file->fd : open_pidfd(root->thread);
	if (fd < 0) {
		/* Nor will a kernel before 5.3, or a sandbox, change its mind. */
		if (file && errno == ENOSYS)
			file->fd = -1;
		return mym__error_transient(-errno) ? -errno : 1;
	}
	/* musl's ioctl() declares the request as an int. */
	r = (int)syscall(SYS_ioctl, fd, MYM__PIDFD_GET_INFO, &info);
	never = r < 0 && (errno == EINVAL || errno == ENOTTY);
	if (r < 0 || !is_told(root, &info))
		r = 1;
	if (file && !kept) {
		/* A kernel before 6.13 will not learn it. */
		file->fd = never ? -1 : 0;
		if (r == 0 && mym__file_adopt(file, fd) == 0)
			fd = file->fd;
		kept = file->fd > 0;
	}
	if (!kept)
		close(fd);
	*id = info.cgroupid;
	return r;
}

bool mym__sys_is_group(const struct mym__root *root, int dir, uint64_t id)
{
	struct stat st;

	/* kernfs_ino(): 32-bit kernels show the lower half of the id. */
	return mym__root_cgroupfs(root, dir) == 0 && fstat(dir, &st) == 0 &&
	       (st.st_ino == id ||
		(sizeof(long) == 4 && st.st_ino == (uint32_t)id));
}

/* The links of a directory are its name, its own "." and the ".." of each below it
 * (kernfs_refresh_inode() in fs/kernfs/inode.c).  What stands in for cgroupfs
 * need not count them. */
bool mym__sys_is_leaf(const struct mym__root *root, int dir)
{
	struct stat st;

	return !root->confined && !root->sealed &&
	       mym__root_cgroupfs(root, dir) == 0 && fstat(dir, &st) == 0 &&
	       st.st_nlink == 2;
}

int mym__sys_binding(const struct mym__root *root, struct mym__nodes *nodes,
		     bool *relative)
{
	const size_t bits = 8 * sizeof(unsigned long);
	unsigned long mask[MYM__NODES_MAX / (8 * sizeof(unsigned long))] = { 0 };
	int mode = 0;

	if (root->confined)
		return 1;
	if (root->sealed)
		return -EPERM;
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

	if (at >= size)
		return text;
	text = (struct mym__text){ strings + at, size - at };
	return mym__parse_until(&text, '\0');
}

int mym__sys_statmount(const struct mym__root *root, const char *path,
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
	/* The path must be the root of the mount, not a place within it. */
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
	/* Kernels before 6.11 do not report options, and none reports that
	 * there are none.  But those that can report options also report the
	 * namespace. */
	if (answer->mask & MYM__STATMOUNT_MNT_OPTS)
		mount->options = string_at(answer->strings, size,
					   answer->mnt_opts);
	else if (answer->mask & MYM__STATMOUNT_MNT_NS_ID)
		mount->options = MYM__TEXT("");
	return 0;
}

/* The thread that signals about the file would go to; nothing asks for them. */
int mym__sys_mark(int fd)
{
	struct f_owner_ex owner = {
		.type = F_OWNER_TID,
		.pid = (int)syscall(SYS_gettid),
	};

	return fcntl(fd, F_SETOWN_EX, &owner) == 0 ? owner.pid : -1;
}

bool mym__sys_has_mark(int fd, int thread)
{
	struct f_owner_ex owner;

	if (fcntl(fd, F_GETOWN_EX, &owner) < 0)
		return errno != EBADF;
	return owner.pid == thread;
}
