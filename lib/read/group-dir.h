/* SPDX-License-Identifier: MIT */
/* The directory of a group, and the files in it. */
#ifndef MYM_GROUP_DIR_H
#define MYM_GROUP_DIR_H

#include <stdbool.h>

#include "../base/compiler.h"
#include "../base/root.h"
#include "../discover/places.h"

#pragma GCC visibility push(hidden)

/* What was met on the way to a file of a group. */
enum mym__group_trouble {
	MYM__GROUP_GONE = 1,        /* the directory is gone: discover again */
	MYM__GROUP_UNVERIFIED = 2,  /* FUSE stands in for cgroupfs */
	MYM__GROUP_OVERLAID = 4,    /* something is mounted over a file */
};

/* A mount of groups that is open, for the directories below it. */
struct mym__group_mount {
	const char *point; /* NULL: none */
	int fd;		   /* < 0: it cannot be opened */
	unsigned int trouble;
};
void mym__group_mount_close(struct mym__group_mount *mount);

struct mym__group_dir {
	const struct mym__root *root;
	const struct mym__place *place;
	struct mym__group_mount *mount; /* NULL: for itself */
	bool lookalike; /* see enum mym__places_are */
	bool opened;
	int fd; /* < 0: it cannot be opened */
	unsigned int trouble;
};
/* Nothing is opened before it is needed. */
struct mym__group_dir mym__group_dir(const struct mym__root *root,
				     const struct mym__places *places,
				     const struct mym__place *place,
				     struct mym__group_mount *mount);
/* The directory, or why it cannot be opened. */
MYM__MUST_USE int mym__group_dir_fd(struct mym__group_dir *dir);
/* A file in it.  Absent files are normal: the controller need not be enabled
 * here, and the root group has few. */
MYM__MUST_USE
int mym__group_dir_get(struct mym__group_dir *dir, const char *name,
		       enum mym__root_kind kind);
void mym__group_dir_close(struct mym__group_dir *dir);

#pragma GCC visibility pop

#endif
