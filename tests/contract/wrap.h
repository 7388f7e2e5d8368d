/* SPDX-License-Identifier: MIT */
/*
 * What the library asks of libc, counted, and made to fail: the linker's --wrap
 * puts these in front of the calls in the objects that ship.
 */
#ifndef WRAP_H
#define WRAP_H

#include <stdbool.h>

enum site {
	SITE_OPEN,   /* open, openat, openat2 */
	SITE_STAT,   /* fstat, fstatat, fstatfs */
	SITE_FCNTL,
	SITE_READ,
	SITE_LINK,   /* readlinkat */
	SITE_CALL,   /* prlimit64, sysinfo */
	SITE_MOUNT,  /* statx, statmount; pidfd_open, and an ioctl of it */
	SITE_MEMORY, /* malloc, calloc, realloc, strdup */
	SITE_STREAM, /* fopencookie */
	SITE_LOAD,   /* dlopen, dlsym */
	SITE_MAKE,   /* epoll_create1, timerfd_create, inotify_init1 */
	SITE_TELL,   /* epoll_ctl, timerfd_settime, inotify_add_watch, write */
	SITE_WAIT,   /* epoll_wait */
	SITES
};
extern const char *const site_names[SITES];

struct wrap {
	/* The n-th call, from 1 on, fails; with persistent all after it do. */
	enum site site;
	unsigned int n;
	int error; /* 0: a read gives one byte instead, a write takes one less */
	bool persistent;
	/* Called once, with what the n-th open gave. */
	void (*meanwhile)(int fd);
	/* No read gives more bytes than that; 0: any number. */
	unsigned int chunk;
	/* Instead of the n-th: reads of files whose paths end so. */
	const char *only;
	/* openat2() fails with this, as it does without one. */
	int openat2_error;
	/* A write fails with this. */
	int no_triggers;

	unsigned int calls[SITES];
	int blocks;      /* of memory that are not freed */
	int descriptors; /* that are not closed */
	/* Descriptors that exec() would keep, closes of what is not open. */
	unsigned int not_cloexec, bad_closes;
	unsigned int frees;
	unsigned int denied; /* opens that the system refused with EACCES */
	char at[128]; /* what the first call to fail was about */
};
extern struct wrap wrap;

/* Counts, and fails what is set, from here ... */
void wrap_start(void);
/* Counts the calls anew, so that the n-th is the n-th from here on. */
void wrap_begin(void);
/* ... to here. */
void wrap_stop(void);
/* What was not given back meanwhile, or would survive exec(2); NULL: nothing. */
const char *wrap_lost(void);

#endif
