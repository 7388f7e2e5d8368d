/* SPDX-License-Identifier: MIT */
/*
 * What this object needs of a C library and does not take from the program's,
 * because that would be one of its own hooks, another name or another layout in
 * another C library, or the program's heap.  The linker puts these in the place of
 * what the library's objects ask for (--wrap).
 *
 * None is a point of cancellation, and none takes a lock.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wmissing-prototypes"

#define ALIAS(name) __attribute__((alias(#name)))

/* With an offset or a size of 64 bits, a C library has one more name for a call. */

int __wrap_openat(int dir, const char *path, int flags, ...)
{
	/* Nothing is created. */
	return (int)syscall(SYS_openat, dir, path, flags | O_LARGEFILE, 0);
}
int __wrap_openat64(int, const char *, int, ...) ALIAS(__wrap_openat);

int __wrap_open(const char *path, int flags, ...)
{
	return __wrap_openat(AT_FDCWD, path, flags);
}
int __wrap_open64(const char *, int, ...) ALIAS(__wrap_open);

ssize_t __wrap_read(int fd, void *buffer, size_t size)
{
	return syscall(SYS_read, fd, buffer, size);
}

ssize_t __wrap_write(int fd, const void *buffer, size_t size)
{
	return syscall(SYS_write, fd, buffer, size);
}

/* The halves of an offset are two arguments where a long has 32 bits. */
ssize_t __wrap_pread(int fd, void *buffer, size_t size, off_t offset)
{
	const union {
		int64_t whole;
		long half[2];
	} at = { offset };

	if (sizeof(long) == 8)
		return syscall(SYS_pread64, fd, buffer, size, offset);
#if defined(__arm__) || defined(__mips__) || defined(__powerpc__)
	return syscall(SYS_pread64, fd, buffer, size, 0, at.half[0], at.half[1]);
#else
	return syscall(SYS_pread64, fd, buffer, size, at.half[0], at.half[1]);
#endif
}
ssize_t __wrap_pread64(int, void *, size_t, off_t) ALIAS(__wrap_pread);

int __wrap_close(int fd)
{
	return (int)syscall(SYS_close, fd);
}

/* Device, inode, mode, links and size are where the kernel puts them in each C
 * library's struct; more is not asked for. */
int __wrap_fstat(int fd, struct stat *st)
{
#ifdef SYS_fstat64
	return (int)syscall(SYS_fstat64, fd, st);
#else
	return (int)syscall(SYS_fstat, fd, st);
#endif
}
int __wrap_fstat64(int, struct stat *) ALIAS(__wrap_fstat);

int __wrap_fstatat(int dir, const char *path, struct stat *st, int flags)
{
#ifdef SYS_fstatat64
	return (int)syscall(SYS_fstatat64, dir, path, st, flags);
#else
	return (int)syscall(SYS_newfstatat, dir, path, st, flags);
#endif
}
int __wrap_fstatat64(int, const char *, struct stat *, int)
	ALIAS(__wrap_fstatat);

int __wrap_fstatfs(int fd, struct statfs *st)
{
#ifdef SYS_fstatfs64
	return (int)syscall(SYS_fstatfs64, fd, sizeof(*st), st);
#else
	return (int)syscall(SYS_fstatfs, fd, st);
#endif
}
int __wrap_fstatfs64(int, struct statfs *) ALIAS(__wrap_fstatfs);

/* Its other name is for locks of files. */
int plain_fcntl(int fd, int command, ...) __asm__("fcntl");
int __wrap_fcntl64(int fd, int command, ...)
{
	va_list ap;
	void *pointer;
	int number;

	va_start(ap, command);
	if (command == F_SETOWN_EX || command == F_GETOWN_EX)
		pointer = va_arg(ap, void *);
	else
		number = va_arg(ap, int);
	va_end(ap);
	return command == F_SETOWN_EX || command == F_GETOWN_EX ?
	       plain_fcntl(fd, command, pointer) :
	       plain_fcntl(fd, command, number);
}

/* Only memory is mapped, so that each of the three shapes that an offset has in
 * some ABI is 0. */
void *plain_mmap(void *at, size_t size, int protection, int flags, int fd,
		 long offset, long half, long other) __asm__("mmap");
void *__wrap_mmap64(void *at, size_t size, int protection, int flags, int fd,
		    off_t offset)
{
	return plain_mmap(at, size, protection, flags, fd, 0, 0, 0);
}

int __wrap_sysinfo(struct sysinfo *info)
{
	return (int)syscall(SYS_sysinfo, info);
}

/* The size of a page is all that is asked for. */
long __wrap_sysconf(int name)
{
	return name == _SC_PAGESIZE ? (long)getauxval(AT_PAGESZ) : -1;
}
