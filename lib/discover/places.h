/* SPDX-License-Identifier: MIT */
/* The directories of the groups that bind the process, its own group first. */
#ifndef MYM_PLACES_H
#define MYM_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/root.h"
#include "dialect.h"
#include "group.h"

#pragma GCC visibility push(hidden)

struct mym__place {
	char *mount; /* the mount point */
	char *below; /* the directory below it, "" for itself */
	char *path;  /* both, as the process sees it */
};

enum mym__places_are {
	/* They look like a group's files, but are on no cgroupfs. */
	MYM__PLACES_LOOKALIKE = 1,
	/* The kernel confirmed which directory is the process's group. */
	MYM__PLACES_PROVEN = 2,
	/* An error hid something that may limit: the places must not be kept. */
	MYM__PLACES_UNCERTAIN = 4,
	/* An error hid something, but nothing that limits. */
	MYM__PLACES_UNCERTAIN_PSI = 8,
	/* The topmost is the machine's root group, for certain. */
	MYM__PLACES_ROOT = 16,
	/* Protection is handed down to the groups below, or may be. */
	MYM__PLACES_RECURSIVE = 32,
	/* The group in the cgroup2 tree beside v1's was not looked for. */
	MYM__PLACES_NO_PSI = 64,
};

struct mym__places {
	const struct mym__dialect *dialect; /* NULL: no cgroup */
	uint64_t flags; /* MYM_FLAG_* */
	int error;      /* why the process's group was not found */
	unsigned int are; /* enum mym__places_are */
	char *hidden; /* the file of that group that shows a hidden limit */
	/* v1: the process's group in the cgroup2 tree beside it, or all NULL. */
	struct mym__place unified;
	unsigned int count;
	struct mym__place *at;
};

static inline void mym__places_note(struct mym__places *places,
				    enum mym__places_are what, bool is)
{
	places->are &= ~(unsigned int)what;
	if (is)
		places->are |= what;
}

/* discover.c; psi: whether stalls are of interest. */
int mym__discover(const struct mym__root *root, char *buffer, size_t size,
		  const struct mym__membership *membership, bool psi,
		  struct mym__places *places);
void mym__places_clear(struct mym__places *places);

#pragma GCC visibility pop

#endif
