/* SPDX-License-Identifier: MIT */
/* Descriptors that stay open between passes, and are never trusted blindly. */
#ifndef MYM_FILE_H
#define MYM_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"
#include "root.h"

#pragma GCC visibility push(hidden)

/* A kept descriptor, and the file that it must be; fd 0: none, < 0: it is known
 * that there is no such file. */
#define MYM__FILE_KEYS 12
struct mym__file {
	int fd;
	uint64_t dev, ino;
	uint16_t at[MYM__FILE_KEYS]; /* see struct mym__keys */
};

/* The files that a context keeps open, besides those of the groups: the second
 * ones only while it is sealed. */
enum mym__files {
	MYM__FILE_MOUNTS,
	MYM__FILE_CGROUP,
	MYM__FILE_PROCESS, /* a pidfd */
	MYM__FILE_STATUS,
	MYM__FILE_LIMITS,
	MYM__FILE_USERS,
	MYM__FILE_DESCRIPTORS,
	MYM__FILES_OF_PROCESS,
	MYM__FILE_MEMINFO = MYM__FILES_OF_PROCESS,
	MYM__FILE_OVERCOMMIT,
	MYM__FILE_PRESSURE,
	MYM__FILE_NODES,
	MYM__FILE_TIME_TO_LIVE,
	MYM__FILE_CACHE_PRESSURE,
	MYM__FILE_ADMIN_RESERVE,
	MYM__FILE_USER_RESERVE,
	MYM__FILE_DENTRIES,
	MYM__FILE_GENERATIONS,
	MYM__FILE_IGNORE_DATA,
	MYM__FILE_RELEASE,
	MYM__FILE_SOCKETS,
	MYM__FILE_ZONES,
	MYM__FILES
};

/* Where it is, or the first of the places where it may be; "": it has no name. */
const char *mym__file_path(enum mym__files which);
/* The kept descriptor, or a new one, which is kept unless file is NULL. */
MYM__MUST_USE
int mym__file_get(const struct mym__root *root, struct mym__file *file,
		  const char *path);
/* Keeps a descriptor if it can, and returns the one to use from now on. */
MYM__MUST_USE
int mym__file_keep(const struct mym__root *root, struct mym__file *file,
		   int fd);
/* Closes what is not kept, and what gave an error, r < 0, unless that passes.
 * False: the descriptor was another file, or gave the error although it `was` kept
 * before: what was read must not be used, but be read again. */
MYM__MUST_USE bool mym__file_put(struct mym__file *file, int fd, bool was,
				 int r);
/* Whether the descriptor still refers to that file. */
bool mym__file_is(const struct mym__file *file);
/* Keeps a descriptor under another number, below a sysroot too.  Returns 0, or
 * why it cannot, and then fd is still the caller's. */
MYM__MUST_USE int mym__file_adopt(struct mym__file *file, int fd);
/* Closes the descriptors. */
void mym__file_forget(struct mym__file *files, size_t count);

#pragma GCC visibility pop

#endif
