/* SPDX-License-Identifier: MIT */
/*
 * From the process's group and the mounts to places: the directories of the
 * groups whose limits bind this process, its own group first.
 */
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mymem.h"

#include "../base/compiler.h"
#include "../base/error.h"
#include "../base/root.h"
#include "../base/sys.h"
#include "../base/walk.h"
#include "dialect.h"
#include "group.h"
#include "mounts.h"
#include "places.h"
#include "search.h"

static bool row_usable(struct mym__search *search,
		       const struct mym__mounts_row *row)
{
	int fd = row->is & MYM__MOUNT_HIDDEN
			 ? -ENOENT
			 : mym__search_directory(search, row->point, "");
	int r = fd >= 0 ? mym__root_cgroupfs(search->root, fd) : fd;
	bool usable = r >= 0;

	mym__search_note(search, r);
	/* No mount table says that an assumed mount is there. */
	if (usable && (row->is & MYM__MOUNT_ASSUMED))
		usable = mym__search_exists(search, fd,
					    search->dialect->marker) == 0 ||
			 mym__search_exists(search, fd,
					    search->dialect->file[LEVEL_LIMIT]) == 0;
	return usable;
}

/* The mount that shows the process's group and the most above it; mounts in
 * which its directory exists go first.  *best_depth is INT_MAX at first. */
static const struct mym__mounts_row *best_row(struct mym__search *search,
					      const struct mym__mounts *mounts,
					      int *best_depth)
{
	const struct mym__mounts_row *best = NULL;
	bool best_there = false;

	for (size_t i = 0; i < mounts->count; i++) {
		const struct mym__mounts_row *row = &mounts->rows[i];
		const char *way;
		bool there;
		int depth;

		if (row->dialect != search->dialect ||
		    mym__group_parse(&search->mount, row->root) < 0 ||
		    mym__group_relate(&search->mount, &search->own, &way) != MYM__SHOWS ||
		    !row_usable(search, row))
			continue;
		there = mym__search_directory(search, row->point, way) >= 0;
		depth = mym__group_depth(&search->mount);
		if (best_there > there ||
		    (best_there == there && *best_depth <= depth))
			continue;
		best = row;
		best_there = there;
		*best_depth = depth;
		strcpy(search->below, way);
	}
	return best;
}

/* Whether the kernel confirms a directory of the mount as the process's group:
 * the one that its name leads to, or one above that.  search->below is the path
 * to it. */
static bool find_own(struct mym__search *search,
		     const struct mym__mounts_row *row, bool named)
{
	char *below = search->below;
	const char *way = "";

	if (named && mym__group_relate(&search->mount, &search->own, &way) !=
		     MYM__SHOWS)
		way = "";
	strcpy(below, way);
	for (;;) {
		int fd = mym__search_directory(search, row->point, below);
		bool found = fd >= 0 && mym__sys_is_group(search->root, fd,
							  search->id);

		if (found || *below == '\0')
			return found;
		mym__walk_up(below);
	}
}

/* Names the process's group after the place where it was found. */
static void name_own(struct mym__search *search)
{
	struct mym__group *own = &search->own;
	size_t have = strlen(search->mount.path);

	*own = search->mount;
	if (*search->below == '\0')
		return;
	snprintf(own->path + have, sizeof(own->path) - have, "%s%s",
		 have > 0 ? "/" : "", search->below);
	own->names++;
	for (const char *c = search->below; *c != '\0'; c++)
		own->names += *c == '/';
}

/* The mount in which the kernel confirms the process's group, which counts for
 * more than a name; of several, the one that shows the most above it. */
static const struct mym__mounts_row *
proven_row(struct mym__search *search, const struct mym__mounts *mounts,
	   bool named, int *best_depth)
{
	const struct mym__mounts_row *best = NULL;

	for (size_t i = 0; search->id != 0 && i < mounts->count; i++) {
		const struct mym__mounts_row *row = &mounts->rows[i];
		int depth;

		if (row->dialect != search->dialect ||
		    mym__group_parse(&search->mount, row->root) < 0 ||
		    !row_usable(search, row))
			continue;
		depth = mym__group_depth(&search->mount);
		if (*best_depth <= depth || !find_own(search, row, named))
			continue;
		best = row;
		*best_depth = depth;
	}
	if (!best)
		return NULL;
	/* Again, because the search holds what was found in the last mount. */
	mym__group_parse(&search->mount, best->root);
	find_own(search, best, named);
	name_own(search);
	return best;
}

/* Whether the kernel denies that the directory of that name is the process's
 * group: then /proc, or the name, is not this process's. */
static bool refuted(struct mym__search *search,
		    const struct mym__mounts_row *row)
{
	int fd = search->id == 0 ? -ENOENT :
		 mym__search_directory(search, row->point, search->below);

	return fd >= 0 && mym__root_cgroupfs(search->root, fd) == 0;
}

/* The lowest mount root that is above both the process's group and that depth. */
static const struct mym__mounts_row *next_above(struct mym__search *search,
						const struct mym__mounts *mounts,
						int *depth)
{
	const struct mym__mounts_row *next = NULL;
	int lowest = INT_MIN;

	for (size_t i = 0; i < mounts->count; i++) {
		const struct mym__mounts_row *row = &mounts->rows[i];
		const char *way;

		if (row->dialect != search->dialect ||
		    mym__group_parse(&search->mount, row->root) < 0 ||
		    mym__group_relate(&search->mount, &search->own, &way) != MYM__ABOVE ||
		    mym__group_depth(&search->mount) >= *depth ||
		    mym__group_depth(&search->mount) <= lowest ||
		    !row_usable(search, row))
			continue;
		next = row;
		lowest = mym__group_depth(&search->mount);
	}
	/* Groups between two mounts are seen by neither. */
	if (next && *depth != INT_MAX && lowest < *depth - 1)
		search->places->flags |= MYM_FLAG_HIDDEN_ANCESTORS;
	*depth = lowest;
	return next;
}

static const struct mym__mounts_row *first_usable(struct mym__search *search,
						  const struct mym__mounts *mounts)
{
	for (size_t i = 0; i < mounts->count; i++) {
		if (mounts->rows[i].dialect == search->dialect &&
		    row_usable(search, &mounts->rows[i]))
			return &mounts->rows[i];
	}
	return NULL;
}

/*
 * The root of a mount in place of the process's group.  A mount of v1 may show
 * any group's subtree; where the group has no name, only the machine's root
 * group is certain to be above it.  So it is for another process, which need not be
 * in any group that can be seen from here.
 */
static int stand_in(struct mym__search *search,
		    const struct mym__mounts_row *row, bool unnamed)
{
	if (search->root->other || (unnamed && search->dialect->version == 1)) {
		mym__places_mark_top(search, row->point);
		if (!(search->places->are & MYM__PLACES_ROOT)) {
			search->places->flags |= MYM_FLAG_PARTIAL;
			return 0;
		}
	}
	return mym__places_add(search->places, row->point, "");
}

/* Looks for the process's group in the mounts of one hierarchy; 1 if none of
 * them can be used. */
static int search_mounts(struct mym__search *search,
			 const struct mym__mounts *mounts,
			 const struct mym__membership *membership)
{
	int index = search->dialect->version - 1;
	const struct mym__mounts_row *first, *row, *top;
	int depth = INT_MAX;
	int r = 0;
	bool named, doubted = false;

	first = first_usable(search, mounts);
	if (!first)
		return 1;
	search->places->dialect = search->dialect;
	named = membership->error[index] == 0 &&
		mym__group_parse(&search->own, membership->path[index]) == 0;
	search->id = search->dialect->version == 2 ? membership->id : 0;
	top = proven_row(search, mounts, named, &depth);
	mym__places_note(search->places, MYM__PLACES_PROVEN, top);
	if (top || named) {
		if (!top) {
			top = best_row(search, mounts, &depth);
			doubted = !top || refuted(search, top);
		}
		if (top)
			r = mym__places_climb(search, top->point, search->below);
		if (doubted)
			search->places->flags |= MYM_FLAG_HEURISTIC;
		while (r == 0 && (row = next_above(search, mounts, &depth)) &&
		       mym__places_binds(search, row->point, "")) {
			r = mym__places_add(search->places, row->point, "");
			top = row;
		}
	}
	/* The process was moved out of all that is mounted here, or its group
	 * has no name: guess, and say so. */
	if (!top) {
		top = first;
		search->places->flags |= MYM_FLAG_HEURISTIC;
		r = stand_in(search, top, membership->error[index] < 0);
	}
	if (r < 0)
		return r;
	if ((top->is & MYM__MOUNT_ASSUMED) &&
	    !(search->places->are & MYM__PLACES_PROVEN))
		search->places->flags |= MYM_FLAG_HEURISTIC;
	mym__places_note(search->places, MYM__PLACES_RECURSIVE,
			 top->is & MYM__MOUNT_RECURSIVE);
	mym__places_mark_top(search, top->point);
	return 0;
}

/*
 * Groups of cgroup2 count stalls even without the memory controller.  If that
 * of the process cannot be looked at, the limits are no less certain.
 */
static int search_beside(struct mym__search *search,
			 const struct mym__mounts *mounts,
			 const struct mym__membership *membership)
{
	const struct mym__mounts_row *row;
	bool doubtful = search->doubtful;
	int depth = INT_MAX, r = 0;

	search->dialect = &mym__dialect_v2;
	if (membership->error[1] != 0 ||
	    mym__group_parse(&search->own, membership->path[1]) < 0)
		return 0;
	search->doubtful = false;
	row = best_row(search, mounts, &depth);
	if (row)
		r = mym__places_beside(search, row->point, search->below);
	mym__places_note(search->places, MYM__PLACES_UNCERTAIN_PSI,
			 search->doubtful);
	search->doubtful = doubtful;
	return r;
}

/* A controller lives in exactly one hierarchy: where a v1 hierarchy names
 * memory and is mounted, v2 does not have it. */
static int search_hierarchies(struct mym__search *search,
			      const struct mym__mounts *mounts,
			      const struct mym__membership *membership)
{
	int r = 1;

	for (size_t i = 0; r == 1 && i < MYM__COUNT(mym__dialects); i++) {
		if (membership->error[i] == 1)
			continue;
		search->dialect = &mym__dialects[i];
		r = search_mounts(search, mounts, membership);
	}
	if (r != 0 || search->places->dialect != &mym__dialect_v1)
		return r;
	mym__places_note(search->places, MYM__PLACES_NO_PSI, !search->psi);
	return search->psi ? search_beside(search, mounts, membership) : 0;
}

static bool is_mount_point(const struct mym__mounts *mounts, const char *path)
{
	for (size_t i = 0; i < mounts->count; i++) {
		if (!(mounts->rows[i].is & MYM__MOUNT_ASSUMED) &&
		    strcmp(mounts->rows[i].point, path) == 0)
			return true;
	}
	return false;
}

/* Some platforms put files that look like a group's where no cgroup file system
 * is mounted.  Files that cover a cgroup mount mean nothing. */
static int search_plain(struct mym__search *search,
			const struct mym__mounts *mounts)
{
	struct mym__places *places = search->places;

	for (size_t i = 0; i < MYM__COUNT(mym__dialects); i++) {
		const char *mount = mym__dialects[i].conventional[0];
		int dir, there, r;

		search->dialect = &mym__dialects[i];
		if (is_mount_point(mounts, mount))
			continue;
		dir = mym__search_directory(search, mount, "");
		if (dir < 0)
			continue;
		there = mym__search_exists(search, dir, search->dialect->file[LEVEL_LIMIT]);
		if (there != 0)
			continue;
		places->dialect = search->dialect;
		places->are |= MYM__PLACES_LOOKALIKE | MYM__PLACES_RECURSIVE;
		places->flags |= MYM_FLAG_HEURISTIC | MYM_FLAG_UNVERIFIED;
		r = mym__places_add(places, mount, "");
		mym__places_mark_top(search, mount);
		return r;
	}
	return 1;
}

/* statmount(2) sees only the conventional mount points.  That is enough if it
 * found the process's group and everything above it. */
static bool good_enough(const struct mym__places *places,
			const struct mym__membership *membership)
{
	return places->dialect && places->flags == 0 &&
	       (places->dialect == &mym__dialect_v1 || membership->error[0] == 1);
}

static int search_all(struct mym__search *search, char *buffer, size_t size,
		      const struct mym__membership *membership,
		      struct mym__mounts *mounts)
{
	struct mym__places *places = search->places;
	unsigned int versions = 0;
	int table, r;

	if (membership->error[0] != 1)
		versions |= 1 << 1;
	if (membership->error[0] != 0 || search->psi)
		versions |= 1 << 2;
	r = mym__mounts_quick(search->root, versions, buffer, size, mounts);
	if (r >= 0)
		r = search_hierarchies(search, mounts, membership);
	if (r == 0 && good_enough(places, membership))
		return 0;
	mym__places_clear(places);
	mym__search_close(search);
	mym__mounts_clear(mounts);

	table = mym__mounts_table(search->root, buffer, size, mounts);
	if (mym__error_transient(table))
		return table;
	if (table < 0) {
		mym__mounts_clear(mounts);
		r = mym__mounts_assume(mounts);
		if (r < 0)
			return r;
	}
	r = search_hierarchies(search, mounts, membership);
	if (r == 1) {
		mym__places_clear(places);
		r = search_plain(search, mounts);
	}
	if (table < 0 && !(places->are & MYM__PLACES_PROVEN)) {
		places->error = table;
		if (table != -ENOENT)
			places->flags |= MYM_FLAG_PARTIAL;
	}
	return r;
}

int mym__discover(const struct mym__root *root, char *buffer, size_t size,
		  const struct mym__membership *membership, bool psi,
		  struct mym__places *places)
{
	struct mym__mounts mounts = { 0 };
	struct mym__search *search;
	int r;

	*places = (struct mym__places){ 0 };
	search = malloc(sizeof(*search));
	if (!search)
		return -ENOMEM;
	memset(search, 0, offsetof(struct mym__search, own));
	search->root = root;
	search->places = places;
	search->psi = psi;
	search->top = search->directory = -1;
	search->opened[0] = '\0';
	r = search_all(search, buffer, size, membership, &mounts);
	if (search->error < 0)
		r = search->error;
	mym__search_close(search);
	mym__mounts_clear(&mounts);
	mym__places_note(places, MYM__PLACES_UNCERTAIN, search->doubtful);
	free(search);
	if (r < 0) {
		mym__places_clear(places);
		return r;
	}
	for (int i = 0; i < 2; i++) {
		if (membership->error[i] >= 0 ||
		    (places->are & MYM__PLACES_PROVEN))
			continue;
		if (places->error == 0)
			places->error = membership->error[i];
		if (membership->error[i] != -ENOENT)
			places->flags |= MYM_FLAG_PARTIAL;
	}
	if (r == 1)
		places->flags |= MYM_FLAG_NO_CGROUP;
	if (places->are & MYM__PLACES_UNCERTAIN)
		places->flags |= MYM_FLAG_PARTIAL;
	return 0;
}
