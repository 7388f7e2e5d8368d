/* SPDX-License-Identifier: MIT */
/*
 * What reclaim leaves to the groups below: the memory.min they were given.
 * memory.low does not count: reclaim falls back on it before the OOM killer is
 * called.
 *
 * mem_cgroup_calculate_protection() in mm/memcontrol.c (since 6.11
 * page_counter_calculate_protection() in mm/page_counter.c) bounds what a group
 * claims, min(memory.min, memory.current), by what its parent has, and divides
 * that in proportion where the children claim more.  A group directly below the
 * one that reclaims has its memory.min as written.  With the mount option
 * memory_recursiveprot (since 5.7) the children also share what none of them
 * claims; then everything that is left is safe once the parent uses no more
 * than it has.  Reclaim passes over the pages of a group
 * (mem_cgroup_below_min()) while it and all below it use no more than its part.
 *
 * What of a group cannot be read may be protected: it counts as what it may be
 * at most, and the answer is flagged.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "../answer/findings.h"
#include "../answer/merge.h"
#include "../base/root.h"
#include "../base/saturate.h"
#include "../base/sys.h"
#include "../base/text.h"
#include "../discover/places.h"
#include "group-dir.h"
#include "level.h"
#include "pass.h"
#include "readers.h"
#include "stat.h"

/* Size of the list of directories, which follows the buffer for their files. */
#define LIST_SIZE 8192
/* How many levels, and how many groups, are looked at below a protected one.
 * Beyond that, everything that may be safe counts as safe. */
#define DEEP 4
#define MANY 256
/* More groups than a kernel can have (MEM_CGROUP_ID_MAX in mm/memcontrol.c). */
#define MOST 65536

/* Up to FEW groups are looked at in each pass.  More are looked at again after
 * SELDOM times what it took, so that it takes no more than 1 % of the time. */
#define FEW 8
#define SELDOM 100

/* The machine's bit in `bare`. */
#define MACHINE 63

struct walk {
	struct mym__pass *pass;
	struct mym__scan *scan; /* what is known of it, or NULL */
	int64_t began;
	unsigned int depth, count;
	unsigned int seen; /* groups, at all depths */
	bool any; /* some group has a memory.min, or may have one */
	bool unknown; /* something could not be read */
};

struct group {
	bool top;     /* it is the one that reclaims */
	int64_t safe; /* else: how much of it is protected */
	int64_t used, reclaimable; /* by it and all below it */
	/* The path from this group to the process's, or NULL if that is
	 * elsewhere or unknown; and what the process can take while reclaim
	 * takes nothing from this group. */
	const char *way;
	int64_t growth;
};

static struct mym__open open_file(struct mym__pass *pass, int dir,
				  const char *child, const char *file)
{
	struct mym__open open = { .fd = -1 };
	bool crossed_mount = false;
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", child, file);
	open.fd = mym__root_below(pass->root, dir, path, MYM__ROOT_FILE,
				  &crossed_mount);
	if (open.fd >= 0 && crossed_mount) {
		mym__root_drop(open.fd);
		open.fd = -EXDEV;
	}
	return open;
}

/* A group that was removed, or is without the controller, protects nothing. */
static bool is_gone(int r)
{
	return r == -ENOENT || r == -ENODEV || r == -ENOTDIR;
}

/* False: it cannot be known. */
static bool knows(struct walk *walk, int r)
{
	if (r >= 0 || is_gone(r))
		return true;
	mym__pass_failed(walk->pass, NULL, 0, r);
	walk->any = walk->unknown = true;
	return false;
}

static bool read_minimum(struct walk *walk, int dir, const char *child,
			 int64_t *minimum)
{
	struct mym__pass *pass = walk->pass;
	int r;

	*minimum = 0;
	r = mym__pass_amount(pass, open_file(pass, dir, child,
				pass->places->dialect->protection), minimum);
	if (r == 1 || !knows(walk, r))
		*minimum = INT64_MAX;
	else if (r < 0)
		*minimum = 0;
	walk->any = walk->any || *minimum > 0;
	return *minimum < INT64_MAX || r == 1;
}

static int read_used(struct walk *walk, int dir, const char *child,
		     int64_t *used)
{
	struct mym__pass *pass = walk->pass;
	int r = mym__pass_amount(pass, open_file(pass, dir, child,
				pass->places->dialect->file[LEVEL_USAGE]), used);

	return r == 1 ? -EBADMSG : r;
}

/* The rest of the path below a child, or NULL if it leads elsewhere. */
static const char *way_below(const char *way, const char *child)
{
	size_t length = strlen(child);

	if (!way || strncmp(way, child, length) != 0 ||
	    (way[length] != '/' && way[length] != '\0'))
		return NULL;
	return way + length + (way[length] == '/');
}

/* 0, or < 0: then it is gone, or the group is what it may be at most. */
static int read_group(struct walk *walk, int dir, const char *child,
		      struct group *group)
{
	struct mym__pass *pass = walk->pass;
	struct mym__usage usage = { 0 };
	int r = read_used(walk, dir, child, &group->used);

	if (r < 0) {
		group->used = INT64_MAX;
	} else {
		r = mym__stat_read(pass, open_file(pass, dir, child,
				pass->places->dialect->file[LEVEL_STAT]), 0, &usage);
		if (r == 1)
			r = -EBADMSG;
	}
	group->reclaimable = group->used;
	/* Both were not read at the same moment. */
	if (r >= 0 && usage.reclaimable < group->used)
		group->reclaimable = usage.reclaimable;
	return r;
}

/* How much of its memory.min a group uses, or will use after it has grown. */
static int64_t claim(int64_t minimum, int64_t used, int64_t growth)
{
	used = mym__add(used, growth);
	return minimum < used ? minimum : used;
}

static int open_list(struct walk *walk, int dir, struct mym__list *list)
{
	struct mym__pass *pass = walk->pass;

	*list = (struct mym__list){ .size = LIST_SIZE, .fd = dir };
	if (dir >= 0)
		list->fd = mym__root_below(pass->root, dir, ".",
					   MYM__ROOT_LIST, NULL);
	if (list->fd < 0)
		return list->fd;
	pass->size -= LIST_SIZE;
	list->buffer = pass->buffer + pass->size;
	return 0;
}

static void close_list(struct walk *walk, struct mym__list *list)
{
	walk->pass->size += LIST_SIZE;
	mym__root_drop(list->fd);
}

/* False, here and below: what the groups claim, or keep, is not known. */
static bool sum_claims(struct walk *walk, int dir, const struct group *parent,
		       int64_t *claims)
{
	struct mym__list list;
	const char *child;
	bool known = true;
	int r = open_list(walk, dir, &list);

	if (r < 0)
		return knows(walk, r);
	while (known && walk->count > 0 &&
	       (r = mym__root_list(&list, &child)) == 0) {
		int64_t minimum, used = 0;

		walk->count--;
		known = read_minimum(walk, dir, child, &minimum);
		if (known && minimum > 0) {
			int error = read_used(walk, dir, child, &used);

			known = knows(walk, error);
			if (error == 0)
				*claims = mym__add(*claims, claim(minimum, used,
					way_below(parent->way, child) ?
					parent->growth : 0));
		}
	}
	close_list(walk, &list);
	return knows(walk, r) && known && walk->count > 0;
}

/* What a group keeps by itself, without what its children claim. */
static int64_t keep_alone(const struct group *group, int64_t used,
			  int64_t reclaimable)
{
	if (!group->way)
		return mym__merge_protected(group->safe, used, reclaimable);
	/* Reclaim passes over it, or comes back until nothing is left. */
	return mym__add(group->used, group->growth) <= group->safe ?
	       reclaimable : 0;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as walk->depth */
static int64_t keep(struct walk *walk, int dir, const char *name,
		    const struct group *group);

/* What the children of a group keep; *inside: what could be reclaimed from
 * them.  NOLINTNEXTLINE(misc-no-recursion): as deep as walk->depth */
static bool sum_kept(struct walk *walk, int dir, const struct group *parent,
		     int64_t *kept, int64_t *inside)
{
	bool all = !parent->top &&
		   !(walk->pass->places->are & MYM__PLACES_RECURSIVE);
	char own_name[NAME_MAX + 1];
	struct group own = { .safe = 0 };
	int64_t claims = 0, others, rest = 0;
	struct mym__list list;
	const char *child;
	bool known = true;
	int r;

	if (!parent->top && !sum_claims(walk, dir, parent, &claims))
		return false;
	r = open_list(walk, dir, &list);
	if (r < 0)
		return knows(walk, r);
	while (known && (r = mym__root_list(&list, &child)) == 0) {
		struct group group = { .way = way_below(parent->way, child) };
		int64_t minimum;
		int error;

		known = ++walk->seen < MOST || knows(walk, -EFBIG);
		known = read_minimum(walk, dir, child, &minimum) && known;
		if (minimum == 0 && !all)
			continue;
		error = read_group(walk, dir, child, &group);
		known = knows(walk, error) && known;
		/* Each group below the one that reclaims is for itself. */
		known = known || (parent->top && walk->seen < MOST);
		if (is_gone(error))
			continue;
		if (error < 0) {
			*kept = mym__add(*kept, claim(minimum, group.used, 0));
			continue;
		}
		*inside = mym__add(*inside, group.reclaimable);
		group.safe = mym__merge_share(claim(minimum, group.used,
				group.way ? parent->growth : 0),
				parent->safe, claims);
		if (!group.way) {
			*kept = mym__add(*kept, keep(walk, dir, child, &group));
			continue;
		}
		own = group;
		snprintf(own_name, sizeof(own_name), "%s", child);
	}
	close_list(walk, &list);
	if (!knows(walk, r) || !known)
		return false;
	if (own.safe == 0)
		return true;
	/* Everything else that can be taken is taken first. */
	others = mym__subtract(parent->reclaimable, own.reclaimable);
	if (all)
		rest = keep_alone(parent, 0, mym__subtract(parent->reclaimable,
							   *inside));
	own.growth = mym__add(parent->growth, mym__subtract(others,
							    mym__add(*kept, rest)));
	*kept = mym__add(*kept, keep(walk, dir, own_name, &own));
	return true;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as walk->depth */
static int64_t keep(struct walk *walk, int dir, const char *name,
		    const struct group *group)
{
	const struct mym__root *root = walk->pass->root;
	bool recursive = walk->pass->places->are & MYM__PLACES_RECURSIVE;
	bool known = false;
	int64_t alone = keep_alone(group, group->used, group->reclaimable);
	int64_t kept = 0, inside = 0, most;
	int below = -1;

	if (group->safe == 0 || (recursive && alone == group->reclaimable))
		return group->safe == 0 ? 0 : alone;
	if (walk->depth > 0)
		below = mym__root_below(root, dir, name, MYM__ROOT_DIR, NULL);
	if (below >= 0) {
		walk->depth--;
		known = sum_kept(walk, below, group, &kept, &inside);
		walk->depth++;
		mym__root_drop(below);
	}
	most = group->safe < group->reclaimable ? group->safe :
						  group->reclaimable;
	if (!known || kept > most)
		return most;
	if (recursive)
		return kept > alone ? kept : alone;
	/* What is charged to the group itself, and to groups without the
	 * controller. */
	return mym__add(kept, keep_alone(group,
		mym__subtract(group->used, mym__subtract(inside, kept)),
		mym__subtract(group->reclaimable, inside)));
}

/* The path from a place to the process's group, as far as one mount shows it. */
static const char *way_from(const struct mym__places *places,
			    const struct mym__place *place)
{
	const struct mym__place *own = &places->at[0];
	const char *way = own->below + strlen(place->below);

	if (strcmp(own->mount, place->mount) != 0)
		return "";
	return way + (way > own->below && *way == '/');
}

/* The groups below the place with this index; that of the machine is the one
 * behind the last. */
static struct walk begin(struct mym__pass *pass, size_t index)
{
	return (struct walk){
		.pass = pass,
		.scan = pass->scans ? &pass->scans[index] : NULL,
		.depth = DEEP,
		.count = MANY,
	};
}

/* What is known to be bare is not asked again before the next whole pass. */
static bool is_bare(const struct mym__pass *pass, unsigned int bit)
{
	return pass->known && bit <= MACHINE && (pass->known->bare >> bit & 1);
}

static void note_bare(const struct walk *walk, unsigned int bit)
{
	if (!walk->any && bit <= MACHINE)
		walk->pass->found->bare |= UINT64_C(1) << bit;
}

/* Whether it need not be looked at again yet. */
static bool recall(struct walk *walk, int64_t *kept)
{
	const struct mym__scan *scan = walk->scan;

	walk->began = scan ? mym__sys_clock(CLOCK_MONOTONIC) : 0;
	/* Before that the clock is another one (time_namespaces(7)). */
	if (!scan || walk->began >= scan->until || walk->began < scan->since)
		return false;
	walk->any = scan->any;
	*kept = scan->kept;
	return true;
}

static void remember(const struct walk *walk, int64_t kept)
{
	int64_t cost;

	if (!walk->scan)
		return;
	cost = mym__subtract(mym__sys_clock(CLOCK_MONOTONIC), walk->began);
	*walk->scan = (struct mym__scan){ .kept = kept, .any = walk->any };
	if (walk->pass->sealing) {
		walk->scan->until = INT64_MAX;
	} else if (walk->seen > FEW && !walk->unknown) {
		walk->scan->since = walk->began;
		walk->scan->until =
			mym__add(walk->began, mym__multiply(cost, SELDOM));
	}
}

/* What of a group that reclaims is left to those below it; INT64_MAX: unknown.
 * What was opened below a kept directory does not count if that was another one by
 * then.  Below a sysroot none is kept. */
static int64_t scan(struct walk *walk, struct level *level,
		    const struct group *group)
{
	struct mym__open self = mym__level_get(level, LEVEL_SELF);
	int64_t kept = 0, inside = 0;

	if (!mym__sys_is_leaf(level->pass->root, self.fd) &&
	    !sum_kept(walk, self.fd >= 0 ? self.fd : mym__level_dir(level),
		      group, &kept, &inside))
		kept = INT64_MAX;
	mym__pass_put(level->pass, self, 0);
	return kept;
}

int64_t mym__protection_of_group(struct level *level)
{
	const struct mym__places *places = level->pass->places;
	const struct mym_constraint *c = level->constraint;
	const size_t index = (size_t)(level->dir.place - places->at);
	struct walk walk = begin(level->pass, index);
	unsigned int bit = index < MACHINE ? (unsigned int)index : MACHINE + 1;
	int64_t bound = mym__merge_bound(c), kept = 0;
	struct group group = {
		.top = true,
		.growth = mym__subtract(bound, c->used),
		.reclaimable = mym__subtract(c->reclaimable,
					     mym__subtract(c->used, bound)),
	};

	if (is_bare(level->pass, bit))
		return 0;
	if (c->valid & MYM_WANT_USED)
		group.way = way_from(places, level->dir.place);
	if (!recall(&walk, &kept)) {
		kept = scan(&walk, level, &group);
		remember(&walk, kept);
	}
	note_bare(&walk, bit);
	return kept;
}

/* Reclaim for the machine.  The protection of groups above the topmost visible
 * one is unknown, and taken to be enough for what that was given. */
static int64_t keep_topmost(struct walk *walk, int dir, int64_t available)
{
	const struct mym__places *places = walk->pass->places;
	struct group group = {
		.way = way_from(places, &places->at[places->count - 1]),
	};
	int64_t minimum;
	int r;

	read_minimum(walk, dir, ".", &minimum);
	if (minimum == 0)
		return 0;
	r = read_group(walk, dir, ".", &group);
	if (r < 0)
		return knows(walk, r) ? 0 : claim(minimum, group.used, 0);
	group.growth = mym__subtract(available, group.reclaimable);
	group.safe = claim(minimum, group.used, group.growth);
	return keep(walk, dir, ".", &group);
}

static int64_t keep_below_root(struct walk *walk, int dir, int64_t available)
{
	const struct mym__places *places = walk->pass->places;
	const struct group machine = {
		.top = true,
		.reclaimable = available,
		.way = way_from(places, &places->at[places->count - 1]),
	};
	int64_t kept = 0, inside = 0;

	return sum_kept(walk, dir, &machine, &kept, &inside) ? kept : INT64_MAX;
}

/* The machine has at least that, and a light pass relies on it as well: what is
 * free belongs to no group. */
static int64_t least_of(const struct mym__findings *found,
			const struct mym_constraint *host)
{
	if (!(host->valid & MYM_WANT_LIMIT) || !(host->valid & MYM_WANT_USED))
		return 0;
	return mym__subtract(mym__subtract(host->limit, host->used),
			     found->reserve);
}

/* Whether the machine might leave less than the others. */
static bool may_bind(const struct mym__findings *found, int64_t least)
{
	for (unsigned int i = 0; i + 1 < found->count; i++) {
		if ((found->rows[i].valid & MYM_WANT_AVAILABLE) &&
		    found->rows[i].available <= least)
			return false;
	}
	return true;
}

static bool scan_machine(struct walk *walk, struct mym_constraint *host,
			 int64_t *kept)
{
	struct mym__pass *pass = walk->pass;
	const struct mym__places *places = pass->places;
	struct mym__group_dir top =
		mym__group_dir(pass->root, places,
			       &places->at[places->count - 1], &pass->mount);
	int fd = mym__group_dir_fd(&top);

	mym__pass_met(pass, &top);
	if (fd < 0) {
		mym__pass_failed(pass, host, MYM_WANT_AVAILABLE, fd);
		return false;
	}
	*kept = (places->are & MYM__PLACES_ROOT
			 ? keep_below_root
			 : keep_topmost)(walk, fd, host->available);
	mym__group_dir_close(&top);
	return true;
}

void mym__protection_of_machine(struct mym__pass *pass)
{
	const struct mym__places *places = pass->places;
	struct mym__findings *found = pass->found;
	struct mym_constraint *host = &found->rows[found->count - 1];
	struct walk walk = begin(pass, places->count);
	int64_t least, spared = 0;

	if (found->count == 0 || host->kind != MYM_KIND_HOST ||
	    !(host->valid & MYM_WANT_AVAILABLE) || places->count == 0 ||
	    !*places->dialect->protection ||
	    (pass->found->flags & MYM_FLAG_NO_CGROUP) || is_bare(pass, MACHINE))
		return;
	least = least_of(found, host);
	if (!pass->sealing && !may_bind(found, least))
		return;
	if (!recall(&walk, &spared)) {
		if (!scan_machine(&walk, host, &spared))
			return;
		remember(&walk, spared);
	}
	if (spared > mym__subtract(host->available, least))
		spared = mym__subtract(host->available, least);
	note_bare(&walk, MACHINE);
	host->available = mym__subtract(host->available, spared);
	host->reclaimable = mym__subtract(host->reclaimable, spared);
}
