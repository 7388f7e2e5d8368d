/* SPDX-License-Identifier: MIT */
/* One group while it is read. */
#ifndef MYM_LEVEL_H
#define MYM_LEVEL_H

#include "../base/file.h"
#include "../discover/dialect.h"
#include "group-dir.h"
#include "pass.h"

#pragma GCC visibility push(hidden)

_Static_assert(LEVEL_FILES == MYM__GROUP_FILES, "the files of a group");

/* One level being read. */
struct level {
	struct mym__pass *pass;
	const struct mym__dialect *dialect;
	struct mym__group_dir dir;
	struct mym__file *files; /* NULL: none is kept */
	const struct mym_constraint *known; /* NULL: read everything */
	struct mym_constraint *constraint;
	struct mym_constraint *memsw; /* v1: of memory and swap, or NULL */
	int64_t memsw_used, swapped;  /* < 0: unknown */
	/* v1: the limits that hold here, from memory.stat; < 0: unknown */
	int64_t hierarchical_limit, hierarchical_memsw;
	int64_t slab, mapped;
};

/* The group's directory, or < 0: needed only for what is not kept. */
int mym__level_dir(struct level *level);
/* A file of the group, kept or opened. */
struct mym__open mym__level_get(struct level *level, enum level_file which);

/* hidden.c: the limits of groups above the mount, as the process's group shows
 * them. */
void mym__hidden_read(struct mym__pass *pass, const struct level *own);

/* protection.c: how much of its reclaimable memory the groups below it keep. */
int64_t mym__protection_of_group(struct level *level);

#pragma GCC visibility pop

#endif
