/* SPDX-License-Identifier: MIT */
/*
 * A libc has several names for a call: one more for 64-bit offsets, one more each
 * for _FORTIFY_SOURCE, and where it has 32 bits others again for what holds a
 * 64-bit time.  The objects use any of them, so all are here.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/kernel.h"
#include "libc.h"
#include "wrap.h"

#pragma GCC diagnostic ignored "-Wmissing-prototypes"

#if defined(__GLIBC__) && defined(__USE_TIME_BITS64) && __TIMESIZE == 32
#define HAVE_TIME64_NAMES
#endif

const char *const site_names[SITES] = {
	[SITE_OPEN] = "open",
	[SITE_STAT] = "stat",
	[SITE_FCNTL] = "fcntl",
	[SITE_READ] = "read",
	[SITE_LINK] = "readlink",
	[SITE_CALL] = "syscall",
	[SITE_MOUNT] = "statmount",
	[SITE_MEMORY] = "memory",
	[SITE_STREAM] = "fopencookie",
	[SITE_LOAD] = "dlopen",
	[SITE_MAKE] = "epoll_create",
	[SITE_TELL] = "epoll_ctl",
	[SITE_WAIT] = "epoll_wait",
};

struct wrap wrap;
static bool active;

void wrap_begin(void)
{
	memset(wrap.calls, 0, sizeof(wrap.calls));
	wrap.at[0] = '\0';
}

void wrap_start(void)
{
	wrap_begin();
	wrap.blocks = wrap.descriptors = 0;
	wrap.not_cloexec = wrap.bad_closes = wrap.frees = wrap.denied = 0;
	wrap.at[0] = '\0';
	active = true;
}

void wrap_stop(void)
{
	active = false;
}

const char *wrap_lost(void)
{
	if (wrap.blocks != 0)
		return "memory is lost";
	if (wrap.descriptors != 0 || wrap.bad_closes != 0)
		return "descriptors are lost, or closed twice";
	if (wrap.not_cloexec != 0)
		return "a descriptor would survive exec()";
	return NULL;
}

/* Whether this call is to fail; sets errno. */
static bool fails(enum site site)
{
	unsigned int call;

	if (!active)
		return false;
	call = ++wrap.calls[site];
	if (wrap.n == 0 || site != wrap.site || call < wrap.n ||
	    (call > wrap.n && !wrap.persistent) || wrap.error == 0)
		return false;
	errno = wrap.error;
	return true;
}

static bool path_fails(enum site site, const char *path)
{
	if (!fails(site))
		return false;
	if (wrap.at[0] == '\0')
		snprintf(wrap.at, sizeof(wrap.at), "%s", path);
	return true;
}

static bool fd_fails(enum site site, int fd)
{
	char name[32], file[4096] = "";
	size_t length, end = wrap.only ? strlen(wrap.only) : 0;
	bool failing = fails(site);

	if (!failing && !(active && wrap.only && site == wrap.site))
		return false;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	if (readlink(name, file, sizeof(file) - 1) < 0)
		file[0] = '\0';
	length = strlen(file);
	if (wrap.only)
		failing = length >= end &&
			  strcmp(file + length - end, wrap.only) == 0;
	if (failing && wrap.at[0] == '\0')
		snprintf(wrap.at, sizeof(wrap.at), "%s", file + (length <
			 sizeof(wrap.at) ? 0 : length + 1 - sizeof(wrap.at)));
	if (failing)
		errno = wrap.error;
	return failing;
}

static int opened(int fd, bool cloexec)
{
	if (active && fd >= 0) {
		wrap.descriptors++;
		wrap.not_cloexec += !cloexec;
	}
	if (active && fd >= 0 && wrap.meanwhile && wrap.site == SITE_OPEN &&
	    wrap.calls[SITE_OPEN] == wrap.n) {
		void (*meanwhile)(int) = wrap.meanwhile;

		wrap.meanwhile = NULL;
		meanwhile(fd);
	}
	if (active && fd < 0)
		wrap.denied += errno == EACCES;
	return fd;
}

static mode_t mode_of(int flags, va_list ap)
{
	return flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, mode_t) : 0;
}

#define WRAP_OPEN(name)                                                   \
	int __real_##name(const char *path, int flags, ...) WEAK;         \
	int __wrap_##name(const char *path, int flags, ...)               \
	{                                                                 \
		va_list ap;                                               \
		mode_t mode;                                              \
									  \
		va_start(ap, flags);                                      \
		mode = mode_of(flags, ap);                                \
		va_end(ap);                                               \
		if (path_fails(SITE_OPEN, path))                          \
			return -1;                                        \
		return opened(__real_##name(path, flags, mode),           \
			      flags & O_CLOEXEC);                         \
	}
WRAP_OPEN(open)
WRAP_OPEN(open64)

#define WRAP_OPENAT(name)                                                 \
	int __real_##name(int dir, const char *path, int flags, ...) WEAK; \
	int __wrap_##name(int dir, const char *path, int flags, ...)      \
	{                                                                 \
		va_list ap;                                               \
		mode_t mode;                                              \
									  \
		va_start(ap, flags);                                      \
		mode = mode_of(flags, ap);                                \
		va_end(ap);                                               \
		if (path_fails(SITE_OPEN, path))                          \
			return -1;                                        \
		return opened(__real_##name(dir, path, flags, mode),      \
			      flags & O_CLOEXEC);                         \
	}
WRAP_OPENAT(openat)
WRAP_OPENAT(openat64)

#define WRAP_OPEN_2(name)                                                 \
	int __wrap___##name##_2(const char *path, int flags)              \
	{                                                                 \
		return __wrap_##name(path, flags);                        \
	}
WRAP_OPEN_2(open)
WRAP_OPEN_2(open64)

#define WRAP_OPENAT_2(name)                                               \
	int __wrap___##name##_2(int dir, const char *path, int flags)     \
	{                                                                 \
		return __wrap_##name(dir, path, flags);                   \
	}
WRAP_OPENAT_2(openat)
WRAP_OPENAT_2(openat64)

#define WRAP_FSTAT(name, type)                                            \
	int __real_##name(int fd, type *st) WEAK;                         \
	int __wrap_##name(int fd, type *st)                               \
	{                                                                 \
		return fd_fails(SITE_STAT, fd) ? -1 :                     \
		       __real_##name(fd, st);                             \
	}
WRAP_FSTAT(fstat, struct stat)
WRAP_FSTAT(fstat64, struct stat)
#ifdef HAVE_TIME64_NAMES
WRAP_FSTAT(__fstat64_time64, struct stat)
#endif
WRAP_FSTAT(fstatfs, struct statfs)
WRAP_FSTAT(fstatfs64, struct statfs)

#define WRAP_FSTATAT(name, type)                                          \
	int __real_##name(int dir, const char *path, type *st, int flags) WEAK; \
	int __wrap_##name(int dir, const char *path, type *st, int flags) \
	{                                                                 \
		if (path_fails(SITE_STAT, path))                          \
			return -1;                                        \
		return __real_##name(dir, path, st, flags);               \
	}
WRAP_FSTATAT(fstatat, struct stat)
WRAP_FSTATAT(fstatat64, struct stat)
#ifdef HAVE_TIME64_NAMES
WRAP_FSTATAT(__fstatat64_time64, struct stat)
#endif

#define WRAP_FCNTL(name)                                                  \
	int __real_##name(int fd, int command, ...) WEAK;                 \
	int __wrap_##name(int fd, int command, ...)                       \
	{                                                                 \
		va_list ap;                                               \
		long argument = 0;                                        \
									  \
		va_start(ap, command);                                    \
		if (command != F_GETFD && command != F_GETFL)             \
			argument = va_arg(ap, long);                      \
		va_end(ap);                                               \
		if (fails(SITE_FCNTL))                                    \
			return -1;                                        \
		fd = __real_##name(fd, command, argument);                \
		if (command == F_DUPFD || command == F_DUPFD_CLOEXEC)     \
			opened(fd, command == F_DUPFD_CLOEXEC);           \
		return fd;                                                \
	}
WRAP_FCNTL(fcntl)
WRAP_FCNTL(fcntl64)
#ifdef HAVE_TIME64_NAMES
WRAP_FCNTL(__fcntl_time64)
#endif

/* Whether a read may be made, and how much it may give. */
static bool may_read(int fd, size_t *size)
{
	if (fd_fails(SITE_READ, fd))
		return false;
	if (active && wrap.n > 0 && wrap.site == SITE_READ &&
	    wrap.error == 0 && *size > 1 && wrap.calls[SITE_READ] >= wrap.n)
		*size = 1;
	if (active && wrap.chunk > 0 && *size > wrap.chunk)
		*size = wrap.chunk;
	return true;
}

ssize_t __real_read(int fd, void *buffer, size_t size);
ssize_t __wrap_read(int fd, void *buffer, size_t size)
{
	return may_read(fd, &size) ? __real_read(fd, buffer, size) : -1;
}

#define WRAP_PREAD(name, type)                                            \
	ssize_t __real_##name(int fd, void *buffer, size_t size,          \
			      type offset) WEAK;                          \
	ssize_t __wrap_##name(int fd, void *buffer, size_t size,          \
			      type offset)                                \
	{                                                                 \
		if (!may_read(fd, &size))                                 \
			return -1;                                        \
		return __real_##name(fd, buffer, size, offset);           \
	}
WRAP_PREAD(pread, off_t)
WRAP_PREAD(pread64, off_t)

ssize_t __real_readlinkat(int dir, const char *path, char *buffer, size_t size);
ssize_t __wrap_readlinkat(int dir, const char *path, char *buffer, size_t size)
{
	if (path_fails(SITE_LINK, path))
		return -1;
	return __real_readlinkat(dir, path, buffer, size);
}

int __real_close(int fd);
int __wrap_close(int fd)
{
	int r = __real_close(fd);

	if (active) {
		wrap.descriptors--;
		wrap.bad_closes += r < 0 && errno == EBADF;
	}
	return r;
}

/* As many arguments as there are, no more: the others cannot be read. */
static int arguments(long number)
{
	switch (number) {
	case SYS_gettid:
		return 0;
	case SYS_sysinfo:
		return 1;
	case SYS_close: /* of the tests */
	case SYS_munmap:
	case SYS_pidfd_open:
		return 2;
	case SYS_close_range: /* of the tests */
	case SYS_getdents64:
	case SYS_ioctl:
	case SYS_openat: /* without a mode */
	case SYS_seccomp: /* of the tests */
		return 3;
	case SYS_openat2:
	case SYS_prlimit64:
	case SYS_statmount:
		return 4;
	case SYS_get_mempolicy:
	case SYS_statx:
		return 5;
	default:
		fprintf(stderr, "wrap.c has not heard of system call %ld\n",
			number);
		abort();
	}
}

long __real_syscall(long number, ...);
static long opens(long number, const long *a)
{
	const struct mym__open_how *how = (void *)(uintptr_t)a[2];
	uint64_t flags = (uint64_t)a[2];

	if (number == SYS_openat2) {
		if (active && wrap.openat2_error) {
			errno = wrap.openat2_error;
			return -1;
		}
		flags = how ? how->flags : 0;
	}
	if (path_fails(SITE_OPEN, (const char *)(uintptr_t)a[1]))
		return -1;
	return opened((int)__real_syscall(number, a[0], a[1], a[2], a[3]),
		      flags & O_CLOEXEC);
}

long __wrap_syscall(long number, ...)
{
	int count = arguments(number);
	long a[5] = { 0 };
	bool failing;
	va_list ap;

	va_start(ap, number);
	for (int i = 0; i < count; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (number == SYS_openat || number == SYS_openat2)
		return opens(number, a);
	if (number == SYS_getdents64)
		failing = fd_fails(SITE_READ, (int)a[0]);
	else
		failing = fails(number == SYS_prlimit64 ||
				number == SYS_sysinfo ? SITE_CALL : SITE_MOUNT);
	if (failing)
		return -1;
	if (number == SYS_pidfd_open)
		return opened((int)__real_syscall(number, a[0], a[1]), true);
	return __real_syscall(number, a[0], a[1], a[2], a[3], a[4]);
}

/* A block that came, or NULL. */
static void *allocated(void *block)
{
	if (active && block)
		wrap.blocks++;
	return block;
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
	return fails(SITE_MEMORY) ? NULL : allocated(__real_malloc(size));
}

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
	return fails(SITE_MEMORY) ? NULL :
				    allocated(__real_calloc(count, size));
}

void *__real_realloc(void *block, size_t size);
void *__wrap_realloc(void *block, size_t size)
{
	bool fresh = !block;

	if (fails(SITE_MEMORY))
		return NULL;
	block = __real_realloc(block, size);
	return fresh ? allocated(block) : block;
}

char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text)
{
	return fails(SITE_MEMORY) ? NULL : allocated(__real_strdup(text));
}

void __real_free(void *block);
void __wrap_free(void *block)
{
	if (active && block) {
		wrap.blocks--;
		wrap.frees++;
	}
	__real_free(block);
}

FILE *__real_fopencookie(void *cookie, const char *mode,
			 cookie_io_functions_t functions);
FILE *__wrap_fopencookie(void *cookie, const char *mode,
			 cookie_io_functions_t functions)
{
	return fails(SITE_STREAM) ? NULL :
				    __real_fopencookie(cookie, mode, functions);
}

int __real_epoll_create1(int flags);
int __wrap_epoll_create1(int flags)
{
	return fails(SITE_MAKE) ? -1 : opened(__real_epoll_create1(flags),
					      flags & EPOLL_CLOEXEC);
}

int __real_timerfd_create(int clock, int flags);
int __wrap_timerfd_create(int clock, int flags)
{
	return fails(SITE_MAKE) ? -1 : opened(__real_timerfd_create(clock, flags),
					      flags & TFD_CLOEXEC);
}

int __real_inotify_init1(int flags);
int __wrap_inotify_init1(int flags)
{
	return fails(SITE_MAKE) ? -1 : opened(__real_inotify_init1(flags),
					      flags & IN_CLOEXEC);
}

int __real_inotify_add_watch(int fd, const char *path, uint32_t mask);
int __wrap_inotify_add_watch(int fd, const char *path, uint32_t mask)
{
	return fails(SITE_TELL) ? -1 : __real_inotify_add_watch(fd, path, mask);
}

int __real_epoll_ctl(int set, int what, int fd, struct epoll_event *event);
int __wrap_epoll_ctl(int set, int what, int fd, struct epoll_event *event)
{
	return fails(SITE_TELL) ? -1 : __real_epoll_ctl(set, what, fd, event);
}

int __real_epoll_wait(int set, struct epoll_event *events, int size, int ms);
int __wrap_epoll_wait(int set, struct epoll_event *events, int size, int ms)
{
	return fails(SITE_WAIT) ? -1 : __real_epoll_wait(set, events, size, ms);
}

#define WRAP_TIMERFD_SETTIME(name)                                        \
	int __real_##name(int fd, int flags,                              \
			  const struct itimerspec *when,                  \
			  struct itimerspec *before);                     \
	int __wrap_##name(int fd, int flags,                              \
			  const struct itimerspec *when,                  \
			  struct itimerspec *before)                      \
	{                                                                 \
		return fails(SITE_TELL) ? -1 :                            \
		       __real_##name(fd, flags, when, before);            \
	}
WRAP_TIMERFD_SETTIME(timerfd_settime)
#ifdef HAVE_TIME64_NAMES
WRAP_TIMERFD_SETTIME(__timerfd_settime64)
#endif

ssize_t __real_write(int fd, const void *data, size_t size);
ssize_t __wrap_write(int fd, const void *data, size_t size)
{
	if (active && wrap.no_triggers) {
		errno = wrap.no_triggers;
		return -1;
	}
	if (fails(SITE_TELL))
		return -1;
	if (active && wrap.n > 0 && wrap.site == SITE_TELL &&
	    wrap.error == 0 && wrap.calls[SITE_TELL] >= wrap.n)
		size--;
	return __real_write(fd, data, size);
}

void *__real_dlopen(const char *name, int flags);
void *__wrap_dlopen(const char *name, int flags)
{
	return fails(SITE_LOAD) ? NULL : __real_dlopen(name, flags);
}

void *__real_dlsym(void *handle, const char *name);
void *__wrap_dlsym(void *handle, const char *name)
{
	return fails(SITE_LOAD) ? NULL : __real_dlsym(handle, name);
}
