/* SPDX-License-Identifier: MIT */
/* The state of one discovery, shared by discover.c and places.c. */
#ifndef MYM_SEARCH_H
#define MYM_SEARCH_H

#include "mymem.h"

#include "../base/root.h"
#include "dialect.h"
#include "group.h"
#include "places.h"

#pragma GCC visibility push(hidden)

struct mym__search {
	const struct mym__root *root;
	const struct mym__dialect *dialect;
	uint64_t id; /* of the process's group in this hierarchy; 0: unknown */
	struct mym__places *places;
	int error;     /* transient: what was not found may be there */
	bool doubtful; /* an error hid something that may be there */
	bool psi; /* stalls are of interest */
	/* What was opened last: a mount, and a directory below it. */
	const char *point; /* of that mount, or NULL */
	int top, directory;
	/* Too large for a thread's small stack. */
	struct mym__group own, mount;
	char below[MYM__PATH_MAX]; /* path to the group, below the best mount */
	char opened[MYM__PATH_MAX]; /* path to that directory, "" for none */
};

/* Notes a result < 0, unless it only means "not there". */
void mym__search_note(struct mym__search *search, int r);
/* A directory of a mount, until the next one is asked for; below is "" for the
 * mount point itself. */
int mym__search_directory(struct mym__search *search, const char *mount,
			  const char *below);
/* Closes what was opened last, before the mounts are forgotten. */
void mym__search_close(struct mym__search *search);
/* 0 there, 1 not there, < 0 cannot tell. */
int mym__search_exists(struct mym__search *search, int dir, const char *name);

int mym__places_add(struct mym__places *places, const char *mount,
		    const char *below);
/*
 * Adds the groups from the process's up to the mount's root.  A group that was
 * removed, or that this mount cannot show, is replaced by its nearest living
 * ancestor.  Returns 1 if a parent's limit does not bind, which ends the chain.
 */
int mym__places_climb(struct mym__search *search, const char *mount,
		      char *below);
/* Notes the process's group in the cgroup2 tree beside v1's. */
int mym__places_beside(struct mym__search *search, const char *mount,
		       const char *below);
/* Whether a group's limit binds the groups below it. */
bool mym__places_binds(struct mym__search *search, const char *mount,
		       const char *below);
/* Notes whether the topmost visible group is the machine's root. */
void mym__places_mark_top(struct mym__search *search, const char *mount);

#pragma GCC visibility pop

#endif
