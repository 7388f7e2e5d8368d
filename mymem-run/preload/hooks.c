/* SPDX-License-Identifier: MIT */
/*
 * The C library's functions that tell of the machine's memory.  Each calls the next
 * one of its name first, the C library's or another preloaded one's, so that errors,
 * permissions and cancellation are what they would be; what was opened is then
 * replaced.
 *
 * The names are those of glibc and of musl.  In C they have others here, because the
 * headers of a C library give some of them types and names of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "../shown.h"
#include "handed.h"

/* To musl's headers some are macros. */
#undef open64
#undef openat64
#undef fopen64
#undef freopen64
#undef lseek64
#undef pread64
#undef fseeko64

/* In glibc until 2.33, dlsym() is in a library that not every program loads. */
typedef void *dlsym_function(void *handle, const char *name);
dlsym_function dlsym __attribute__((weak));
dlsym_function __libc_dlsym __attribute__((weak));
void *__libc_dlopen_mode(const char *name, int mode) __attribute__((weak));

static dlsym_function *find_dlsym(void)
{
	const int lazily = 1, as_dlopen = INT32_MIN; /* RTLD_LAZY, __RTLD_DLOPEN */

	if (dlsym || !__libc_dlopen_mode || !__libc_dlsym)
		return dlsym;
	return (dlsym_function *)__libc_dlsym(
		__libc_dlopen_mode("libdl.so.2", lazily | as_dlopen), "dlsym");
}

/* The next function of this name. */
static void *find(const char *name, void *_Atomic *known)
{
	void *const after_this = (void *)-1L; /* RTLD_NEXT */
	void *next = atomic_load_explicit(known, memory_order_relaxed);

	if (!next) {
		/* It sees by where it returns to what "after this" is. */
		next = find_dlsym()(after_this, name);
		atomic_store_explicit(known, next, memory_order_relaxed);
	}
	return next;
}

/* Declares a function with the name that programs know. */
#define HOOK(type, name, ...)                                           \
	type hook_##name(__VA_ARGS__) __asm__(#name)                    \
		__attribute__((visibility("default")));                 \
	type hook_##name(__VA_ARGS__)
/* In it, declares `next`. */
#define NEXT(name)                                                      \
	static void *_Atomic known;                                     \
	__typeof__(&hook_##name) next = find(#name, &known)

/* --- what opens ----------------------------------------------------------- */

static int opened(int fd, const char *path)
{
	int r = fd < 0 ? 0 : handed_open(fd, path);

	if (r == 0)
		return fd;
	close(fd);
	errno = -r;
	return -1;
}

#define MODE(mode, flags)                                               \
	mode_t mode = 0;                                                \
	va_list ap;                                                     \
									\
	va_start(ap, flags);                                            \
	if (((flags) & O_CREAT) || ((flags) & O_TMPFILE) == O_TMPFILE)  \
		mode = va_arg(ap, mode_t);                              \
	va_end(ap)

#define OPEN(name)                                                      \
	HOOK(int, name, const char *path, int flags, ...)               \
	{                                                               \
		NEXT(name);                                             \
		MODE(mode, flags);                                      \
		return opened(next(path, flags, mode), path);           \
	}
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                    \
	HOOK(int, name, int dir, const char *path, int flags, ...)      \
	{                                                               \
		NEXT(name);                                             \
		MODE(mode, flags);                                      \
		return opened(next(dir, path, flags, mode), path);      \
	}
OPENAT(openat)
OPENAT(openat64)

/* Those of _FORTIFY_SOURCE. */
#define OPEN_2(name)                                                    \
	HOOK(int, name, const char *path, int flags)                    \
	{                                                               \
		NEXT(name);                                             \
		return opened(next(path, flags), path);                 \
	}
OPEN_2(__open_2)
OPEN_2(__open64_2)

#define OPENAT_2(name)                                                  \
	HOOK(int, name, int dir, const char *path, int flags)           \
	{                                                               \
		NEXT(name);                                             \
		return opened(next(dir, path, flags), path);            \
	}
OPENAT_2(__openat_2)
OPENAT_2(__openat64_2)

/* A stream keeps its descriptor, whose file is another one. */
static FILE *streamed(FILE *file, const char *path)
{
	int r = file && path ? handed_open(fileno(file), path) : 0;

	if (r == 0)
		return file;
	fclose(file);
	errno = -r;
	return NULL;
}

#define FOPEN(name)                                                     \
	HOOK(FILE *, name, const char *path, const char *mode)          \
	{                                                               \
		NEXT(name);                                             \
		return streamed(next(path, mode), path);                \
	}
FOPEN(fopen)
FOPEN(fopen64)

#define FREOPEN(name)                                                   \
	HOOK(FILE *, name, const char *path, const char *mode,          \
	     FILE *file)                                                \
	{                                                               \
		NEXT(name);                                             \
		return streamed(next(path, mode, file), path);          \
	}
FREOPEN(freopen)
FREOPEN(freopen64)

/* --- what reads it anew ---------------------------------------------------- */

/* What programs call an offset; 32 bits in the 32-bit ABI of glibc. */
#if defined(__GLIBC__)
typedef long offset;
#else
typedef int64_t offset;
#endif

#define LSEEK(name, type)                                               \
	HOOK(type, name, int fd, type to, int whence)                   \
	{                                                               \
		NEXT(name);                                             \
		if (to == 0 && whence == SEEK_SET && handed_maybe(fd))  \
			handed_again(fd);                               \
		return next(fd, to, whence);                            \
	}
LSEEK(lseek, offset)
LSEEK(lseek64, int64_t)

HOOK(ssize_t, read, int fd, void *buffer, size_t size)
{
	NEXT(read);
	if (handed_maybe(fd))
		handed_read(fd);
	return next(fd, buffer, size);
}

HOOK(ssize_t, __read_chk, int fd, void *buffer, size_t size, size_t room)
{
	NEXT(__read_chk);
	if (handed_maybe(fd))
		handed_read(fd);
	return next(fd, buffer, size, room);
}

#define PREAD(name, type)                                               \
	HOOK(ssize_t, name, int fd, void *buffer, size_t size, type at) \
	{                                                               \
		NEXT(name);                                             \
		if (at == 0 && handed_maybe(fd))                        \
			handed_again(fd);                               \
		return next(fd, buffer, size, at);                      \
	}
PREAD(pread, offset)
PREAD(pread64, int64_t)

#define PREAD_CHK(name, type)                                           \
	HOOK(ssize_t, name, int fd, void *buffer, size_t size, type at, \
	     size_t room)                                               \
	{                                                               \
		NEXT(name);                                             \
		if (at == 0 && handed_maybe(fd))                        \
			handed_again(fd);                               \
		return next(fd, buffer, size, at, room);                \
	}
PREAD_CHK(__pread_chk, offset)
PREAD_CHK(__pread64_chk, int64_t)

/* What a stream has read ahead is the old text. */
static void again(FILE *file)
{
	int fd = fileno(file);

	if (handed_maybe(fd)) {
		fflush(file);
		handed_again(fd);
	}
}

HOOK(void, rewind, FILE *file)
{
	NEXT(rewind);
	again(file);
	next(file);
}

#define FSEEK(name, type)                                               \
	HOOK(int, name, FILE *file, type to, int whence)                \
	{                                                               \
		NEXT(name);                                             \
		if (to == 0 && whence == SEEK_SET)                      \
			again(file);                                    \
		return next(file, to, whence);                          \
	}
FSEEK(fseek, long)
FSEEK(fseeko, offset)
FSEEK(fseeko64, int64_t)

/* --- numbers --------------------------------------------------------------- */

static struct shown *look(void)
{
	struct shown *shown = malloc(sizeof(*shown));

	if (shown && shown_look(shown) == 0)
		return shown;
	free(shown);
	return NULL;
}

static int told(int result, struct sysinfo *info)
{
	const int error = errno;
	struct shown *shown = result < 0 ? NULL : look();

	if (shown) {
		shown_sysinfo(shown, info);
		free(shown);
	}
	errno = error;
	return result;
}

#define SYSINFO(name)                                                   \
	HOOK(int, name, struct sysinfo *info)                           \
	{                                                               \
		NEXT(name);                                             \
		return told(next(info), info);                          \
	}
SYSINFO(sysinfo)
SYSINFO(__lsysinfo)

/* In pages; < 0 where it is the machine's. */
static long pages(const char *key)
{
	const int error = errno;
	struct shown *shown = look();
	long pages = -1;

	if (shown) {
		pages = (long)(shown_value(shown, key) /
			       (sysconf(_SC_PAGESIZE) / 1024));
		free(shown);
	}
	errno = error;
	return pages;
}

HOOK(long, sysconf, int name)
{
	long own = -1;
	NEXT(sysconf);

	if (name == _SC_PHYS_PAGES)
		own = pages("MemTotal");
	else if (name == _SC_AVPHYS_PAGES)
		own = pages("MemFree");
	return own < 0 ? next(name) : own;
}

#define PAGES(name, key)                                                \
	HOOK(long, name, void)                                          \
	{                                                               \
		long own = pages(key);                                  \
		NEXT(name);                                             \
									\
		return own < 0 ? next() : own;                          \
	}
PAGES(get_phys_pages, "MemTotal")
PAGES(get_avphys_pages, "MemFree")

/* AddressSanitizer ends programs that load another library before its own.  Nothing
 * here needs what it looks after. */
const char *__asan_default_options(void)
	__attribute__((visibility("default")));
const char *__asan_default_options(void)
{
	return "verify_asan_link_order=0";
}
