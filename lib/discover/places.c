/* SPDX-License-Identifier: MIT */
/* The list of places, and the walk from the process's group up to the mount's
 * root. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mymem.h"

#include "../base/error.h"
#include "../base/lines.h"
#include "../base/parse.h"
#include "../base/root.h"
#include "../base/text.h"
#include "../base/walk.h"
#include "dialect.h"
#include "places.h"
#include "search.h"

void mym__search_note(struct mym__search *search, int r)
{
	if (mym__error_transient(r))
		search->error = r;
	else if (r < 0 && r != -ENOENT && r != -ENOTDIR && r != -EISDIR &&
		 r != -EXDEV)
		search->doubtful = true;
}

void mym__search_close(struct mym__search *search)
{
	mym__root_drop(search->directory);
	mym__root_drop(search->top);
	search->point = NULL;
	search->top = search->directory = -1;
	search->opened[0] = '\0';
}

int mym__search_directory(struct mym__search *search, const char *mount,
			  const char *below)
{
	int fd;

	if (search->point != mount) {
		mym__search_close(search);
		search->point = mount;
		search->top = mym__root_get(search->root, mount, MYM__ROOT_DIR);
	}
	fd = search->top;
	if (fd >= 0 && *below != '\0') {
		if (strcmp(search->opened, below) != 0) {
			mym__root_drop(search->directory);
			strcpy(search->opened, below);
			search->directory = mym__root_below(search->root, fd,
							    below,
							    MYM__ROOT_DIR, NULL);
		}
		fd = search->directory;
	}
	mym__search_note(search, fd);
	return fd;
}

int mym__search_exists(struct mym__search *search, int dir, const char *name)
{
	int fd = mym__root_below(search->root, dir, name, MYM__ROOT_FILE, NULL);

	mym__search_note(search, fd);
	mym__root_drop(fd);
	if (fd >= 0 || fd == -EISDIR)
		return 0;
	return fd == -ENOENT || fd == -ENOTDIR ? 1 : fd;
}

static char *join(const char *mount, const char *below)
{
	size_t front = strcmp(mount, "/") == 0 ? 0 : strlen(mount);
	size_t back = strlen(below);
	char *path = malloc(front + back + 2);

	if (!path)
		return NULL;
	memcpy(path, mount, front);
	if (back > 0 || front == 0)
		path[front++] = '/';
	memcpy(path + front, below, back + 1);
	return path;
}

static bool add_hidden(struct mym__places *places, const char *own)
{
	if (places->count > 0)
		return true;
	places->hidden = join(own, places->dialect->file[LEVEL_STAT]);
	return places->hidden;
}

static void clear(struct mym__place *place)
{
	free(place->mount);
	free(place->below);
	free(place->path);
	*place = (struct mym__place){ 0 };
}

static int make(struct mym__place *place, const char *mount, const char *below)
{
	*place = (struct mym__place){
		.mount = strdup(mount),
		.below = strdup(below),
		.path = join(mount, below),
	};
	if (place->mount && place->below && place->path)
		return 0;
	clear(place);
	return -ENOMEM;
}

int mym__places_add(struct mym__places *places, const char *mount,
		    const char *below)
{
	struct mym__place *at, place;

	at = realloc(places->at, (places->count + 1) * sizeof(*at));
	if (!at)
		return -ENOMEM;
	places->at = at;
	if (make(&place, mount, below) < 0)
		return -ENOMEM;
	if (!add_hidden(places, place.path)) {
		clear(&place);
		return -ENOMEM;
	}
	at[places->count++] = place;
	return 0;
}

/* The machine's root group has a PSI file, too, but that is the machine's PSI. */
int mym__places_beside(struct mym__search *search, const char *mount,
		       const char *below)
{
	int dir = mym__search_directory(search, mount, below);
	bool group = dir >= 0 &&
		     mym__search_exists(search, dir,
					search->dialect->never_root) == 0;

	return group ? make(&search->places->unified, mount, below) : 0;
}

/* v1 before 5.11: with use_hierarchy 0 a group's limit does not bind those
 * below it.  0, 1, or < 0 where nothing tells. */
static int hierarchy(struct mym__search *search, const char *mount,
		     const char *below)
{
	const char *file = search->dialect->hierarchy;
	char text[64];
	struct mym__text all;
	int64_t value = -1;
	int dir, fd;

	dir = *file ? mym__search_directory(search, mount, below) : -ENOENT;
	if (dir < 0)
		return dir;
	fd = mym__root_below(search->root, dir, file, MYM__ROOT_FILE, NULL);
	mym__search_note(search, fd);
	if (fd >= 0) {
		int r = mym__lines_all(fd, text, sizeof(text), &all);

		if (r == 0)
			mym__parse_amount(all, &value);
		mym__search_note(search, r);
	}
	mym__root_drop(fd);
	return value < 0 ? -ENODATA : value != 0;
}

bool mym__places_binds(struct mym__search *search, const char *mount,
		       const char *below)
{
	return hierarchy(search, mount, below) != 0;
}

/*
 * Groups inherit use_hierarchy 1, and nobody can take it from a group whose
 * parent has it, nor from one with groups below it (mem_cgroup_hierarchy_write()
 * in mm/memcontrol.c): where the root of the mount has it, all have.
 */
int mym__places_climb(struct mym__search *search, const char *mount, char *below)
{
	bool all_bind = hierarchy(search, mount, "") == 1;
	bool found = false;

	for (;;) {
		int r = 0;

		if (!found) {
			int fd = mym__search_directory(search, mount, below);

			found = fd != -ENOENT && fd != -ENOTDIR;
		}
		if (found)
			r = mym__places_add(search->places, mount, below);
		else
			search->places->flags |= MYM_FLAG_HEURISTIC;
		if (r < 0)
			return r;
		if (*below == '\0')
			return 0;
		mym__walk_up(below);
		if (found && !all_bind &&
		    !mym__places_binds(search, mount, below))
			return 1;
	}
}

void mym__places_mark_top(struct mym__search *search, const char *mount)
{
	const struct mym__dialect *dialect = search->dialect;
	int dir = mym__search_directory(search, mount, "");
	int only, never, limit;
	bool hidden;

	if (dir < 0)
		return;
	if (*dialect->root_only) {
		only = mym__search_exists(search, dir, dialect->root_only);
		hidden = only == 1;
		mym__places_note(search->places, MYM__PLACES_ROOT, only == 0);
	} else {
		never = mym__search_exists(search, dir, dialect->never_root);
		limit = mym__search_exists(search, dir, dialect->file[LEVEL_LIMIT]);
		hidden = never == 0 || limit == 0;
		mym__places_note(search->places, MYM__PLACES_ROOT,
				 never == 1 && limit == 1 &&
					 mym__search_exists(search, dir,
							    dialect->marker) ==
						 0);
	}
	if (hidden)
		search->places->flags |= MYM_FLAG_HIDDEN_ANCESTORS;
}

void mym__places_clear(struct mym__places *places)
{
	for (unsigned int i = 0; i < places->count; i++)
		clear(&places->at[i]);
	clear(&places->unified);
	free(places->at);
	free(places->hidden);
	*places = (struct mym__places){ 0 };
}
