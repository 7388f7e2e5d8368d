/* SPDX-License-Identifier: MIT */
/* What glibc has and musl has not. */
#ifndef LIBC_H
#define LIBC_H

#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef __GLIBC__
typedef int __rlimit_resource_t;

static inline int close_range(unsigned int first, unsigned int last, int flags)
{
	return (int)syscall(SYS_close_range, first, last, flags);
}
#endif

/* The real function behind a name that is wrapped: musl has one name where glibc
 * may have three. */
#define WEAK __attribute__((weak))

/* strerrorname_np(3) */

static inline const char *errno_name(int error)
{
#define ROW(name) { name, #name }
	static const struct {
		int error;
		const char *name;
	} rows[] = {
		ROW(E2BIG), ROW(EACCES), ROW(EAGAIN), ROW(EBADF), ROW(EBADMSG),
		ROW(EBUSY), ROW(ECANCELED), ROW(ECHILD), ROW(EDOM), ROW(EEXIST),
		ROW(EFAULT), ROW(EFBIG), ROW(EINTR), ROW(EINVAL), ROW(EIO),
		ROW(EISDIR), ROW(ELOOP), ROW(EMFILE), ROW(ENAMETOOLONG),
		ROW(ENFILE), ROW(ENODATA), ROW(ENODEV), ROW(ENOENT), ROW(ENOEXEC),
		ROW(ENOMEM), ROW(ENOSPC), ROW(ENOSYS), ROW(ENOTDIR), ROW(ENXIO),
		ROW(EOPNOTSUPP), ROW(EOVERFLOW), ROW(EPERM), ROW(EPIPE),
		ROW(ERANGE), ROW(EROFS), ROW(ESPIPE), ROW(ESRCH), ROW(ESTALE),
		ROW(ETIMEDOUT), ROW(EXDEV),
	};
#undef ROW

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].error == error)
			return rows[i].name;
	}
	return "an error without a name here";
}

#endif
