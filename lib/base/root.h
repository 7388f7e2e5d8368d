/* SPDX-License-Identifier: MIT */
/* Opens every name, on the running system or below a sysroot; the files of another
 * process below its directory. */
#ifndef MYM_ROOT_H
#define MYM_ROOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"

#pragma GCC visibility push(hidden)

struct mym__guard;

struct mym__root {
	int fd;        /* of the sysroot, or of the process's directory */
	bool confined; /* a sysroot */
	bool sealed; /* no name is looked up any more: -EACCES */
	uint64_t dev, ino;
	int thread; /* that /proc/self is about; 0: the first one */
	int process; /* that was asked for; 0: whichever is running */
	unsigned int self; /* the number, see fork.h, that this one then has */
	bool other; /* it is not this one: /proc/self is below fd */
	char directory[20]; /* of the process, in /proc */
	struct mym__guard *guard; /* of the pass, or NULL */
};
int mym__root_open(struct mym__root *root, const char *sysroot);
/* The same for a process, whose directory stands for it as long as it is open: its
 * id may be another's later.  -ESRCH: there is none; -ENODATA: no /proc tells. */
int mym__root_process(struct mym__root *root, int process);
/* Where a fact of the process was found: in this file, or below the directory of the
 * process that was asked for. */
const char *mym__root_name(const struct mym__root *root, const char *path);
void mym__root_close(struct mym__root *root);
/* Whether the descriptor still refers to that: 0, -EBADF, or why nothing tells. */
int mym__root_check(const struct mym__root *root);

enum mym__root_kind {
	MYM__ROOT_FILE,
	MYM__ROOT_DIR,    /* to open what is below it */
	MYM__ROOT_LIST,   /* to list it */
	MYM__ROOT_TRIGGER /* to write a trigger to it, and read */
};
/* Opens an absolute path.  A file of /proc/self is that of the thread, or of the
 * other process, and on the running system it must be on procfs. */
MYM__MUST_USE MYM__NONNULL
int mym__root_get(const struct mym__root *root, const char *path,
		  enum mym__root_kind kind);
/* The same, of a thread; 0: the first one. */
MYM__MUST_USE MYM__NONNULL
int mym__root_of(const struct mym__root *root, int thread, const char *path,
		 enum mym__root_kind kind);
/* Opens a path below a directory, through no symlink and no "..".
 * *crossed_mount, which may be NULL, is set if a file system other than
 * cgroupfs has been mounted over it. */
MYM__MUST_USE
int mym__root_below(const struct mym__root *root, int dir, const char *path,
		    enum mym__root_kind kind, bool *crossed_mount);
/* Whether dir is on cgroupfs: 0, 1 on FUSE (lxcfs, sysbox), or -EXDEV. */
int mym__root_cgroupfs(const struct mym__root *root, int dir);
/* Bytes read, 0 at the end, or < 0. */
int mym__root_read(int fd, void *buffer, size_t size, int64_t offset);
/* Moves a descriptor above the low ones; returns the new one, or < 0. */
MYM__MUST_USE int mym__root_high(int fd);
void mym__root_drop(int fd);

/* The directories in a directory: 0 one more, 1 the end, < 0. */
struct mym__list {
	int fd;
	char *buffer;
	size_t size, begin, end;
};
int mym__root_list(struct mym__list *list, const char **name);

#pragma GCC visibility pop

#endif
