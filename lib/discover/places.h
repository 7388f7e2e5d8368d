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

struct mym__place {
	char *mount; /* the mount point */
	char *below; /* the directory below it, "" for itself */
	char *path;  /* both, as the process sees it */
};

struct mym__places {
	const struct mym__dialect *dialect; /* NULL: no cgroup */
	uint64_t flags; /* MYM_FLAG_* */
	int error;      /* why the process's group was not found */
	bool lookalike; /* files like them, on no cgroupfs */
	bool proven; /* the kernel says which directory is the process's group */
	bool uncertain_limits; /* an error hid something: do not keep */
	bool uncertain_psi;    /* the same, but nothing that limits */
	bool root;     /* the topmost is the machine's root group, for certain */
	bool recursive; /* protection is handed down, or that is not known */
	char *hidden; /* that group's file which tells of a hidden limit */
	/* v1: the process's group in the cgroup2 tree beside it, or all NULL. */
	struct mym__place unified;
	unsigned int count;
	struct mym__place *at;
};

/* discover.c */
int mym__discover(const struct mym__root *root, char *buffer, size_t size,
		  const struct mym__membership *membership,
		  struct mym__places *places);
void mym__places_clear(struct mym__places *places);

#endif
