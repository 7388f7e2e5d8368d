/* SPDX-License-Identifier: MIT */
/*
 * The parts of the kernel's interface that the library uses.  They are defined
 * here because the headers that come with a libc may be older than the running
 * kernel (musl comes with none of the kernel's).  All of it is ABI and does not
 * change.
 */
#ifndef MYM_KERNEL_H
#define MYM_KERNEL_H

#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#if defined(__alpha__)
#define MYM__SYSCALL_SHIFT 110
#else
#define MYM__SYSCALL_SHIFT 0
#endif
/* Since Linux 5.0 a new system call has the same number everywhere, but for a
 * shift on Alpha. */
#ifndef SYS_pidfd_open
#define SYS_pidfd_open (434 + MYM__SYSCALL_SHIFT)
#endif
#ifndef SYS_openat2
#define SYS_openat2 (437 + MYM__SYSCALL_SHIFT)
#endif
#ifndef SYS_statmount
#define SYS_statmount (457 + MYM__SYSCALL_SHIFT)
#endif

/* In an argument that the kernel does not look at, the mode of an openat(2) that
 * creates nothing and the second one of sysinfo(2): whoever shows a program other
 * numbers by trapping system calls lets these be made, as mymem-run does. */
#define MYM__AS_IT_IS 0x6d796d31u

/* <linux/magic.h> */
#define MYM__CGROUP_MAGIC  0x0027e0ebu
#define MYM__CGROUP2_MAGIC 0x63677270u
#define MYM__FUSE_MAGIC    0x65735546u
#define MYM__PROC_MAGIC    0x00009fa0u

/* <linux/openat2.h> */
struct mym__open_how {
	uint64_t flags;
	uint64_t mode;
	uint64_t resolve;
};
#define MYM__RESOLVE_NO_XDEV       0x01
#define MYM__RESOLVE_NO_MAGICLINKS 0x02
#define MYM__RESOLVE_NO_SYMLINKS   0x04
#define MYM__RESOLVE_BENEATH       0x08
#define MYM__RESOLVE_IN_ROOT       0x10

/* <linux/dirent.h> */
struct mym__dirent {
	uint64_t inode;
	int64_t offset;
	uint16_t length;
	uint8_t type;
	char name[];
};

/* <linux/pidfd.h>, since 6.13 */
struct mym__pidfd_info {
	uint64_t mask;
	uint64_t cgroupid;
	uint32_t pid;
	uint32_t tgid;
	uint32_t spare[10];
};
#define MYM__PIDFD_INFO_CGROUPID 0x00000004u
#define MYM__PIDFD_THREAD        O_EXCL
#define MYM__PIDFD_GET_INFO      _IOWR(0xff, 11, struct mym__pidfd_info)

/* <linux/resource.h> */
struct mym__rlimit64 {
	uint64_t current;
	uint64_t maximum;
};

/* <linux/mempolicy.h> */
#define MYM__MPOL_BIND             2
#define MYM__MPOL_F_RELATIVE_NODES (1 << 14)
#define MYM__MPOL_MODE_FLAGS       (7 << 13)

/* <linux/stat.h>; MNT_ID_UNIQUE since 6.8 */
struct mym__statx {
	uint32_t mask;
	uint32_t blksize;
	uint64_t attributes;
	uint64_t other[16];
	uint64_t mnt_id;
	uint64_t spare[13];
};
#define MYM__STATX_MNT_ID_UNIQUE   0x00004000u
#define MYM__STATX_ATTR_MOUNT_ROOT 0x00002000u

/* <linux/mount.h>; statmount since 6.8, MNT_NS_ID and MNT_OPTS since 6.11 */
struct mym__mnt_id_req {
	uint32_t size;
	uint32_t spare;
	uint64_t mnt_id;
	uint64_t param;
};
struct mym__statmount {
	uint32_t size;
	uint32_t mnt_opts; /* offsets into strings */
	uint64_t mask;
	uint32_t sb_dev_major;
	uint32_t sb_dev_minor;
	uint64_t sb_magic;
	uint32_t sb_flags;
	uint32_t fs_type;
	uint64_t mnt_id;
	uint64_t mnt_parent_id;
	uint32_t mnt_id_old;
	uint32_t mnt_parent_id_old;
	uint64_t mnt_attr;
	uint64_t mnt_propagation;
	uint64_t mnt_peer_group;
	uint64_t mnt_master;
	uint64_t propagate_from;
	uint32_t mnt_root;
	uint32_t mnt_point;
	uint64_t spare[50];
	char strings[];
};
#define MYM__STATMOUNT_MNT_ROOT  0x00000008u
#define MYM__STATMOUNT_MNT_POINT 0x00000010u
#define MYM__STATMOUNT_FS_TYPE   0x00000020u
#define MYM__STATMOUNT_MNT_NS_ID 0x00000040u
#define MYM__STATMOUNT_MNT_OPTS  0x00000080u

_Static_assert(sizeof(struct mym__pidfd_info) == 64, "struct pidfd_info");
_Static_assert(sizeof(struct mym__statx) == 256, "struct statx");
_Static_assert(sizeof(struct mym__statmount) == 512, "struct statmount");

#endif
